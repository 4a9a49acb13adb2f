import { type ChildProcess, fork } from "node:child_process"
import { once } from "node:events"
import { Agent, request } from "node:http"
import { type AddressInfo, connect, createServer, type Server } from "node:net"
import { text } from "node:stream/consumers"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { afterEach, describe, expect, it } from "vitest"

interface Backend {
  readonly process: ChildProcess
  readonly port: number
  ready: boolean
}
const backends = new Set<Backend>()
const agent = new Agent({ keepAlive: true, maxSockets: 8 })
const stopping = new AbortController()
let balancer: Server

async function start(): Promise<Backend> {
  const file = fileURLToPath(new URL("../fixtures/rolling-server.ts", import.meta.url))
  const child = fork(file, { execArgv: ["--conditions=@bennu/source"] })
  const [{ port }] = await once(child, "message")
  const backend = { process: child, port, ready: false }
  backends.add(backend)
  void watch(backend)
  return backend
}

/** Asks a process whether it is ready, as balancers do, and again after a while. */
async function watch(backend: Backend): Promise<void> {
  while (!stopping.signal.aborted && backend.process.exitCode === null) {
    const asked = request({ port: backend.port, path: "/readyz", agent: false }).end()
    const answer = await once(asked, "response").catch(() => [])
    answer[0]?.resume()
    backend.ready = answer[0]?.statusCode === 200
    await setTimeout(20)
  }
  backend.ready = false
}

/** Hands each connection to a process that is ready, in turns. */
function balance(): Promise<number> {
  let turn = 0
  balancer = createServer((client) => {
    const ready = [...backends].filter((backend) => backend.ready)
    const chosen = ready[turn++ % Math.max(1, ready.length)]
    const server = connect(chosen?.port ?? 1)
    client.pipe(server).pipe(client)
    const end = () => {
      client.destroy()
      server.destroy()
    }
    for (const side of [client, server]) side.on("error", end).on("close", end)
  })
  return new Promise((resolve) =>
    balancer.listen(0, () => resolve((balancer.address() as AddressInfo).port)),
  )
}

async function ask(port: number, method: "GET" | "POST"): Promise<string> {
  const path = method === "GET" ? "/" : "/echo"
  const asked = request({ port, path, method, agent }).end(method === "GET" ? undefined : "a form")
  const [response] = await once(asked, "response")
  const body = await text(response)
  if (response.statusCode !== 200) throw new Error(`${response.statusCode} ${body}`)
  return body
}

afterEach(async () => {
  stopping.abort()
  agent.destroy()
  balancer?.close()
  for (const { process } of backends) process.kill("SIGKILL")
})

describe("an app of several processes", () => {
  it("loses no request while they are replaced one by one", { timeout: 120_000 }, async () => {
    await Promise.all([start(), start()])
    const port = await balance()
    await expect
      .poll(() => [...backends].every(({ ready }) => ready), { timeout: 30_000 })
      .toBe(true)

    const failed: unknown[] = []
    const pids = new Set<string>()
    let answered = 0
    let rolling = true
    const clients = Array.from({ length: 8 }, async (_, index) => {
      for (let turn = index; rolling; turn++) {
        const method = turn % 2 === 0 ? "GET" : "POST"
        await ask(port, method).then(
          (body) => {
            answered += 1
            if (method === "GET") pids.add(body)
          },
          (error: unknown) => failed.push(error),
        )
      }
    })
    // a connection stays with its process: none is asked to stop that was not asked for a page yet
    await expect.poll(() => pids.size, { timeout: 30_000 }).toBe(2)
    for (const old of [...backends]) {
      const next = await start()
      await expect.poll(() => next.ready, { timeout: 30_000 }).toBe(true)
      old.process.kill("SIGTERM")
      expect(await once(old.process, "exit")).toEqual([0, null])
      backends.delete(old)
    }
    const before = answered
    await expect.poll(() => answered, { timeout: 30_000 }).toBeGreaterThan(before + 100)
    await expect.poll(() => pids.size, { timeout: 30_000 }).toBe(4)
    rolling = false
    await Promise.all(clients)
    expect(failed).toEqual([])
    expect(answered).toBeGreaterThan(200)
  })
})
