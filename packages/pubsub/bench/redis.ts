import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:http"
import { createServer as createTcp } from "node:net"
import { openPubSub } from "@bennu/pubsub"
import { redis } from "@bennu/pubsub/redis"
import { createAdapter } from "@socket.io/redis-adapter"
import { createClient } from "redis"
import { Server } from "socket.io"
import { compare } from "../../../scripts/bench-harness.mjs"

const MESSAGES = 20_000
const TEXT = "x".repeat(200)

interface Side {
  say(text: string): unknown
  /** Called for each message on the other node. */
  hear(listener: () => void): void
  stop(): Promise<unknown>
}

async function server(): Promise<{ url: string; stop(): void }> {
  const { REDIS_URL } = process.env
  if (REDIS_URL) return { url: REDIS_URL, stop() {} }
  const probe = createTcp().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const { port } = probe.address() as { port: number }
  probe.close()
  const child = spawn("redis-server", ["--port", `${port}`, "--save", "", "--appendonly", "no"])
  for await (const text of child.stdout) if (String(text).includes("Ready to accept")) break
  return { url: `redis://127.0.0.1:${port}`, stop: () => void child.kill("SIGKILL") }
}

async function ours(url: string): Promise<Side> {
  const { signal } = new AbortController()
  const [here, there] = await Promise.all(
    [0, 1].map(() => openPubSub({ adapter: redis({ url, maxQueue: 1_000_000 }) }).start(signal)),
  )
  if (!here || !there) throw new Error("no nodes")
  let heard = () => {}
  there.bus.subscribe("room", () => heard())
  return {
    say: (text) => here.bus.broadcast("room", text),
    hear(listener) {
      heard = listener
    },
    stop: () => Promise.all([here[Symbol.asyncDispose](), there[Symbol.asyncDispose]()]),
  }
}

async function raw(url: string): Promise<Side> {
  const [publisher, subscriber] = [createClient({ url }), createClient({ url })]
  await Promise.all([publisher.connect(), subscriber.connect()])
  let heard = () => {}
  await subscriber.subscribe("raw", () => heard())
  return {
    say: (text) => publisher.publish("raw", text),
    hear(listener) {
      heard = listener
    },
    stop: () => Promise.all([publisher.close(), subscriber.close()]),
  }
}

async function socketIo(url: string): Promise<Side> {
  const clients = Array.from({ length: 4 }, () => createClient({ url }))
  await Promise.all(clients.map((client) => client.connect()))
  const [one, two, three, four] = clients
  const here = new Server(createServer(), { adapter: createAdapter(one, two) })
  const there = new Server(createServer(), { adapter: createAdapter(three, four) })
  let heard = () => {}
  there.on("message", () => heard())
  // serverSideEmit needs no sockets: what is measured is the adapter
  await new Promise((resolve) => setTimeout(resolve, 300))
  return {
    say: (text) => here.serverSideEmit("message", text),
    hear(listener) {
      heard = listener
    },
    stop: async () => {
      here.close()
      there.close()
      for (const client of clients) await client.close()
    },
  }
}

/** Messages a second until the last has been heard; all at once, and none may be lost. */
const throughput = (side: Side) => ({
  async measure() {
    let heard = 0
    const all = Promise.withResolvers<void>()
    side.hear(() => {
      heard += 1
      if (heard === MESSAGES) all.resolve()
    })
    const started = performance.now()
    const said: unknown[] = []
    for (let at = 0; at < MESSAGES; at++) {
      said.push(side.say(TEXT))
      // as servers do: some hundred a turn of the event loop
      if (at % 500 === 499) await new Promise((resolve) => setImmediate(resolve))
    }
    await Promise.all(said)
    await all.promise
    return (MESSAGES / (performance.now() - started)) * 1_000
  },
})

/** Microseconds from the word to the ear, of one message at a time, that 99 of 100 do not exceed. */
const latency = (side: Side) => ({
  async measure() {
    const took: number[] = []
    for (let at = 0; at < 1_000; at++) {
      const heard = Promise.withResolvers<void>()
      side.hear(heard.resolve)
      const started = performance.now()
      await side.say(TEXT)
      await heard.promise
      took.push(performance.now() - started)
    }
    return (took.sort((a, b) => a - b)[989] ?? 0) * 1_000
  },
})

export async function overRedis(): Promise<void> {
  const { url, stop } = await server()
  const sides = { ours: await ours(url), raw: await raw(url), io: await socketIo(url) }
  const { ours: mine, raw: bare, io } = sides
  await compare({
    bench: "redis/messages",
    rounds: 7,
    ours: throughput(mine),
    peers: { "node-redis": throughput(bare), "Socket.IO": throughput(io) },
  })
  await compare({
    bench: "redis/p99",
    unit: "µs",
    rounds: 7,
    ours: latency(mine),
    peers: { "node-redis": latency(bare), "Socket.IO": latency(io) },
  })
  for (const side of Object.values(sides)) await side.stop()
  stop()
}
