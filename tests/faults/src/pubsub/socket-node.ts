// A node with sockets, a process of its own: says to all in "room:1" what the time is, and floods "flood:1" when it is told to.
import { channel, socket } from "@bennu/channels"
import { ok } from "@bennu/core"
import { endpoint } from "@bennu/endpoint"
import { local, openPubSub } from "@bennu/pubsub"
import { router } from "@bennu/router"
import * as z from "zod"

/** What it tells its parent when it is asked. */
export interface SocketReport {
  readonly said: number
  readonly flooded: number
  /** Bytes in use at most since it was asked last. */
  readonly memory: number
  /** Why the flooded one's channel ended. */
  readonly ended: string | null
}

const { signal } = new AbortController()
const pubsub = await openPubSub({ adapter: local() }).start(signal)
let ended: string | null = null
let memory = 0
let said = 0
let flooded = 0
let flooding = false

const Room = channel({
  pushes: { said: z.object({ number: z.number(), at: z.string(), pad: z.string() }) },
  join: () => ok({}),
})
const Flood = channel({
  pushes: { said: z.object({ pad: z.string() }) },
  join: () => ok({}),
  terminate: (_, reason) => {
    ended = reason
  },
})
const rooms = socket({ channels: { "room:*": Room, "flood:*": Flood }, pubsub, checkOrigin: false })
const server = await endpoint({ router: router(), port: 0, sockets: { "/socket": rooms } }).start(
  signal,
)

const [kilobyte, much] = ["x".repeat(1_000), "x".repeat(100_000)]
setInterval(() => {
  const at = String(process.hrtime.bigint())
  void Room.broadcast(pubsub, "room:1", "said", { number: ++said, at, pad: kilobyte })
  if (flooding && ended === null) {
    flooded += much.length
    void Flood.broadcast(pubsub, "flood:1", "said", { pad: much })
  }
  const { heapUsed, external } = process.memoryUsage()
  memory = Math.max(memory, heapUsed + external)
}, 10)

process.on("message", (order) => {
  if (order === "flood") flooding = true
  const report: SocketReport = { said, flooded, memory, ended }
  memory = 0
  process.send?.(report)
})
process.on("disconnect", () => process.exit(1))
console.log(`Sockets are at ${server.url}`)
