import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import type { Repo } from "@bennu/repo"
import { postgres as driver } from "@bennu/repo/postgres"
import { openSandbox } from "@bennu/repo/testing"
import { setup, startPostgres, type TestServer, withRepo } from "@bennu/testing"
import { type FaultFigure, faultRun } from "@bennu/testing/chaos"
import postgres from "postgres"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { createTables, User } from "./tables.ts"

/** In one part of the suite. */
const TESTS = 125
const faults = faultRun()
let server: TestServer
let admin: postgres.Sql
beforeAll(async () => {
  server = await startPostgres()
  admin = postgres(server.url, { max: 1, onnotice: () => {} })
  await admin.unsafe(createTables)
}, 120_000)
afterAll(async () => {
  await admin.end()
  await server.stop()
})

const left = async () => {
  const [row] = await admin`select
    (select count(*)::int from users) + (select count(*)::int from notes) as rows,
    (select count(*)::int from pg_stat_activity where state like 'idle in transaction%') as transactions`
  return { rows: Number(row?.["rows"]), transactions: Number(row?.["transactions"]) }
}

interface Round {
  readonly tests: number
  readonly failed: number
  readonly seconds: number
}

/** One run of the suite, by vitest itself, in an order that follows from the seed. */
async function round(seed: number, parts: number, more: NodeJS.ProcessEnv = {}): Promise<Round> {
  const folder = mkdtempSync(join(tmpdir(), "bennu-suite-"))
  const file = join(folder, "results.json")
  const started = performance.now()
  const args = ["run", "--config", join(import.meta.dirname, "suite.config.ts")]
  const flags = [`--sequence.seed=${seed}`, "--reporter=json", `--outputFile=${file}`]
  const env = { ...process.env, SUITE_URL: server.url, SUITE_PARTS: String(parts), ...more }
  const child = spawn("vitest", [...args, ...flags], {
    env,
    stdio: ["ignore", "ignore", "inherit"],
  })
  await once(child, "exit")
  const { numTotalTests, numPassedTests } = JSON.parse(readFileSync(file, "utf8"))
  rmSync(folder, { recursive: true })
  const seconds = (performance.now() - started) / 1_000
  return { tests: numTotalTests, failed: numTotalTests - numPassedTests, seconds }
}

/** T1: what a suite finds that is run again and again, each time in another order. */
async function suite(
  rounds: number,
  parts: number,
  more?: NodeJS.ProcessEnv,
): Promise<FaultFigure> {
  const runs: Round[] = []
  let leaked = 0
  let open = 0
  for (let at = 0; at < rounds; at++) {
    runs.push(await round(faults.seed + at, parts, more))
    const { rows, transactions } = await left()
    leaked += rows
    open += transactions
  }
  const total = (count: (run: Round) => number) => runs.reduce((sum, run) => sum + count(run), 0)
  const seconds = runs.map((run) => run.seconds).sort((a, b) => a - b)
  return {
    fault: `${parts * TESTS} tests in any order, on four workers, ten at once in each file`,
    sent: total(({ tests }) => tests),
    atLeast: rounds * parts * TESTS,
    found: {
      flakes: total(({ failed }) => failed),
      "leaked rows": leaked,
      "open transactions": open,
    },
    measured: { rounds, "median of a round": `${seconds[rounds >> 1]?.toFixed(1)} s` },
  }
}

/** T2: tests that leave something running, each started by a function of its own name. */
async function leaks(each: number, looking: boolean): Promise<FaultFigure> {
  await using sandbox = await openSandbox({ driver: driver({ url: server.url, poolSize: 3 }) })
  const tests = setup({ leaks: looking }).and(withRepo(sandbox))
  const hanging = createServer(() => {}).listen(0)
  await once(hanging, "listening")
  // it listens, so it has an address
  const { port } = hanging.address() as AddressInfo
  const kinds: Readonly<Record<string, (repo: Repo, stop: AbortSignal) => unknown>> = {
    query: (repo) => repo.sql.query("select pg_sleep(60)"),
    transaction: (repo) => repo.transaction(() => new Promise<never>(() => {})),
    late: async (repo) => {
      await new Promise(setImmediate)
      await repo.sql.query("select pg_sleep(60)")
    },
    timer: (_repo, stop) => void timer(stop),
    request: (_repo, signal) => fetch(`http://127.0.0.1:${port}/left`, { signal }),
  }
  let sent = 0
  let unnamed = 0
  let met = 0
  for (let at = 0; at < each; at++)
    for (const [kind, start] of Object.entries(kinds)) {
      const stop = new AbortController()
      // the name that the error has to tell
      const name = `leave_${kind}_${at}`
      const leave = {
        [name]: async (repo: Repo) => {
          await start(repo, stop.signal)
        },
      }[name]
      sent += 1
      const told: unknown = await tests
        .run(async ({ repo }) => {
          const leaked = leave?.(repo)
          leaked?.catch(() => {})
          await new Promise((resolve) => setImmediate(resolve))
          await new Promise((resolve) => setImmediate(resolve))
        })
        .then(
          () => "",
          (error: unknown) => String(error),
        )
      // whose stack nobody keeps is named by its address
      if (!String(told).includes(kind === "request" ? "/left" : name)) unnamed += 1
      met += await tests.run(async ({ repo }) => repo.count(User))
      stop.abort()
    }
  hanging.closeAllConnections()
  hanging.close()
  return {
    fault: `tests that leave ${Object.keys(kinds).join(", ")} running`,
    sent,
    atLeast: each * Object.keys(kinds).length,
    found: { unnamed, "met by the next test": met },
  }
}

function timer(stop: AbortSignal): void {
  const left = setTimeout(() => {}, 60_000)
  stop.addEventListener("abort", () => clearTimeout(left))
}

const [rounds, parts] = faults.quick ? [3, 8] : [50, 8]

describe("tests in a sandbox", () => {
  it(
    "pass in any order and leave nothing",
    async () => faults.report(await suite(rounds, parts)),
    rounds * 300_000,
  )

  it("name what one of them leaves running", async () => {
    faults.report(await leaks(faults.quick ? 5 : 50, true))
  }, 300_000)
})

describe("a planted fault is found:", () => {
  const found = ({ sent, atLeast, found }: FaultFigure) =>
    sent >= atLeast && Object.values(found).some((count) => count > 0)

  it("tests that share their rows", async () => {
    const figure = await suite(1, 1, { SUITE_PLANTED: "1" })
    await admin.unsafe("truncate users, notes")
    expect(found(figure), JSON.stringify(figure)).toBe(true)
    expect(figure.found["leaked rows"]).toBeGreaterThan(0)
  }, 300_000)

  it("a setup that does not look", async () => {
    expect(found(await leaks(1, false))).toBe(true)
  }, 60_000)
})
