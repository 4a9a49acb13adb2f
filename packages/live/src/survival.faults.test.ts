import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import {
  createDatabase,
  type FaultFigure,
  faultProxy,
  faultRun,
  freePort,
  startProgram,
  startRedis,
} from "bennu-testkit"
import { afterAll, describe, expect, it, vi } from "vitest"
import { Page, type Shown } from "../fixtures/survival/page.ts"

const { quick, report } = faultRun()
const PAGES = quick ? 200 : 1_000
const FROZEN = quick ? 7_000 : 65_000
const IDLE = quick ? 4_000 : 60_000
const PATIENCE = 120_000

const main = fileURLToPath(new URL("../fixtures/survival/server.ts", import.meta.url))
const redis = await startRedis()
const database = await createDatabase()
afterAll(async () => {
  await redis?.stop()
  await database.drop()
})
const urls: Readonly<Record<string, string>> = {
  redis: redis?.url ?? "",
  postgres: database.url,
}

const start = (store: string, port: number) =>
  startProgram(process.execPath, {
    args: ["--conditions=@bennu/source", "--no-warnings", main],
    env: {
      ...{ STORE: store, STORE_URL: urls[store] ?? "", PORT: String(port), IDLE: String(IDLE) },
      NODE_ENV: "production",
    },
    ready: /node at \d+/,
    readyTimeout: "60s",
    stopTimeout: "60s",
  })

/** Nodes of an app, each behind a way that can go wrong, and pages that show its views. */
async function survivors(store: string) {
  // what one process remembers, another does not know
  const ports = store === "memory" ? [await freePort()] : [await freePort(), await freePort()]
  const nodes = await Promise.all(ports.map((port) => start(store, port)))
  const ways = await Promise.all(ports.map((port) => faultProxy(`http://127.0.0.1:${port}`)))
  const origins = ways.map(({ url }) => url.replace(/\/$/, ""))
  const pages = Array.from(
    { length: PAGES },
    (_, index) => new Page(origins, index, store === "browser"),
  )
  const all = <T>(work: (page: Page, index: number) => Promise<T>) => Promise.all(pages.map(work))
  // in batches: what is looked for is not who joins fastest
  for (let from = 0; from < PAGES; from += 50) {
    await Promise.all(pages.slice(from, from + 50).map((page) => page.open()))
  }
  let sent = 0
  let round = 0

  /** Every page does something of its own, which its view then knows, and a page has had time to be given. */
  async function live() {
    round++
    await all(async (page, index) => {
      await page.set(round * 10_000 + index)
      await page.type(`half a sent ${index}.${round}`)
    })
    sent += 2 * PAGES
    await pause(1_500)
  }

  async function back() {
    await vi.waitUntil(() => pages.every(({ joined }) => joined), {
      ...{ timeout: PATIENCE, interval: 100 },
    })
  }

  /** What the pages show against what they were told, and how their views came through. */
  async function judge(fault: string, before: readonly Shown[], expected: readonly string[]) {
    await back()
    const found = { lost: 0 }
    const ways = { untouched: 0, parked: 0, stashed: 0, remounted: 0 }
    for (const [index, { shown, history, typed, joins }] of pages.entries()) {
      const told = history.at(-1)
      if (shown.number !== told?.number || shown.text !== typed) found.lost++
      if (joins === joined[index]) ways.untouched++
      else if (shown.run === before[index]?.run) ways.parked++
      else if (shown.restored) ways.stashed++
      else ways.remounted++
    }
    const figure: FaultFigure = {
      fault: `${store}: ${fault}`,
      ...{ sent, atLeast: 2 * PAGES, found, measured: { views: PAGES, ...ways } },
    }
    report(figure)
    const seen = Object.entries(ways).flatMap(([way, count]) => (count > 0 ? [way] : []))
    expect(expected).toEqual(expect.arrayContaining(seen))
  }

  let joined: readonly number[] = []
  const stop: (() => Promise<unknown>)[] = []
  return {
    /** Lets a fault happen to pages that have just done something. @param expected How views may come through. */
    async under(fault: string, expected: readonly string[], hurt: () => Promise<unknown>) {
      await live()
      const before = pages.map(({ shown }) => shown)
      joined = pages.map(({ joins }) => joins)
      await hurt()
      await judge(fault, before, expected)
    },
    ...{ ways, pages },
    /** Every page has found out that its connection was lost, and has come back. */
    noticed: () =>
      vi.waitUntil(() => pages.every(({ joins }, index) => joins > (joined[index] ?? 0)), {
        ...{ timeout: PATIENCE, interval: 100 },
      }),
    kill: () => Promise.all(nodes.map((node) => node.kill())),
    async restart() {
      for (const [index, port] of ports.entries()) nodes[index] = await start(store, port)
    },
    /** One after another, as whoever deploys does it. */
    async roll() {
      for (const [index, port] of ports.entries()) {
        expect((await nodes[index]?.stop())?.code).toBe(0)
        nodes[index] = await start(store, port)
        await back()
      }
    },
    async [Symbol.asyncDispose]() {
      for (const page of pages) page.close()
      await Promise.all(nodes.map((node) => node.kill()))
      for (const way of ways) await way[Symbol.asyncDispose]()
      for (const each of stop) await each()
    },
  }
}

async function throughAll(store: string) {
  await using app = await survivors(store)
  const { ways, pages } = app
  // memory is gone with its process: there is nothing to look for
  if (store !== "memory") {
    await app.under("SIGTERM and rolling restart", ["stashed"], app.roll)
    await app.under("kill -9 of all nodes", ["stashed"], async () => {
      await app.kill()
      await app.restart()
    })
  }
  await app.under(`tabs frozen for ${FROZEN / 1_000} s`, ["parked", "stashed"], async () => {
    for (const page of pages) page.freeze()
    await pause(FROZEN)
    for (const page of pages) page.thaw()
    await pause(1_000)
  })
  await app.under(
    "lost frames: connections that carry nothing any more",
    ["parked", "stashed"],
    async () => {
      for (const way of ways) way.drop()
      await pause(7_000)
      for (const way of ways) await way.heal()
      await app.noticed()
    },
  )
  if (store !== "memory") {
    const moved = async () => {
      for (const page of pages) page.move()
    }
    await app.under("all pages sent to the other node", ["parked", "stashed"], moved)
    // their older views wait there: those are no longer theirs, which the numbers tell; one that finds no place comes back to its own
    await app.under("all pages sent back", ["parked", "stashed"], moved)
  }
  for (const way of ways) way.slow({ latency: "200ms", jitter: "50ms" })
  await app.under("400 ms latency, and all connections cut", ["parked", "stashed"], async () => {
    for (const way of ways) way.cut()
    await pause(2_000)
  })
}

describe("views survive", () => {
  const patience = 15 * 60_000
  it("where pages keep their stashes", () => throughAll("browser"), patience)
  it("in the memory of their process", () => throughAll("memory"), patience)
  it.skipIf(!redis)("in Redis", () => throughAll("redis"), patience)
  it("in PostgreSQL", () => throughAll("postgres"), patience)

  it(
    "and a run in which nothing is kept finds that",
    async () => {
      await expect(throughAll("nothing")).rejects.toThrow(`lost ${PAGES}`)
    },
    patience,
  )
})
