import { setTimeout } from "node:timers/promises"
import { startPostgres, type TestServer } from "@bennu/testing"
import { clockSkew, faultNetwork, faultProxy, faultRun, seeded } from "@bennu/testing/chaos"
import postgres from "postgres"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { brokers } from "./brokers.ts"
import { judge } from "./checker.ts"
import { areUp, type FaultNode, Nodes, quiet, slowdown, tell, until } from "./fault-node.ts"
import type { Plant } from "./orders.ts"

const faults = faultRun()
const random = seeded(faults.seed)
const PATIENTLY = { timeout: 300_000 }

describe.each(brokers)("nodes on %s", (broker, startBroker) => {
  let server: TestServer
  let nodes: Nodes
  beforeAll(async () => {
    server = await startBroker()
  })
  afterAll(() => server.stop())
  beforeEach(() => {
    nodes = new Nodes()
  })
  afterEach(() => nodes[Symbol.asyncDispose]())

  const start = (size: number, url = server.url) =>
    Promise.all(Array.from({ length: size }, (_, at) => nodes.start(`n${at}`, url)))

  /** Lets them talk while something happens to what is between them, and judges. */
  async function under(
    fault: string,
    all: readonly FaultNode[],
    hurt: () => Promise<number | undefined>,
  ): Promise<void> {
    await tell(all, "say")
    await setTimeout(1_000)
    const back = await hurt()
    await setTimeout(1_000)
    await tell(all, "hush")
    await until(areUp(all))
    await quiet(all)
    const found = judge(new Map(all.map((node) => [node.name, node.history()])))
    const { deliveries, lostHere, missed, unnoticed, wrong, away } = found
    faults.report({
      fault: `${broker}: ${fault}`,
      sent: deliveries,
      atLeast: all.length ** 2 * 500,
      found: {
        "lost on the sender's node": lostHere,
        "missed unnoticed": unnoticed,
        "twice or out of order": wrong,
        "ended processes": all.filter(({ program }) => program.child.exitCode !== null).length,
        ...(back === undefined ? {} : { "later than 2 s": back > 2_000 * slowdown() ? 1 : 0 }),
      },
      measured: {
        nodes: all.length,
        "missed and told": missed,
        "longest without it": `${away} ms`,
        ...(back === undefined ? {} : { "subscribed again after": `${back} ms` }),
        "times slower than an idle machine": slowdown().toFixed(1),
      },
    })
  }

  /** Hurts the server three times; the longest that nodes took to be back when it was. */
  async function thrice(all: readonly FaultNode[], hurt: () => Promise<void>): Promise<number> {
    let longest = 0
    for (let time = 0; time < 3; time++) {
      await hurt()
      longest = Math.max(longest, await until(areUp(all)))
      await setTimeout(300 + random() * 300)
    }
    return longest
  }

  it.each([2, 3, 8])(
    "lose nothing here and know what they missed: %i, killed",
    PATIENTLY,
    async (size) => {
      const all = await start(size)
      await under("killed and started three times", all, () =>
        thrice(all, async () => {
          await server.kill()
          await setTimeout(300)
          await server.start()
        }),
      )
    },
  )

  it.each([2, 3, 8])("nor when it is restarted as planned: %i", PATIENTLY, async (size) => {
    const all = await start(size)
    await under("restarted three times", all, () => thrice(all, () => server.restart()))
  })

  it("go on while it stands still", PATIENTLY, async () => {
    const all = await start(3)
    const pause = faults.quick ? 3_000 : 30_000
    await under(`paused for ${pause / 1_000} s`, all, async () => {
      server.pause()
      await setTimeout(pause)
      server.resume()
      return until(areUp(all))
    })
  })

  it("notice a connection that is half-open", PATIENTLY, async () => {
    await using proxy = await faultProxy(server.url)
    const all = [await nodes.start("n0", proxy.url), await nodes.start("n1", server.url)]
    await under("one node's connections half-open three times", all, async () => {
      for (let time = 0; time < 3; time++) {
        proxy.drop()
        await until(async () => !(await areUp(all)()))
        await proxy.heal()
        await until(areUp(all))
      }
      return undefined
    })
  })

  it(
    "go on when one of them is split off, and when it hears nobody but is heard",
    PATIENTLY,
    async () => {
      await using network = await faultNetwork(server.url, ["n0", "n1", "n2"])
      const names = ["n0", "n1", "n2"] as const
      const all = await Promise.all(names.map((name) => nodes.start(name, network.to(name).url)))
      const pause = faults.quick ? 3_000 : 10_000
      const seconds = `${pause / 1_000} s`
      await under(
        `one of three split off for ${seconds}, then deaf for ${seconds}`,
        all,
        async () => {
          network.split("n2")
          await setTimeout(pause)
          await network.heal()
          await until(areUp(all))
          network.to("n2").stall("down")
          await setTimeout(pause)
          await network.heal()
          return until(areUp(all))
        },
      )
    },
  )

  it(
    "go on over a network that is slow and uneven, with clocks that are hours apart",
    PATIENTLY,
    async () => {
      const names = ["n0", "n1", "n2"] as const
      await using network = await faultNetwork(server.url, names, { random })
      for (const name of names) network.to(name).slow({ latency: "30ms", jitter: "60ms" })
      const HOUR = 3_600_000
      const all = await Promise.all(
        names.map((name, at) =>
          nodes.start(name, network.to(name).url, { flags: clockSkew((at - 1) * HOUR) }),
        ),
      )
      await under("slow by 30 to 90 ms each way, clocks an hour apart", all, async () => {
        for (let time = 0; time < 3; time++) {
          network.to("n1").cut()
          await setTimeout(1_000)
        }
        return undefined
      })
    },
  )

  it.skipIf(broker !== "PostgreSQL")(
    "go on when the queue of notifications is full, and drain it",
    PATIENTLY,
    async () => {
      // the least that it takes: half a megabyte
      await using small = await startPostgres({ settings: { max_notify_queue_pages: 64 } })
      const all = await start(3, small.url)
      const sql = postgres(small.url, { max: 2, onnotice: () => {} })
      const usage = async () => {
        const [row] = await sql`select pg_notification_queue_usage() as usage`
        return Number(row?.["usage"])
      }
      // who listens and is in a transaction for long keeps what others notify
      const blocker = await sql.reserve()
      await blocker`listen nothing`
      await blocker`begin`
      await blocker`select 1`
      const full = faults.quick ? 0.5 : 0.98
      await under(`its queue of notifications is ${full * 100} % full`, all, async () => {
        await until(async () => (await usage()) >= full, 120_000)
        await setTimeout(3_000)
        await blocker`commit`
        const back = await until(areUp(all))
        // it is emptied by pages, of which some always wait for more
        await until(async () => (await usage()) < 0.15)
        return back
      })
      await blocker`unlisten nothing`
      blocker.release()
      await sql.end()
    },
  )

  it.each<[Plant, string]>([
    ["deaf", "missed unnoticed"],
    ["stutter", "twice or out of order"],
    ["forgetful", "lost on the sender's node"],
  ])("would be found out: a %s one is", PATIENTLY, async (plant, kind) => {
    const all = [
      await nodes.start("n0", server.url, { plant }),
      await nodes.start("n1", server.url),
    ]
    const judged = under(`planted, a ${plant} node`, all, async () => undefined)
    await expect(judged).rejects.toMatchObject({ code: "ERR_TESTING_FAULT_FOUND" })
    await expect(judged).rejects.toThrow(new RegExp(`${kind} [1-9]`))
  })
})
