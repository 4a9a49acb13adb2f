import type { Sql } from "@bennu/repo"
import { type Entry, readLedger } from "./ledger.ts"
import { isEdited, key } from "./migrate.ts"
import { compareVersions, type Migration, ordered } from "./migration.ts"

export interface MigrationStatus {
  readonly id: string
  /**
   * `edited`: its text is another than the one applied. `partial`: outside of a transaction, and failed on its way. `missing`: applied, and
   * its file is not there, as when an older version of the app looks at the database of a newer one.
   */
  readonly state: "applied" | "pending" | "edited" | "partial" | "missing"
  readonly appliedAt: Date | null
}

/** What was applied to the database and what was not, oldest first. Changes nothing. */
export async function status(
  sql: Pick<Sql, "query">,
  migrations: readonly Migration[],
): Promise<MigrationStatus[]> {
  const ledger = await readLedger(sql)
  const known = new Map(ordered(migrations).map((migration) => [key(migration), migration]))
  return [...new Set([...known.keys(), ...ledger.keys()])]
    .toSorted(compareVersions)
    .map((version) => {
      const [migration, entry] = [known.get(version), ledger.get(version)]
      return {
        id: migration?.id ?? entry?.id ?? version,
        state: stateOf(migration, entry),
        appliedAt: entry?.appliedAt ?? null,
      }
    })
}

function stateOf(
  migration: Migration | undefined,
  entry: Entry | undefined,
): MigrationStatus["state"] {
  if (migration === undefined) return "missing"
  if (entry === undefined) return "pending"
  if (entry.appliedAt === null) return "partial"
  return isEdited(migration, entry) ? "edited" : "applied"
}
