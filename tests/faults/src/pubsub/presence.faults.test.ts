import { setTimeout } from "node:timers/promises"
import type { TestServer } from "@bennu/testing"
import { faultNetwork, faultRun } from "@bennu/testing/chaos"
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { brokers } from "./brokers.ts"
import { notTimes } from "./checker.ts"
import { type FaultNode, Nodes, see, slowdown, tell, until } from "./fault-node.ts"

const faults = faultRun()
const PATIENTLY = { timeout: 300_000 }
/** As `node.ts` has them. */
const DOWN = 3_000
const BEAT = 500
const MINUTE = 60_000

/** Longer than downPeriod, longer than permdownPeriod, and both with the permdownPeriod that is the default. */
const splits = [
  { pause: 5_000, permdownPeriod: 20_000, when: faults.quick },
  { pause: 10_000, permdownPeriod: 20_000, when: !faults.quick },
  { pause: 60_000, permdownPeriod: 20_000, when: !faults.quick },
  { pause: 25 * MINUTE, permdownPeriod: 20 * MINUTE, when: faults.long },
].filter(({ when }) => when)

const users = (count: number, prefix = "u") =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`)

describe.each(brokers)("presence on %s", (broker, startBroker) => {
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

  it(
    "forgets a node that was killed, with its 10,000 users, each once; its name comes back without ghosts",
    PATIENTLY,
    async () => {
      const others = [await nodes.start("n0", server.url), await nodes.start("n1", server.url)]
      const killed = await nodes.start("n2", server.url)
      const all = users(10_000)
      await killed.order({ do: "track", keys: all })
      await until(see(others, all))
      await killed.program.kill()
      const took = await until(see(others, []))
      await tell(others, "report")
      const wrong = (count: (node: FaultNode) => number) =>
        others.reduce((sum, node) => sum + count(node), 0)
      const again = await nodes.start("n2", server.url)
      await again.order({ do: "track", keys: ["u1"] })
      await until(see([...others, again], ["u1"]))
      // had it left anything, another beat would bring it
      await setTimeout(DOWN)
      const right = await see([...others, again], ["u1"])()
      faults.report({
        fault: `${broker}: kill -9 a node with 10,000 users, start one of its name`,
        sent: all.length * others.length,
        atLeast: 20_000,
        found: {
          "joins not told once": wrong((node) => notTimes(node.history().came, all.slice(2), 1)),
          "leaves not told once": wrong((node) => notTimes(node.history().went, all, 1)),
          ghosts: right ? 0 : 1,
          // a beat to notice, one more because they are not in step, and as much for a machine that is busy
          "later than downPeriod and beats": took > DOWN + 4 * BEAT * slowdown() ? 1 : 0,
        },
        measured: { "gone after": `${took} ms`, downPeriod: `${DOWN} ms` },
      })
    },
  )

  it.each(splits)(
    "is right two beats after a split of $pause ms has healed",
    { timeout: PATIENTLY.timeout + 25 * MINUTE },
    async ({ pause, permdownPeriod }) => {
      await using network = await faultNetwork(server.url, ["a", "b", "c"])
      const names = ["a", "b", "c"] as const
      const all = await Promise.all(
        names.map((name) => nodes.start(name, network.to(name).url, { permdownPeriod })),
      )
      const homes = new Map(all.map((node) => [node, users(500, node.name)]))
      for (const [node, keys] of homes) await node.order({ do: "track", keys })
      const everybody = [...homes.values()].flat()
      await until(see(all, everybody))
      await tell(all, "mark")
      network.split("c")
      const [a, b, c] = all
      if (!a || !b || !c) throw new Error("there are three")
      const [together, alone] = [[...users(500, "a"), ...users(500, "b")], users(500, "c")]
      await until(see([a, b], together))
      await until(see([c], alone))
      // both sides change while they are apart
      await a.order({ do: "track", keys: ["late-a"] })
      await c.order({ do: "track", keys: ["late-c"] })
      await setTimeout(pause - DOWN)
      await network.heal()
      const truth = [...everybody, "late-a", "late-c"]
      const took = await until(see(all, truth))
      await setTimeout(DOWN)
      await tell(all, "report")
      const right = await see(all, truth)()
      const told = (node: FaultNode, names: readonly string[]) => {
        const { came, went } = node.history()
        return notTimes(came, names, 1) + notTimes(went, names, 1)
      }
      faults.report({
        fault: `${broker}: {a, b} and {c} split for ${pause / 1_000} s, and healed`,
        sent: truth.length * all.length,
        atLeast: 4_500,
        found: {
          "wrong members": right ? 0 : 1,
          "not told once": told(a, alone) + told(b, alone) + told(c, together),
          "told of who was not away":
            told(a, together) - 2_000 + (told(b, together) - 2_000) + (told(c, alone) - 1_000),
        },
        measured: {
          "right again after": `${took} ms`,
          heartbeat: `${BEAT} ms`,
          permdownPeriod: `${permdownPeriod / 1_000} s`,
        },
      })
    },
  )

  it(
    "is right again after one node hears nobody but is heard, and after one stood still",
    PATIENTLY,
    async () => {
      await using network = await faultNetwork(server.url, ["a", "b", "c"])
      const names = ["a", "b", "c"] as const
      const all = await Promise.all(names.map((name) => nodes.start(name, network.to(name).url)))
      for (const node of all) await node.order({ do: "track", keys: users(500, node.name) })
      const everybody = names.flatMap((name) => users(500, name))
      await until(see(all, everybody))
      network.to("c").stall("down")
      await setTimeout(2 * DOWN)
      await network.heal()
      await until(see(all, everybody))
      const still = all.slice(0, 1)
      for (const { program } of still) program.pause()
      await setTimeout(2 * DOWN)
      for (const { program } of still) program.resume()
      await until(see(all, everybody))
      await setTimeout(DOWN)
      faults.report({
        fault: `${broker}: a node deaf for 6 s, another paused (SIGSTOP) for 6 s`,
        sent: everybody.length * all.length,
        atLeast: 4_500,
        found: { "wrong members": (await see(all, everybody)()) ? 0 : 1 },
      })
    },
  )

  it(
    "sees nobody leave or join while all nodes are restarted one after another",
    PATIENTLY,
    async () => {
      const size = 3
      let running = await Promise.all(users(size, "n").map((name) => nodes.start(name, server.url)))
      const watcher = await nodes.start("watcher", server.url)
      const everybody = users(3_000)
      const homes = new Map(
        running.map((node, at) => [node, everybody.filter((_, user) => user % size === at)]),
      )
      for (const [node, keys] of homes) await node.order({ do: "track", keys })
      await until(see([watcher], everybody))
      await tell([watcher], "mark")
      const codes: (number | null)[] = []
      for (const [at, leaving] of running.entries()) {
        const fresh = await nodes.start(`f${at}`, server.url)
        codes.push(await leaving.stop())
        // as clients do, a moment later, wherever they find a node
        await setTimeout(200)
        const keys = homes.get(leaving) ?? []
        await fresh.order({ do: "track", keys })
        homes.set(fresh, keys)
        running = running.map((node) => (node === leaving ? fresh : node))
      }
      // longer than the hand-over
      await setTimeout(6_000)
      await tell([watcher], "report")
      const { came, went } = watcher.history()
      faults.report({
        fault: `${broker}: three nodes restarted one after another, their clients connect again`,
        sent: everybody.length,
        atLeast: 3_000,
        found: {
          "flaps: joins": came.size,
          "flaps: leaves": went.size,
          "wrong members": (await see([watcher, ...running], everybody)()) ? 0 : 1,
          "unclean exits": codes.filter((code) => code !== 0).length,
        },
      })
    },
  )

  it("would be found out: a ghost is", PATIENTLY, async () => {
    const node = await nodes.start("n0", server.url, { plant: "haunted" })
    await node.order({ do: "track", keys: users(10) })
    await expect(until(see([node], users(10)), 2_000)).rejects.toThrow("not within")
  })
})
