import { setTimeout } from "node:timers/promises"
import { openRepo } from "@bennu/repo"
import { pg } from "@bennu/repo/pg"
import { postgres } from "@bennu/repo/postgres"
import { startPostgres, type TestServer } from "@bennu/testing"
import { faultRun } from "@bennu/testing/chaos"
import postgresJs from "postgres"
import { afterAll, beforeAll, describe, expect, it } from "vitest"

const faults = faultRun()
const PATIENTLY = { timeout: 300_000 }
/** How long people wait, in milliseconds. */
const PATIENCE = 1_000
const CONNECTIONS = 8
/** What a query takes: time of the server and none of this machine's processor. */
const QUERY = "select pg_sleep(0.02)"

const SECONDS = faults.quick ? 6 : 20

let server: TestServer
beforeAll(async () => {
  server = await startPostgres()
}, 120_000)
afterAll(() => server.stop())

/** Answers in time, a second, while as many ask as there are connections. */
async function peakOf(query: () => Promise<unknown>): Promise<number> {
  for (let at = 0; at < 20; at++) await Promise.all(Array.from({ length: CONNECTIONS }, query))
  const started = performance.now()
  let answered = 0
  await Promise.all(
    Array.from({ length: CONNECTIONS }, async () => {
      while (performance.now() - started < 3_000) {
        await query()
        answered += 1
      }
    }),
  )
  return answered / ((performance.now() - started) / 1_000)
}

/** The same while three times as many come as can be served, whether they are served or not. */
async function under(load: number, query: () => Promise<unknown>) {
  const history = { sent: 0, good: 0, late: 0, refused: 0, waits: [] as number[] }
  const pending = new Set<Promise<void>>()
  const started = performance.now()
  let [last, due] = [started, 0]
  for (;;) {
    const now = performance.now()
    if (now - started > SECONDS * 1_000) break
    // people do not come all at once because this process, which also serves them, was held up
    due += (Math.min(now - last, 20) / 1_000) * load
    last = now
    for (; history.sent < due; history.sent += 1) {
      const since = performance.now()
      const asked = query().then(
        () => {
          const took = performance.now() - since
          if (took <= PATIENCE) history.good += 1
          else history.late += 1
        },
        () => {
          history.refused += 1
          history.waits.push(performance.now() - since)
        },
      )
      pending.add(asked)
      void asked.then(() => pending.delete(asked))
    }
    await setTimeout(5)
  }
  const goodput = history.good / SECONDS
  await Promise.race([Promise.all(pending), setTimeout(60_000, undefined, { ref: false })])
  const { sent, late, refused, waits } = history
  const refusal = waits.toSorted((a, b) => a - b)[Math.floor(waits.length / 2)] ?? 0
  return { sent, goodput, late, refused, refusal, unsettled: pending.size }
}

const clients = [
  ["postgres.js", postgres],
  ["node-postgres", pg],
] as const

describe.each(clients)(
  "a repo that is asked for three times what it can do (%s)",
  (name, client) => {
    const run = async (options: object) => {
      const driver = client({ url: server.url, poolSize: CONNECTIONS, ...options })
      await using repo = await openRepo({ driver }).start(AbortSignal.any([]))
      const query = () => repo.sql.query(QUERY)
      const peak = await peakOf(query)
      return { peak, ...(await under(peak * 3, query)) }
    }

    it(
      "goes on to answer nearly as many in time, and refuses the others soon",
      PATIENTLY,
      async () => {
        const { peak, sent, goodput, late, refused, refusal, unsettled } = await run({
          queueTarget: "50ms",
          queueLimit: 10_000,
        })
        const bare = await alone()
        faults.report({
          fault: `three times the load that the pool can take (${name})`,
          sent,
          atLeast: 1_000,
          found: { unsettled, "goodput below 90 %": goodput < 0.9 * peak ? 1 : 0 },
          measured: {
            "asked a second": Math.round(sent / SECONDS),
            "peak a second": Math.round(peak),
            "goodput a second": Math.round(goodput),
            refused,
            late,
            "refused after": `${Math.round(refusal)} ms`,
            "goodput of bare postgres.js": Math.round(bare),
          },
        })
      },
    )

    it("is seen to collapse where nobody is refused (planted)", PATIENTLY, async () => {
      const { peak, goodput } = await run({
        queueTarget: "10m",
        queueTimeout: "10m",
        queueLimit: 1_000_000,
      })
      expect(goodput).toBeLessThan(0.9 * peak)
    })
  },
)

async function alone(): Promise<number> {
  const sql = postgresJs(server.url, { max: CONNECTIONS })
  const query = () => sql.unsafe(QUERY).then(() => {})
  const peak = await peakOf(query)
  const { goodput } = await under(peak * 3, query)
  await sql.end({ timeout: 0 })
  return goodput
}
