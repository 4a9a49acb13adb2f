import { createServer } from "node:http"
import { openPubSub } from "@bennu/pubsub"
import { redis } from "@bennu/pubsub/redis"
import { startRedis } from "@bennu/testing"
import { createAdapter } from "@socket.io/redis-adapter"
import { createClient } from "redis"
import { Server } from "socket.io"
import { compareSides, type Side } from "./sides.ts"

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

// a burst waits longer than the 5 s of its default where the machine is busy
const client = (url: string) => createClient({ url, commandOptions: { timeout: 60_000 } })

async function raw(url: string): Promise<Side> {
  const [publisher, subscriber] = [client(url), client(url)]
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
  const clients = Array.from({ length: 4 }, () => client(url))
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

export async function overRedis(): Promise<void> {
  await using server = await startRedis()
  const { url } = server
  const sides = {
    ours: await ours(url),
    "node-redis": await raw(url),
    "Socket.IO": await socketIo(url),
  }
  await compareSides("redis", sides, { rounds: 7, messages: 1_000, pause: 0 })
  for (const side of Object.values(sides)) await side.stop()
}
