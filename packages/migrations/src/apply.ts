import type { Sql } from "@bennu/repo"
import { MigrationDriftError } from "./errors.ts"
import { type Author, type Entry, record } from "./ledger.ts"
import { checksumOf, type Migration, placeOf } from "./migration.ts"
import { type Patience, patiently } from "./patience.ts"
import { runStep } from "./run-step.ts"

export interface UpOptions extends Patience {
  /** What the ledger knows of it already. */
  readonly entry: Entry | undefined
  readonly author: Author
}

/** Migrates and writes it into the ledger: both or neither, in a transaction; else statement by statement. */
export function applyUp(
  sql: Sql,
  migration: Migration,
  { entry, author, ...patience }: UpOptions,
): Promise<void> {
  const { version, id, checksum, up: step } = migration
  const run = { migration, direction: "up", signal: patience.signal } as const
  let noted = performance.now()
  const note = (within: Sql, done: number, checksum: string | null, finished = false) => {
    const before = noted
    noted = performance.now()
    const progress = { done, finished, duration: noted - before, ...author }
    return record(within, { version, id, checksum }, progress)
  }
  if (migration.transaction)
    return patiently(sql, { ...run, step }, patience, async (within) => {
      // an attempt that was given up is no part of it
      noted = performance.now()
      await runStep(within, step, run)
      await note(within, 0, checksum, true)
    })
  let done = resumeAt(migration, entry)
  let resumed = entry !== undefined
  return patiently(sql, { ...run, step }, patience, async (within) => {
    // noted before it begins, so that whoever comes after a process that was killed knows that it did
    if (!resumed) await note(within, 0, checksumOf([]))
    const again = resumed
    resumed = true
    await runStep(within, step, {
      ...run,
      skip: done,
      resumed: again,
      progress: async (count, checksum) => {
        await note(within, count, checksum)
        done = count
      },
    })
    await note(within, 0, checksum, true)
  })
}

/** How many statements a migration outside of a transaction has behind it; edited ones begin anew at the first that changed. */
function resumeAt(migration: Migration, entry: Entry | undefined): number {
  const { up } = migration
  if (entry === undefined || !("statements" in up)) return 0
  if (checksumOf(up.statements.slice(0, entry.done)) === entry.checksum) return entry.done
  throw new MigrationDriftError([{ id: migration.id, place: placeOf(migration) }])
}
