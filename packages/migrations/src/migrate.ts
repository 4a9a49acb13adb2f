import { type Duration, parseOptions } from "@bennu/core"
import { duration } from "@bennu/core/zod"
import * as z from "zod"
import { applyUp } from "./apply.ts"
import { authorOf } from "./author.ts"
import { IrreversibleMigrationError, MigrationDriftError } from "./errors.ts"
import { createLedger, type Entry, forget, readLedger, record } from "./ledger.ts"
import { lockedBy, type MigrationSql } from "./lock.ts"
import { compareVersions, type Migration, ordered, type Phase, placeOf } from "./migration.ts"
import { patiently } from "./patience.ts"
import { runStep } from "./run-step.ts"
import { migrationStopped } from "./telemetry.ts"

export type { MigrationSql }

export interface MigrateOptions {
  /** How long to wait while another process migrates (`"60s"`). */
  readonly wait?: Duration | undefined
  /** How long a statement may wait for a table's lock; all traffic queues up behind it meanwhile (`"1s"`). */
  readonly lockTimeout?: Duration | undefined
  /** How often to try again after that, and while somebody else holds the table for longer already; a second, more or less, between (30). */
  readonly lockRetries?: number | undefined
  /** How long a statement may run (for as long as it takes). */
  readonly statementTimeout?: Duration | undefined
  /**
   * How others are kept out: `"session"`, a lock that ends with its connection, or `"row"`, one that expires half a minute
   * after its holder is gone, for where a pooler of transactions stands between (`"session"`).
   */
  readonly lock?: "session" | "row" | undefined
  /** What to do about migrations edited after they were applied (`"refuse"`); `"accept"` takes their new text as the applied one. */
  readonly drift?: "refuse" | "accept" | undefined
  /** Stops between two statements, and the one that runs. */
  readonly signal?: AbortSignal | undefined
}
export interface MigrateUpOptions extends MigrateOptions {
  /** Only those: `"pre"` before a deployment, `"post"` after it; all if left out. */
  readonly phase?: Phase | undefined
  /** Who it is that the ledger names (the user and the host of this process). */
  readonly by?: string | undefined
  /** Which version of the app it is (`npm_package_version`, which npm and pnpm set for what they run). */
  readonly appVersion?: string | undefined
}
export interface RollbackOptions extends MigrateOptions {
  /** How many to take back (1). */
  readonly steps?: number | undefined
  /** Take back all that came after this version; it stays. */
  readonly to?: string | undefined
}
interface Resolved {
  readonly wait: number
  readonly lockTimeout: number
  readonly lockRetries: number
  readonly statementTimeout: number
  readonly lock: "session" | "row"
  readonly drift: "refuse" | "accept"
  readonly steps: number
  readonly to?: string | undefined
  readonly phase?: Phase | undefined
  readonly by?: string | undefined
  readonly appVersion?: string | undefined
  readonly signal?: AbortSignal | undefined
}

const schema = z.strictObject({
  wait: duration.prefault("60s"),
  lockTimeout: duration.prefault("1s"),
  lockRetries: z.int().nonnegative().default(30),
  statementTimeout: duration.prefault(0),
  lock: z.enum(["session", "row"]).default("session"),
  drift: z.enum(["refuse", "accept"]).default("refuse"),
  steps: z.int().positive().default(1),
  to: z
    .string()
    .regex(/^\d{1,20}$/)
    .optional(),
  phase: z.enum(["pre", "post"]).optional(),
  by: z.string().max(200).optional(),
  appVersion: z.string().max(200).optional(),
  signal: z.instanceof(AbortSignal).optional(),
}) satisfies z.ZodType<Resolved, RollbackOptions & MigrateUpOptions>

/**
 * Applies every migration that was not applied yet, oldest first, each once, however many processes try.
 * @param sql `repo.sql`.
 * @returns The ids of those applied now.
 * @throws {MigrationDriftError} before anything ran; {MigrationError} at the first that fails, those before it are kept.
 * @example await migrate(repo.sql, await migrationsIn(new URL("../migrations/", import.meta.url)))
 */
