// What becomes of answers when three times as much is asked as the pool can take: queries that take 10 ms on the server, from
// people who wait a second. Bare postgres.js has no gate: it queues all, and answers too late.
import { openRepo, type Repo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { sql } from "drizzle-orm"
import postgresJs from "postgres"
import { note, table } from "../../../scripts/bench-harness.mjs"
import { POOL } from "./side.ts"

const WORK = 10
const PATIENCE = 1_000
const TIMES = 3
const SECONDS = Number(process.env.BENCH_OVERLOAD_SECONDS ?? 12)
/** Of so many that ask, one asks in a transaction, and one of the others gives up while its query runs or waits. */
const EVERY = 10

interface Pooled {
  /** A query of 10 ms; gives back the number that it was sent with. */
  ask(number: number, signal: AbortSignal | undefined): Promise<number>
  /** The same between begin and commit. */
  inTransaction(number: number): Promise<number>
  stop(): Promise<unknown>
}

export async function overload(url: string): Promise<void> {
  const named = (name: string) => `${url}${url.includes("?") ? "&" : "?"}application_name=${name}`
  const admin = postgresJs(url, { max: 1, onnotice() {} })
  const rows: (readonly (string | number)[])[] = []
  for (const [name, open] of Object.entries(sides)) {
    const pool = await open(named(name === "ours" ? "overload_ours" : "overload_bare"))
    rows.push([name, ...Object.values(await endured(pool, admin))])
    await pool.stop()
  }
  await admin.end()
  note(`## Three times what the pool can take

${POOL} connections, queries of ${WORK} ms, ${TIMES} times as many for ${SECONDS} s as are answered at best; an answer counts if it comes within ${PATIENCE} ms.
One in ${EVERY} asks in a transaction, one in ${EVERY} gives up after 50 ms. The goals: goodput at least 90 % of the peak, nothing unsettled ten
seconds later, no connection left in a transaction, no answer to somebody else's question.

${table([["", "at best, /s", "good answers, /s", "of the peak", "sent", "answered too late", "refused", "given up", "longest wait for any outcome, ms", "unsettled", "connections in a transaction", "wrong answers"], ...rows])}`)
}

const sides: Readonly<Record<string, (url: string) => Promise<Pooled>>> = {
  async ours(url) {
    const driver = postgres({ url, poolSize: POOL, queueTarget: "200ms" })
    const repo = await openRepo({ driver }).start(new AbortController().signal)
    const asked = async (on: Repo, number: number, signal?: AbortSignal) => {
      const statement = sql`select ${number}::int as number, pg_sleep(${WORK / 1_000})`
      const [row] = await on.query(statement, { signal })
      return Number(row?.number)
    }
    return {
      ask: (number, signal) => asked(repo, number, signal),
      inTransaction: (number) => repo.transaction((inside) => asked(inside, number)),
      stop: async () => repo[Symbol.asyncDispose](),
    }
  },
  async "postgres.js alone"(url) {
    const client = postgresJs(url, { max: POOL, onnotice() {} })
    const asked = async (on: postgresJs.Sql, number: number, signal?: AbortSignal) => {
      const query = on`select ${number}::int as number, pg_sleep(${WORK / 1_000})`
      signal?.addEventListener("abort", () => query.cancel(), { once: true })
      const [row] = await query
      return Number(row?.number)
    }
    return {
      ask: (number, signal) => asked(client, number, signal),
      inTransaction: async (number) => Number(await client.begin((tx) => asked(tx, number))),
      stop: () => client.end({ timeout: 5 }),
    }
  },
}

async function endured(pool: Pooled, admin: postgresJs.Sql) {
  const peak = await best(pool)
  const counts = { good: 0, late: 0, refused: 0, abandoned: 0, mixedUp: 0 }
  const pending = new Set<number>()
  let longest = 0
  const one = async (number: number): Promise<void> => {
    const since = performance.now()
    const gaveUp = number % EVERY === 1 ? AbortSignal.timeout(50) : undefined
    pending.add(number)
    try {
      const answer = number % EVERY === 0 ? pool.inTransaction(number) : pool.ask(number, gaveUp)
      const got = await answer
      if (got !== number) counts.mixedUp += 1
      if (performance.now() - since <= PATIENCE) counts.good += 1
      else counts.late += 1
    } catch {
      if (gaveUp?.aborted) counts.abandoned += 1
      else counts.refused += 1
    } finally {
      pending.delete(number)
      longest = Math.max(longest, performance.now() - since)
    }
  }
  const started = performance.now()
  let sent = 0
  for (;;) {
    const elapsed = performance.now() - started
    if (elapsed >= SECONDS * 1_000) break
    while (sent < (peak * TIMES * elapsed) / 1_000) void one(sent++)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  const good = counts.good / SECONDS
  // as long as a server would be given to stop, and longer than anything may wait
  const patience = performance.now() + 10_000
  while (pending.size > 0 && performance.now() < patience)
    await new Promise((resolve) => setTimeout(resolve, 50))
  const [left] = await admin`select count(*)::int as open from pg_stat_activity
    where application_name like 'overload%' and state like 'idle in transaction%'`
  return {
    peak: Math.round(peak),
    good: Math.round(good),
    share: `${Math.round((good / peak) * 100)} %`,
    sent,
    late: counts.late,
    refused: counts.refused,
    abandoned: counts.abandoned,
    longest: Math.round(longest),
    unsettled: pending.size,
    inTransaction: Number(left?.open),
    mixedUp: counts.mixedUp,
  }
}

/** Answers a second, when as many ask at once as there are connections. */
async function best(pool: Pooled): Promise<number> {
  const until = performance.now() + 3_000
  let answered = 0
  const loop = async () => {
    while (performance.now() < until) {
      await pool.ask(answered, undefined)
      answered += 1
    }
  }
  await Promise.all(Array.from({ length: POOL }, loop))
  return answered / 3
}
