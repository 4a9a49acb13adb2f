import type { Sql } from "@bennu/repo"
import { lockedByRow } from "./lock-row.ts"
import { type LockOptions, pausesOf } from "./lock-wait.ts"

/** The database, by one connection for all that migrating asks, or by any where the lock is a row. A repo has it: `repo.sql`. */
export type MigrationSql = Pick<Sql, "session"> & Partial<Pick<Sql, "query" | "transaction">>

// two 32-bit keys; an advisory lock belongs to the database it was taken in, so the schema is enough
const keys = "hashtext('bennu migrations'), hashtext(current_schema())"

/** Runs `work` while no other process migrates the same schema, by the lock that was asked for. */
export function lockedBy<T>(
  lock: "session" | "row",
  sql: MigrationSql,
  options: LockOptions,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  if (lock === "session") return locked(sql, options, work)
  const { query, transaction } = sql
  if (query !== undefined && transaction !== undefined)
    return lockedByRow({ query, transaction }, options, work)
  throw new TypeError('{ lock: "row" } needs `query` and `transaction`, as repo.sql has them')
}

/**
 * Runs `work` on one connection while no other process migrates the same schema. The lock goes with its connection,
 * so that a process that was killed leaves none behind.
 */
function locked<T>(
  sql: Pick<Sql, "session">,
  options: LockOptions,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  return sql.session(async (connection) => {
    const pause = pausesOf(options)
    // asked again and again: whoever waits *in* a statement would keep `create index concurrently` waiting
    while (!(await tryLock(connection, options.signal))) await pause(() => holder(connection))
    try {
      return await work(connection)
    } finally {
      // a connection that broke took the lock with it
      await connection.query(`select pg_advisory_unlock(${keys})`).catch(() => {})
    }
  })
}

async function tryLock(sql: Sql, signal: AbortSignal | undefined): Promise<boolean> {
  const { rows } = await sql.query(`select pg_try_advisory_lock(${keys}) as taken`, [], { signal })
  return rows[0]?.["taken"] === true
}

/** Who has it, as far as this user may know. */
async function holder(sql: Sql): Promise<string | undefined> {
  const { rows } = await sql.query(
    `select l.pid, a.application_name, a.client_addr::text as address from pg_locks l
      left join pg_stat_activity a using (pid)
      where l.locktype = 'advisory' and l.granted and l.database = (select oid from pg_database where datname = current_database())
        and l.classid = hashtext('bennu migrations')::oid and l.objid = hashtext(current_schema())::oid`,
  )
  const [row] = rows
  if (row === undefined) return undefined
  const from = row["address"] === null ? "" : ` from ${String(row["address"])}`
  return `backend ${String(row["pid"])} (${String(row["application_name"] ?? "")}${from})`
}
