import type { Sql } from "@bennu/repo"
import * as z from "zod"
import { MigrationError } from "./errors.ts"
import { checksumOf, type Migration, type SqlStep, type Step } from "./migration.ts"
import { placeOf, type StatementText } from "./statements.ts"

export interface Run {
  readonly migration: Migration
  readonly direction: "up" | "down"
  readonly signal: AbortSignal | undefined
  /** Statements that are done already. */
  readonly skip?: number
  /** Called after each statement. */
  readonly progress?: (done: number, checksum: string) => Promise<void>
}

/** Runs one direction of a migration. What fails names the migration and the place. */
export async function runStep(sql: Sql, step: Step, run: Run): Promise<void> {
  if ("statements" in step) return runStatements(sql, step, run)
  try {
    await step(sql)
  } catch (error) {
    throw failed(run, error)
  }
}

async function runStatements(
  sql: Sql,
  { statements, source }: SqlStep,
  { skip = 0, progress, ...run }: Run,
): Promise<void> {
  for (const [index, statement] of statements.entries()) {
    if (index < skip) continue
    try {
      if (!run.migration.transaction) await dropInvalidIndex(sql, statement)
      await sql.query(statement.text, [], { signal: run.signal })
    } catch (error) {
      const at = statement.offset + Math.max(0, (positionOf(error) ?? 1) - 1)
      const place = { statement: index + 1, ...placeOf(source, at), text: statement.text }
      throw failed(run, error, place)
    }
    await progress?.(index + 1, checksumOf(statements.slice(0, index + 1)))
  }
}

function failed(
  { migration, direction, signal }: Pick<Run, "migration" | "direction" | "signal">,
  cause: unknown,
  place?: MigrationError["place"],
): unknown {
  if (signal?.aborted) return signal.reason
  const hint = hints.get(Failure.parse(cause).sqlState ?? "") ?? undone(migration)
  return new MigrationError(migration.id, direction, { place, cause, hint })
}

const undone = ({ transaction }: Migration): string =>
  transaction
    ? "Nothing of it was kept: correct it and migrate again."
    : "The statements before it are kept and will not run again: correct this one and migrate again."

const hints = new Map([
  [
    "25001",
    'It refuses to run in a transaction: move it to a migration of its own, with a line "-- transaction: off".',
  ],
  [
    "55P03",
    "Something else holds a lock on the table. Migrate again when it is quiet, or raise lockTimeout.",
  ],
])

/** What the errors of Bennu's repo, of pg and of postgres.js tell, each in its own field. */
const Failure = z
  .object({
    sqlState: z.string().optional(),
    code: z.string().optional(),
    position: z.coerce.number().optional(),
    report: z.object({ position: z.number().optional() }).optional(),
  })
  .transform(({ sqlState, code, position, report }) => ({
    sqlState: sqlState ?? code,
    position: report?.position ?? position,
  }))
  .catch({ sqlState: undefined, position: undefined })

const positionOf = (error: unknown): number | undefined => Failure.parse(error).position

/**
 * An index whose concurrent build failed or was killed stays behind, invalid: every write pays for it and no query uses
 * it, and `if not exists` would be content with it.
 */
async function dropInvalidIndex(sql: Sql, { text }: StatementText): Promise<void> {
  const words = text.slice(0, 400).split(/\s+/)
  const at = words.findIndex((word) => word.toLowerCase() === "concurrently")
  const start = words.slice(0, at).join(" ").toLowerCase()
  if (start !== "create index" && start !== "create unique index") return
  const rest = words.slice(at + 1)
  const name = rest[0]?.toLowerCase() === "if" ? rest[3] : rest[0]
  if (name === undefined || name.toLowerCase() === "on") return
  const { rows } = await sql.query(
    "select indexrelid::regclass::text as name from pg_index where indexrelid = to_regclass($1) and not indisvalid",
    [name],
  )
  for (const row of rows) await sql.query(`drop index concurrently ${String(row["name"])}`)
}
