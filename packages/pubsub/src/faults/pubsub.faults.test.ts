import { writeFileSync } from "node:fs"
import { setTimeout } from "node:timers/promises"
import { createDatabase, startRedis } from "bennu-testkit"
import postgresJs from "postgres"
import { afterAll, afterEach, describe, expect, it, vi } from "vitest"
import { FaultNode, judge } from "./cluster.ts"

const quick = process.env["FAULTS_QUICK"] === "1"
const server = await startRedis()
const rows: string[] = []
const open = new Set<FaultNode>()

afterEach(async () => {
  for (const node of open) await node.kill()
  open.clear()
})
afterAll(async () => {
  await server?.stop()
  if (rows.length === 0 || quick) return
  const page = new URL("../../FAULTS.md", import.meta.url)
  writeFileSync(
    page,
    `# What \`npm run faults -- pubsub\` found

Nodes are processes. Each says 500 messages a second; a checker compares what was said with what was heard: "lost here" are
messages that a listener on the sender's own node did not hear, "missed" those that did not reach another node, and
"unnoticed" those of them that no gap told of.

| fault | nodes | deliveries | lost here | missed | unnoticed | twice or out of order | longest outage |
| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |
${rows.join("\n")}
`,
  )
})

async function start(size: number, url: string): Promise<FaultNode[]> {
  const nodes = await Promise.all(
    Array.from({ length: size }, (_, index) => FaultNode.start(`n${index}`, url)),
  )
  for (const node of nodes) open.add(node)
  return nodes
}

const all = (nodes: readonly FaultNode[], what: "say" | "hush" | "report" | "forget") =>
  Promise.all(nodes.map((node) => node.order({ do: what })))

/** Lets them talk while something happens to what is between them, and judges. */
async function under(fault: string, nodes: readonly FaultNode[], hurt: () => Promise<void>) {
  await all(nodes, "say")
  await setTimeout(1_000)
  await hurt()
  await setTimeout(1_000)
  await all(nodes, "hush")
  await vi.waitUntil(async () => (await all(nodes, "report")).every(({ up }) => up), 10_000)
  // what waits is sent, and two beats tell how far everybody is
  await setTimeout(1_000)
  const found = judge(await all(nodes, "report"))
  const { remote, lostHere, missed, unnoticed, wrong, outage } = found
  rows.push(
    `| ${fault} | ${nodes.length} | ${remote} | ${lostHere} | ${missed} | ${unnoticed} | ${wrong} | ${outage} ms |`,
  )
  expect(found.said).toBeGreaterThan(nodes.length * 500)
  expect({ lostHere, unnoticed, wrong }).toEqual({ lostHere: 0, unnoticed: 0, wrong: 0 })
  for (const node of nodes) expect(node.process.exitCode).toBeNull()
  return found
}

describe.skipIf(!server)("nodes on Redis", () => {
  it.each([2, 3, 8])(
    "lose nothing on their own node, and know what they missed: %i of them",
    async (size) => {
      const nodes = await start(size, server?.url ?? "")
      await under("Redis killed three times", nodes, async () => {
        for (let time = 0; time < 3; time++) {
          await server?.kill()
          await setTimeout(300)
          await server?.start()
          await vi.waitUntil(async () => (await all(nodes, "report")).every(({ up }) => up), 10_000)
        }
      })
    },
  )

  it("go on while Redis stands still", async () => {
    const nodes = await start(3, server?.url ?? "")
    const pause = quick ? 3_000 : 30_000
    await under(`Redis paused for ${pause / 1_000} s`, nodes, async () => {
      server?.pause()
      await setTimeout(pause)
      server?.resume()
    })
  })

  it("forget a node that was killed, with its 10,000 users, each once", async () => {
    const [here, there, killed] = await start(3, server?.url ?? "")
    if (!here || !there || !killed) throw new Error("no nodes")
    await killed.order({ do: "track", keys: Array.from({ length: 10_000 }, (_, at) => `u${at}`) })
    const others = [here, there]
    const seen = async (present: number) =>
      (await all(others, "report")).every((report) => report.present === present)
    await vi.waitUntil(() => seen(10_000), 10_000)
    await killed.kill()
    const started = performance.now()
    await vi.waitUntil(() => seen(0), 20_000)
    const took = Math.round(performance.now() - started)
    for (const { gone, goneTwice } of await all(others, "report"))
      expect({ gone, goneTwice }).toEqual({ gone: 10_000, goneTwice: 0 })
    rows.push(
      `| a node with 10,000 users killed: gone after ${took} ms, downPeriod 3 s | 3 | – | – | – | – | 0 | – |`,
    )
    // a user's name comes back with another node, and is no ghost of the first
    const born = await FaultNode.start("n2", server?.url ?? "")
    open.add(born)
    await born.order({ do: "track", keys: ["u1"] })
    await vi.waitUntil(() => seen(1), 10_000)
  })

  it("see nobody leave or join while all of them are restarted one after another", async () => {
    let nodes = await start(3, server?.url ?? "")
    const watcher = await FaultNode.start("watcher", server?.url ?? "")
    open.add(watcher)
    const names = Array.from({ length: 300 }, (_, at) => `u${at}`)
    // who is connected where
    const homes = new Map(
      nodes.map((node, at) => [node, names.filter((_, user) => user % 3 === at)]),
    )
    for (const [node, keys] of homes) await node.order({ do: "track", keys })
    const seen = async () => (await watcher.order({ do: "report" })).present === names.length
    await vi.waitUntil(seen, 10_000)
    await watcher.order({ do: "forget" })
    for (const [at, leaving] of nodes.entries()) {
      const fresh = await FaultNode.start(`f${at}`, server?.url ?? "")
      open.add(fresh)
      expect(await leaving.stop()).toBe(0)
      // as clients do, a moment later, wherever they find a node
      await setTimeout(200)
      const keys = homes.get(leaving) ?? []
      await fresh.order({ do: "track", keys })
      homes.set(fresh, keys)
      nodes = nodes.map((node) => (node === leaving ? fresh : node))
    }
    await setTimeout(6_000)
    const { present, arrived, gone } = await watcher.order({ do: "report" })
    rows.push(
      `| rolling restart of 3 nodes with 300 users: ${arrived + gone} joins and leaves | 4 | – | – | – | – | 0 | – |`,
    )
    expect({ present, arrived, gone }).toEqual({ present: 300, arrived: 0, gone: 0 })
  })
})

describe("nodes on PostgreSQL", () => {
  it.each([2, 3])(
    "lose nothing on their own node, and know what they missed: %i of them",
    async (size) => {
      const database = await createDatabase()
      const admin = postgresJs(database.url, { max: 1, onnotice: () => {} })
      const nodes = await start(size, database.url)
      await under("PostgreSQL ends all connections three times", nodes, async () => {
        for (let time = 0; time < 3; time++) {
          await admin`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bennu pubsub'`
          await setTimeout(1_500)
        }
      })
      for (const node of nodes) await node.kill()
      await admin.end()
      await database.drop()
    },
  )
})
