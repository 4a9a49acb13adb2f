// Requests a second of CPU time, beside the peers: other work on the machine changes that less than wall-clock time. Each server is a process of its own, loaded from this
// one over the loopback; they have their turns one after another, so that nobody shares a core with a rival.
//   ENDPOINT_MEMORY=1 node --expose-gc main.ts   measures memory after 100,000, 500,000 and 1,000,000 requests instead
//   ENDPOINT_ONLY=json,browser …                 measures these only
import { fork } from "node:child_process"
import { once } from "node:events"
import autocannon from "autocannon"
import { compare } from "../../../scripts/bench-harness.mjs"

const REQUESTS = Number(process.env["ENDPOINT_REQUESTS"] ?? 4_000)
const ROUNDS = Number(process.env["ENDPOINT_ROUNDS"] ?? 5)
const CONNECTIONS = 32

const body = JSON.stringify({ name: "Ada", notes: "x".repeat(980), tags: [1, 2] })
const headers = { "content-type": "application/json" }
const works = {
  json: { path: "/json" },
  "param and query": { path: "/users/7?tab=posts" },
  "post 1 kB": { path: "/users", method: "POST", headers, body },
  page: { path: "/page" },
  browser: { path: "/browser" },
} as const
type Work = keyof typeof works

const start = async (name: string) => {
  const execArgv = [...process.execArgv, "--expose-gc"]
  const child = fork(new URL("server.ts", import.meta.url), [name], { execArgv })
  const [{ port }] = await once(child, "message")
  const ask = async (what: "cpu" | "memory") => {
    child.send(what)
    const [answer] = await once(child, "message")
    return answer as { readonly cpu: NodeJS.CpuUsage; readonly rss: number }
  }
  return { name, port, ask, stop: () => child.kill() }
}
type Server = Awaited<ReturnType<typeof start>>

/** A visitor who has been here before: the session's cookies. */
async function cookiesOf(url: string): Promise<string> {
  const first = await fetch(url)
  await first.text()
  return first.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ")
}

async function load({ name, port }: Server, work: Work, amount: number) {
  const { path, ...more } = works[work]
  const url = `http://127.0.0.1:${port}${path}`
  const cookie = work === "browser" ? { headers: { cookie: await cookiesOf(url) } } : {}
  const options = { url, connections: CONNECTIONS, amount, ...more, ...cookie }
  const { non2xx, errors } = await autocannon(options)
  if (non2xx + errors > 0) throw new Error(`${name} failed ${non2xx + errors} requests of ${path}`)
}

/** How many requests a second of CPU time answers. */
async function rate(server: Server, work: Work) {
  const { cpu: before } = await server.ask("cpu")
  await load(server, work, REQUESTS)
  const { cpu } = await server.ask("cpu")
  return (REQUESTS * 1_000_000) / (cpu.user + cpu.system - before.user - before.system)
}

async function speed() {
  const only = process.env["ENDPOINT_ONLY"]?.split(",")
  const servers = await Promise.all(["bennu", "node:http", "fastify", "hono", "express"].map(start))
  try {
    // every name is one of works
    for (const work of Object.keys(works) as Work[]) {
      if (only?.includes(work) === false) continue
      // hono brings no session
      const able = servers.filter(({ name }) => work !== "browser" || name !== "hono")
      const sides = able.map((server) => [server.name, { measure: () => rate(server, work) }])
      const { bennu, ...peers } = Object.fromEntries(sides)
      await compare({
        bench: `endpoint/${work}`,
        unit: "requests/CPU s",
        rounds: ROUNDS,
        ours: bennu,
        peers,
      })
    }
  } finally {
    for (const server of servers) server.stop()
  }
}

async function memory() {
  const server = await start("bennu")
  try {
    let done = 0
    for (const goal of [10_000, 100_000, 500_000, 1_000_000]) {
      await load(server, "browser", goal - done)
      done = goal
      const { rss } = await server.ask("memory")
      console.log(
        `${goal.toLocaleString("en").padStart(9)} requests: ${Math.round(rss / 2 ** 20)} MiB`,
      )
    }
  } finally {
    server.stop()
  }
}

await (process.env["ENDPOINT_MEMORY"] === undefined ? speed() : memory())
