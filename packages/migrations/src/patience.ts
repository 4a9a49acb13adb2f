import { setTimeout as wait } from "node:timers/promises"
import type { Sql } from "@bennu/repo"
import { MigrationError } from "./errors.ts"
import type { Step } from "./migration.ts"
import { type Run, sqlStateOf } from "./run-step.ts"

/** How long a migration may be in the way of others; milliseconds. */
export interface Patience {
  readonly lockTimeout: number
  readonly lockRetries: number
  readonly statementTimeout: number
  /** Whether settings stay with who set them: not behind a pooler of transactions. */
  readonly sessions: boolean
  readonly signal: AbortSignal | undefined
}

const LOCK_NOT_AVAILABLE = "55P03"

/**
 * Runs `work` in a transaction with its timeouts, or bare, and again when a lock did not come free. Whoever waits for
 * a table makes all others wait behind it, so it does not even ask while a transaction older than a second has it.
 */
export async function patiently(
  sql: Sql,
  { migration, step }: Pick<Run, "migration"> & { readonly step: Step },
  patience: Patience,
  work: (sql: Sql) => Promise<void>,
): Promise<void> {
  const { lockRetries, signal } = patience
  // code outside of a transaction may have done half of its work
  const repeatable = migration.transaction || "statements" in step
  const texts = "statements" in step ? step.statements.map(({ text }) => text) : []
  const tables = texts.flatMap(tableOf)
  // a concurrent build keeps nobody waiting, and would be in vain if it gave up
  const timeouts = texts.some(isConcurrent) ? { ...patience, lockTimeout: 0 } : patience
  for (let attempt = 0; ; attempt++) {
    const last = attempt === lockRetries || !repeatable
    if (last || !(await isHeld(sql, tables))) {
      try {
        return await attempted(sql, migration.transaction, timeouts, work)
      } catch (error) {
        if (last || !isLocked(error)) throw error
      }
    }
    await wait(500 + Math.random() * 1_000, undefined, { signal })
  }
}

const isLocked = (error: unknown): boolean =>
  error instanceof MigrationError && sqlStateOf(error.cause) === LOCK_NOT_AVAILABLE

const isConcurrent = (text: string): boolean => /\bconcurrently\b/i.test(text)

async function attempted(
  sql: Sql,
  transaction: boolean,
  patience: Patience,
  work: (sql: Sql) => Promise<void>,
): Promise<void> {
  if (transaction)
    return sql.transaction(async (within) => {
      await setTimeouts(within, patience, true)
      await work(within)
    })
  if (!patience.sessions) return work(sql)
  await setTimeouts(sql, patience, false)
  try {
    await work(sql)
  } finally {
    // a connection that broke has no settings any more
    await sql.query("reset lock_timeout").catch(() => {})
    await sql.query("reset statement_timeout").catch(() => {})
  }
}

const setTimeouts = (
  sql: Sql,
  { lockTimeout, statementTimeout }: Patience,
  local: boolean,
): Promise<unknown> =>
  sql.query(
    "select set_config('lock_timeout', $1, $3::boolean), set_config('statement_timeout', $2, $3::boolean)",
    [`${lockTimeout}ms`, `${statementTimeout}ms`, local],
  )

/** The table that `alter table` or `drop table` is about to lock against everybody. */
function tableOf(text: string): string[] {
  const words = text.slice(0, 400).split(/\s+/)
  const [verb = "", noun = ""] = words.map((word) => word.toLowerCase())
  if (noun !== "table" || (verb !== "alter" && verb !== "drop")) return []
  const name = words.slice(2).find((word) => !noise.has(word.toLowerCase()))
  // half of a quoted name with a space in it is none
  if (name === undefined || name.split('"').length % 2 === 0) return []
  return [name.replaceAll(/[,;*]/g, "")]
}

const noise = new Set(["if", "exists", "only"])

/** Whether somebody has had one of the tables for longer than a second, as far as this user may know. */
async function isHeld(sql: Sql, tables: readonly string[]): Promise<boolean> {
  if (tables.length === 0) return false
  const { rows } = await sql.query(
    `select 1 from pg_locks l join pg_stat_activity a using (pid)
      where l.granted and l.pid <> pg_backend_pid() and a.xact_start < now() - interval '1 second'
        and l.database = (select oid from pg_database where datname = current_database())
        and l.relation in (select to_regclass(name) from unnest(string_to_array($1, chr(10))) name) limit 1`,
    [tables.join("\n")],
  )
  return rows.length > 0
}
