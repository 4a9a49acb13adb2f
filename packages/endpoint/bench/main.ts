// Requests a second of CPU time, beside the peers: other work on the machine changes that less than wall-clock time. Each server is a process of its own, loaded from this
// one over the loopback; they have their turns one after another, so that nobody shares a core with a rival.
import { fork } from "node:child_process"
import { once } from "node:events"
import autocannon from "autocannon"
import { compare } from "../../../scripts/bench-harness.mjs"

const REQUESTS = 8_000
const CONNECTIONS = 32

const start = async (name: string) => {
  const child = fork(new URL("server.ts", import.meta.url), [name], { execArgv: process.execArgv })
  const [{ port }] = await once(child, "message")
  const cpu = async (): Promise<number> => {
    child.send("cpu")
    const [{ cpu }] = await once(child, "message")
    return cpu.user + cpu.system
  }
  return { name, port, cpu, stop: () => child.kill() }
}
type Server = Awaited<ReturnType<typeof start>>

/** How many requests a second of CPU time answers. */
async function load({ name, port, cpu }: Server, path: string) {
  const before = await cpu()
  const { non2xx, errors } = await autocannon({
    url: `http://127.0.0.1:${port}${path}`,
    connections: CONNECTIONS,
    amount: REQUESTS,
  })
  if (non2xx + errors > 0) throw new Error(`${name} failed ${non2xx + errors} requests of ${path}`)
  return (REQUESTS * 1_000_000) / ((await cpu()) - before)
}

const servers = await Promise.all(["bennu", "node:http", "fastify", "hono"].map(start))
try {
  for (const [work, path] of [
    ["json", "/users/7"],
    ["html", "/page"],
  ] as const) {
    const sides = servers.map((server) => [server.name, { measure: () => load(server, path) }])
    const { bennu, ...peers } = Object.fromEntries(sides)
    await compare({
      bench: `endpoint/${work}`,
      unit: "requests/CPU s",
      rounds: 7,
      ours: bennu,
      peers,
    })
  }
} finally {
  for (const server of servers) server.stop()
}
