import { redis } from "@bennu/pubsub/redis"
import { startRedis } from "@bennu/testing"
import { createAdapter } from "@socket.io/redis-adapter"
import { createClient } from "redis"
import { ours, sideOf, socketIo } from "./nodes.ts"
import { compareSides, type Side } from "./sides.ts"

// a burst waits longer than the 5 s of its default where the machine is busy
const connected = (url: string) =>
  createClient({ url, commandOptions: { timeout: 60_000 } }).connect()

async function raw(url: string): Promise<Side> {
  const [publisher, subscriber] = [await connected(url), await connected(url)]
  return sideOf(
    (text) => publisher.publish("raw", text),
    (heard) => subscriber.subscribe("raw", heard),
    () => Promise.all([publisher.close(), subscriber.close()]),
  )
}

async function socketIoOver(url: string): Promise<Side> {
  const clients = await Promise.all(Array.from({ length: 4 }, () => connected(url)))
  const free = clients.values()
  return socketIo(
    () => createAdapter(free.next().value, free.next().value),
    () => Promise.all(clients.map((client) => client.close())),
  )
}

export async function overRedis(): Promise<void> {
  await using server = await startRedis()
  const { url } = server
  const sides = {
    ours: await ours(() => redis({ url, maxQueue: 1_000_000 })),
    "node-redis": await raw(url),
    "Socket.IO": await socketIoOver(url),
  }
  await compareSides("redis", sides, { rounds: 7, messages: 1_000, pause: 0 })
  for (const side of Object.values(sides)) await side.stop()
}
