import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import type { Sql, SqlOptions } from "@bennu/repo"
import { MigrationLockLostError } from "./errors.ts"
import { type LockOptions, pausesOf } from "./lock-wait.ts"

/** How long a lock outlives its holder, in milliseconds; it is renewed three times meanwhile. */
const LEASE = 30_000
/** Where there are no sessions the driver limits every statement; a migration takes as long as it takes. */
const AS_LONG_AS_IT_TAKES = 2 ** 31 - 1

const table = "bennu_migration_lock"
const lease = `now() + interval '${LEASE} milliseconds'`

/**
 * Runs `work` while no other process migrates the same schema, without a session: the lock is a row that expires, and each
 * transaction of `work` first holds that row, so that nobody can take it over before it is committed.
 */
export async function lockedByRow<T>(
  sql: Pick<Sql, "query" | "transaction">,
  options: LockOptions,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  const me = `${hostname()}, process ${process.pid} (${randomUUID()})`
  await sql.transaction(async ({ query }) => {
    // two at once would both find no table; this lock ends with its transaction, so poolers are no matter
    await query("select pg_advisory_xact_lock(hashtext('bennu migration lock'))")
    await query(
      `create table if not exists ${table} (one boolean primary key default true check (one), holder text not null, expires_at timestamptz not null)`,
    )
  })
  const pause = pausesOf(options)
  for (;;) {
    const holder = await take(sql, me, options.signal)
    if (holder === me) break
    await pause(() => holder)
  }
  const renew = () =>
    sql
      .query(`update ${table} set expires_at = ${lease} where holder = $1`, [me])
      // the next transaction notices what this could not do
      .catch(() => {})
  const timer = setInterval(renew, LEASE / 3)
  try {
    return await work(fenced(sql, me))
  } finally {
    clearInterval(timer)
    await sql.query(`delete from ${table} where holder = $1`, [me]).catch(() => {})
  }
}

/** @returns Who has it then. */
const take = (
  sql: Pick<Sql, "transaction">,
  me: string,
  signal: AbortSignal | undefined,
): Promise<string> =>
  sql.transaction(async ({ query }) => {
    const write = `insert into ${table} (holder, expires_at) values ($1, ${lease}) on conflict do nothing`
    await query(write, [me], { signal })
    // waits for a transaction of who has it, even when its time is over
    const { rows } = await query(
      `select holder, expires_at < clock_timestamp() as expired from ${table} for update`,
      [],
      { signal },
    )
    const [row] = rows
    if (row?.["expired"] !== true) return String(row?.["holder"])
    await query(`update ${table} set holder = $1, expires_at = ${lease}`, [me])
    return me
  })

/** The same database for who holds the lock, and for nobody else: statements wait for no session. */
function fenced(sql: Pick<Sql, "query" | "transaction">, me: string): Sql {
  const patient = (options?: SqlOptions) => ({ timeout: AS_LONG_AS_IT_TAKES, ...options })
  // a key share lets the lease be renewed, and keeps others from taking the row
  const hold = async ({ query }: Pick<Sql, "query">, how: string) => {
    const { rows } = await query(
      `select from ${table} where holder = $1 and expires_at > clock_timestamp() ${how}`,
      [me],
    )
    if (rows.length === 0) throw new MigrationLockLostError()
  }
  const within = (inner: Sql): Sql => ({
    query: (text, params, options) => inner.query(text, params, patient(options)),
    transaction: (run) => inner.transaction((nested) => run(within(nested))),
    session: (run) => run(within(inner)),
  })
  const own: Sql = {
    async query(text, params, options) {
      await hold(sql, "")
      return sql.query(text, params, patient(options))
    },
    transaction: (run) =>
      sql.transaction(async (inner) => {
        await hold(inner, "for key share")
        return run(within(inner))
      }),
    session: (run) => run(own),
  }
  return own
}
