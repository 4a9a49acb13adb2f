import type { Sql } from "@bennu/repo"
import * as z from "zod"
import { MigrationError } from "./errors.ts"
import { checksumOf, type Migration, type SqlStep, type Step } from "./migration.ts"
import { repairIndex } from "./repair-index.ts"
import { placeOf } from "./statements.ts"

export interface Run {
  readonly migration: Migration
  readonly direction: "up" | "down"
  readonly signal: AbortSignal | undefined
  /** Statements that are done already. */
  readonly skip?: number
  /** It was begun before, and may have died within a statement. */
  readonly resumed?: boolean
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
  { skip = 0, resumed = false, progress, ...run }: Run,
): Promise<void> {
  for (const [index, statement] of statements.entries()) {
    if (index < skip) continue
    try {
      const isBuilt = !run.migration.transaction && (await repairIndex(sql, statement, resumed))
      if (!isBuilt) await sql.query(statement.text, [], { signal: run.signal })
    } catch (error) {
      const at = statement.offset + Math.max(0, (positionOf(error) ?? 1) - 1)
      const { file = null } = run.migration
      const place = { file, statement: index + 1, ...placeOf(source, at), text: statement.text }
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
  const hint = hints.get(sqlStateOf(cause) ?? "") ?? undone(migration)
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
  ["57014", "It ran longer than statementTimeout: raise it, or do less in one statement."],
  [
    "55P03",
    "Something else holds a lock on the table. Migrate again when it is quiet, or raise lockTimeout or lockRetries.",
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

/** The five characters by which PostgreSQL names what went wrong. */
export const sqlStateOf = (error: unknown): string | undefined => Failure.parse(error).sqlState

const positionOf = (error: unknown): number | undefined => Failure.parse(error).position
