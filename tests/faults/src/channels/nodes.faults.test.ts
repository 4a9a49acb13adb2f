import { once } from "node:events"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { type Exit, type Program, startProgram, startRedis, type TestServer } from "@bennu/testing"
import { faultRun, seeded } from "@bennu/testing/chaos"
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest"
import { WebSocket } from "ws"
import { slowdown, until } from "../pubsub/fault-node.ts"
import { Balancer } from "./balancer.ts"
import { Talkers } from "./talkers.ts"

const faults = faultRun()
const random = seeded(faults.seed)
const PATIENTLY = { timeout: 300_000 }
const TALKERS = 10
const TIMES = faults.quick ? 2 : 5

let redis: TestServer
let balancer: Balancer
let url = ""
let running = new Set<Program>()
beforeAll(async () => {
  redis = await startRedis()
})
afterAll(() => redis.stop())
beforeEach(async () => {
  balancer = new Balancer()
  url = await balancer.listen()
  running = new Set()
})
afterEach(async () => {
  await balancer[Symbol.asyncDispose]()
  await Promise.all([...running].map((node) => node.kill()))
})

/** A process of its own, which the balancer knows. */
async function start(env: Readonly<Record<string, string>> = {}) {
  const file = fileURLToPath(new URL("room-node.ts", import.meta.url))
  const program = await startProgram(process.execPath, {
    args: ["--conditions=@bennu/source", file],
    env: { REDIS_URL: redis.url, ...env },
    ready: / at (http\S+?)\/?\n/,
    readyTimeout: "3m",
    ipc: true,
  })
  running.add(program)
  const port = Number(new URL(program.said?.[1] ?? "").port)
  balancer.ports.add(port)
  return { program, port }
}

type Node = Awaited<ReturnType<typeof start>>

/** Lets people talk while something happens to the nodes that they are on, and judges. */
async function under(hurt: () => Promise<void>) {
  using talkers = await Talkers.join(url, TALKERS)
  talkers.talk(50)
  await setTimeout(1_000)
  await hurt()
  await setTimeout(1_000)
  talkers.hush()
  await until(async () => talkers.areThere())
  // what was on its way arrives
  await setTimeout(1_000)
  return talkers.judge()
}

function report(fault: string, judged: Awaited<ReturnType<typeof under>>, exits: readonly Exit[]) {
  const { said, deliveries, missed, unnoticed, twice, rejoins } = judged
  faults.report({
    fault,
    sent: deliveries,
    atLeast: TIMES * TALKERS * 200,
    found: {
      "lost unnoticed": unnoticed,
      twice,
      "without a new connection": rejoins < TIMES ? TIMES - rejoins : 0,
      "unclean exits": exits.filter(({ code }) => code !== 0).length,
    },
    measured: {
      clients: TALKERS,
      said,
      "heard or replayed": deliveries - missed - unnoticed,
      "missed and told": missed,
      "connected again": rejoins,
      "times slower than an idle machine": slowdown().toFixed(1),
    },
  })
}

it(
  "official clients lose nothing while both nodes are replaced one after another",
  PATIENTLY,
  async () => {
    const nodes: Node[] = [await start(), await start()]
    const exits: Exit[] = []
    const judged = await under(async () => {
      for (let time = 0; time < TIMES; time++) {
        const [leaving] = nodes.splice(0, 1)
        nodes.push(await start())
        if (!leaving) throw new Error("there are two")
        // whoever deploys tells the balancer first
        balancer.ports.delete(leaving.port)
        exits.push(await leaving.program.stop())
        await setTimeout(500 + random() * 500)
      }
    })
    report(`two nodes behind a balancer, replaced ${TIMES} times`, judged, exits)
  },
)

it("nor when one of the nodes is killed, again and again", PATIENTLY, async () => {
  const nodes: Node[] = [await start(), await start()]
  const judged = await under(async () => {
    for (let time = 0; time < TIMES; time++) {
      const [killed] = nodes.splice(0, 1)
      await killed?.program.kill()
      await setTimeout(500 + random() * 500)
      if (killed) balancer.ports.delete(killed.port)
      nodes.push(await start())
    }
  })
  report(`one of two nodes killed -9 ${TIMES} times, another started`, judged, [])
})

it(
  "nor, without being told, when all nodes are killed at once and what they kept is gone",
  PATIENTLY,
  async () => {
    let nodes: Node[] = [await start(), await start()]
    const judged = await under(async () => {
      for (let time = 0; time < TIMES; time++) {
        await Promise.all(nodes.map(({ program }) => program.kill()))
        for (const { port } of nodes) balancer.ports.delete(port)
        nodes = [await start(), await start()]
        await setTimeout(1_000 + random() * 500)
      }
    })
    report(`both nodes killed -9 at once ${TIMES} times, two others started`, judged, [])
  },
)

it("a session that has ended is gone from every node within a second", PATIENTLY, async () => {
  const nodes = [await start(), await start(), await start()]
  const users = faults.quick ? 10 : 40
  const socketOf = async ({ port }: Node, user: string) => {
    const client = new WebSocket(`ws://127.0.0.1:${port}/socket/websocket?vsn=2.0.0&user=${user}`)
    const closed = once(client, "close").then(() => performance.now())
    await once(client, "open")
    return { client, closed }
  }
  let late = 0
  let longest = 0
  let wrong = 0
  const bystanders = await Promise.all(nodes.map((node) => socketOf(node, "somebody-else")))
  for (let user = 0; user < users; user++) {
    const open = await Promise.all(
      nodes.flatMap((node) => [socketOf(node, `u${user}`), socketOf(node, `u${user}`)]),
    )
    const revoked = performance.now()
    nodes[user % nodes.length]?.program.child.send(`u${user}`)
    for (const { client, closed } of open) {
      const gone = await Promise.race([closed, setTimeout(10_000, Number.POSITIVE_INFINITY)])
      longest = Math.max(longest, Math.round(gone - revoked))
      if (gone - revoked > 1_000 * slowdown()) late += 1
      client.terminate()
    }
  }
  for (const { client } of bystanders) {
    if (client.readyState !== WebSocket.OPEN) wrong += 1
    client.terminate()
  }
  faults.report({
    fault: "sessions revoked on one of three nodes, two sockets of each on every node",
    sent: users * nodes.length * 2,
    atLeast: users * 6,
    found: { "later than a second": late, "others closed": wrong },
    measured: {
      "closed after at most": `${longest} ms`,
      "times slower than an idle machine": slowdown().toFixed(1),
    },
  })
})

it("would be found out: a node that answers without sending is", PATIENTLY, async () => {
  await start({ FORGETS: "1" })
  await start({ FORGETS: "1" })
  const { unnoticed } = await under(() => setTimeout(3_000))
  expect(unnoticed).toBeGreaterThan(0)
})