export function migrate(
  sql: MigrationSql,
  migrations: readonly Migration[],
  options: MigrateUpOptions = {},
): Promise<string[]> {
  const { wait, lock, drift, phase, by, appVersion, signal, ...patience } = parseOptions(
    "migrate",
    schema,
    options,
  )
  const author = authorOf({ by, appVersion })
  const known = ordered(migrations)
  const sessions = lock === "session"
  return lockedBy(lock, sql, { timeout: wait, signal }, async (connection) => {
    await createLedger(connection)
    const ledger = await readLedger(connection)
    const edited = known.filter((migration) => isEdited(migration, ledger.get(key(migration))))
    if (edited.length > 0 && drift === "refuse")
      throw new MigrationDriftError(edited.map((each) => ({ id: each.id, place: placeOf(each) })))
    for (const { version, id, checksum } of edited)
      await record(
        connection,
        { version, id, checksum },
        { done: 0, finished: true, duration: 0, ...author },
      )
    const applied: string[] = []
    for (const migration of known) {
      const entry = ledger.get(key(migration))
      if (entry?.appliedAt || (phase ?? migration.phase) !== migration.phase) continue
      signal?.throwIfAborted()
      await told(migration, "up", () =>
        applyUp(connection, migration, { ...patience, sessions, entry, author, signal }),
      )
      applied.push(migration.id)
    }
    return applied
  })
}

/**
 * Takes migrations back, newest first: one, or `steps`, or all after the version `to`.
 * @returns The ids of those taken back.
 * @throws {IrreversibleMigrationError} before anything ran, when one of them has no way back.
 */
export function rollback(
  sql: MigrationSql,
  migrations: readonly Migration[],
  options: RollbackOptions = {},
): Promise<string[]> {
  const { wait, lock, steps, to, signal, ...patience } = parseOptions("rollback", schema, options)
  const known = new Map(ordered(migrations).map((migration) => [key(migration), migration]))
  const sessions = lock === "session"
  return lockedBy(lock, sql, { timeout: wait, signal }, async (connection) => {
    const newest = [...(await readLedger(connection)).values()].toReversed()
    const entries =
      to === undefined
        ? newest.slice(0, steps)
        : newest.filter(({ version }) => compareVersions(version, to) > 0)
    const plan = entries.map((entry) => wayBack(entry, known.get(entry.version)))
    for (const { migration, step } of plan) {
      signal?.throwIfAborted()
      const run = { migration, direction: "down", signal } as const
      await told(migration, "down", () =>
        patiently(
          connection,
          { ...run, step },
          { ...patience, sessions, signal },
          async (within) => {
            await runStep(within, step, run)
            await forget(within, migration.version)
          },
        ),
      )
    }
    return plan.map(({ migration }) => migration.id)
  })
}

/** Versions as the database writes them, without leading zeros. */
export const key = ({ version }: { readonly version: string }): string => String(BigInt(version))

export const isEdited = ({ checksum }: Migration, entry: Entry | undefined): boolean =>
  entry?.appliedAt != null &&
  checksum !== null &&
  entry.checksum !== null &&
  checksum !== entry.checksum

function wayBack({ id }: Entry, migration: Migration | undefined) {
  if (migration === undefined) throw new IrreversibleMigrationError(id, "its file is not there")
  if (migration.down === undefined) throw new IrreversibleMigrationError(id, "it has no way back")
  return { migration, step: migration.down }
}

async function told(
  { id }: Migration,
  direction: "up" | "down",
  work: () => Promise<void>,
): Promise<void> {
  const started = performance.now()
  const tell = (error?: unknown): void =>
    migrationStopped.emit(() => ({
      id,
      direction,
      duration: performance.now() - started,
      ...(error === undefined ? {} : { error }),
    }))
  try {
    await work()
  } catch (error) {
    tell(error)
    throw error
  }
  tell()
}
