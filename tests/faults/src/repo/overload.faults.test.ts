import { faultRun, seeded } from "@bennu/testing/chaos"
import postgresJs from "postgres"
import { describe, expect, it } from "vitest"
import { AnsweringNode } from "./answering-node.ts"
import { type Crowd, crowd } from "./crowd.ts"
import { ownServer, PATIENTLY } from "./servers.ts"

const faults = faultRun()
const CONNECTIONS = 10
/** Of each phase, so that a phase is long beside the patience of callers. */
const SECONDS = 10
const PEAK_SECONDS = 3
const ROUNDS = faults.quick ? 3 : 7

const server = ownServer()

interface Kind {
  readonly client: "postgres" | "pg" | "pglite" | "bare"
  /** Milliseconds that callers wait before they leave. */
  readonly patience: number
  readonly options: Readonly<Record<string, string | number>>
}

/**
 * Three times as many callers as can be answered, in rounds between those of a peak, in one process: what slows the machine
 * down slows down both.
 */
async function overload({ client, patience, options }: Kind, rounds: number) {
  const connections = client === "pglite" ? 1 : CONNECTIONS
  const pool = client === "pglite" ? {} : { poolSize: connections }
  await using node = await AnsweringNode.start(client, server.url, { ...pool, ...options })
  const random = seeded(faults.seed)
  // the pool is never idle, and nobody waits for long
  const peak = () => node.peak(2 * connections, PEAK_SECONDS)
  await peak()
  const peaks = [await peak()]
  const crowds: Crowd[] = []
  for (let round = 0; round < rounds; round++) {
    const rate = 3 * (peaks.at(-1) ?? 0)
    crowds.push(await crowd(node, { rate, seconds: SECONDS, patience, random }))
    if (client !== "bare") peaks.push(await peak())
  }
  const shares = crowds.map(
    ({ goodput }, at) => (2 * goodput) / ((peaks[at] ?? 0) + (peaks[at + 1] ?? peaks[at] ?? 0)),
  )
  const sum = (of: (each: Crowd) => number) => crowds.reduce((total, each) => total + of(each), 0)
  return {
    sent: sum(({ sent }) => sent),
    unsettled: node.pending,
    wrong: sum(({ wrong }) => wrong),
    failed: sum(({ failed }) => failed),
    late: sum(({ late }) => late),
    refused: sum(({ refusals }) => refusals.length),
    refusal: median(crowds.flatMap(({ refusals }) => refusals)),
    peak: median(peaks),
    goodput: median(crowds.map(({ goodput }) => goodput)),
    shares,
    dirty: client === "pglite" ? 0 : await dirty(connections),
  }
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
const percent = (share: number) => `${Math.round(share * 100)} %`

/** Connections that do or hold something although nobody asks, and those above what may be open. */
async function dirty(allowed: number): Promise<number> {
  const sql = postgresJs(server.url, { max: 1 })
  const [row] = await sql<{ open: number; busy: number }[]>`
    select count(*)::int as open, count(*) filter (where state <> 'idle')::int as busy
    from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()`
  await sql.end()
  return (row?.busy ?? 0) + Math.max(0, (row?.open ?? 0) - allowed)
}

const hasty = { patience: 1_000, options: { queueTarget: "100ms" } }
const kinds: readonly (readonly [string, Kind])[] = [
  ["postgres.js", { client: "postgres", ...hasty }],
  ["node-postgres", { client: "pg", ...hasty }],
  ["PGlite", { client: "pglite", ...hasty }],
  ["postgres.js, no options", { client: "postgres", patience: 2_000, options: {} }],
]

describe.each(kinds)("a repo that is asked for three times what it can do (%s)", (name, kind) => {
  it(
    "goes on to answer nearly as many in time, and refuses the others soon",
    PATIENTLY,
    async () => {
      const { shares, sent, unsettled, wrong, dirty, failed, ...rest } = await overload(
        kind,
        ROUNDS,
      )
      const bare =
        kind.client === "postgres" ? await overload({ ...kind, client: "bare" }, 1) : undefined
      const { peak, goodput, refused, refusal, late } = rest
      const share = median(shares)
      faults.report({
        fault: `three times the load that the pool can take (${name})`,
        sent,
        atLeast: kind.client === "pglite" ? 200 : 2_000,
        found: {
          unsettled,
          "answers of others": wrong,
          "dirty connections": dirty,
          "goodput below 90 %": share < 0.9 ? 1 : 0,
        },
        measured: {
          "asked a second": Math.round(sent / SECONDS / ROUNDS),
          "peak a second": Math.round(peak),
          "goodput a second": Math.round(goodput),
          "goodput of the peak": `${percent(share)} (${percent(Math.min(...shares))} to ${percent(Math.max(...shares))})`,
          refused,
          late,
          failed,
          patience: `${kind.patience} ms`,
          "refused after": `${Math.round(refusal)} ms`,
          ...(bare && { "goodput of bare postgres.js": percent(median(bare.shares)) }),
        },
      })
    },
  )
})

it("is seen to collapse where nobody is refused (planted)", PATIENTLY, async () => {
  const options = { queueTarget: "10m", queueLimit: 1_000_000 }
  const { shares } = await overload({ client: "postgres", patience: 1_000, options }, 1)
  expect(median(shares)).toBeLessThan(0.9)
})
