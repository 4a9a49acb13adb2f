// One server, named on the command line; it is told what to do by its parent.
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { broadcastTo, channel, socket } from "@bennu/channels"
import { endpoint } from "@bennu/endpoint"
import { local, openPubSub } from "@bennu/pubsub"
import { router } from "@bennu/router"
import { Server } from "socket.io"
import { WebSocketServer } from "ws"

interface Serving {
  readonly port: number
  broadcast(payload: object): unknown
}

const started = new AbortController().signal
// the clients send no heartbeats
const limits = {
  joinBurst: 10_000,
  channels: 10_000,
  idle: "1h",
  eventsPerSecond: 1_000_000,
  eventBurst: 1_000_000,
} as const

// takes what it is sent as it is: checking it is the schema's business
const echo = {
  "~standard": { version: 1, vendor: "bench", validate: (value: unknown) => ({ value }) },
} as const
const room = channel({
  events: { echo },
  join: () => ({ ok: true, value: {} }),
  handleEvent: { echo: (_socket, payload) => ({ ok: true, value: Object(payload) }) },
})

async function bennu(): Promise<Serving> {
  const pubsub = await openPubSub({ adapter: local() }).start(started)
  const rooms = socket({ channels: { "room:*": room }, pubsub, limits })
  const sockets = { "/socket": rooms }
  const many = { connections: 20_000, socketsPerAddress: 20_000 }
  const { url } = await endpoint({ router: router(), port: 0, sockets, limits: many }).start(
    started,
  )
  return {
    port: Number(url.port),
    broadcast: (payload) => broadcastTo(pubsub, "room:0", "said", payload),
  }
}

/** What one writes who needs no more: one text to all. */
async function bare(): Promise<Serving> {
  const server = createServer()
  const sockets = new WebSocketServer({ server, perMessageDeflate: false })
  sockets.on("connection", (client) => {
    client.on("message", (data) => client.send(JSON.stringify(JSON.parse(data.toString()))))
  })
  return {
    port: await listening(server),
    broadcast(payload) {
      const text = JSON.stringify([null, null, "room:0", "said", payload])
      for (const client of sockets.clients) client.send(text)
    },
  }
}

async function socketIo(): Promise<Serving> {
  const server = createServer()
  const io = new Server(server, { transports: ["websocket"], perMessageDeflate: false })
  const rooms = Number(process.env["BENCH_ROOMS"] ?? 1)
  io.of(/^\/room/).on("connection", (client) => void client.join("room:0"))
  io.on("connection", (client) => {
    client.on("echo", (payload, answer) => answer(payload))
    for (let index = 0; index < rooms; index++) client.join(`room:${index}`)
  })
  return {
    port: await listening(server),
    broadcast: (payload) => io.to("room:0").emit("said", payload),
  }
}

function listening(server: ReturnType<typeof createServer>): Promise<number> {
  // a server that listens on a port has an address of this kind
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  )
}

const kinds = { bennu, "bare ws": bare, "socket.io": socketIo }
// the parent names one of them
const { port, broadcast } = await kinds[process.argv[2] as keyof typeof kinds]()

const text = "x".repeat(960)
let cpu = process.cpuUsage()
process.on("message", (what) => {
  if (what === "broadcast") {
    cpu = process.cpuUsage()
    broadcast({ at: String(process.hrtime.bigint()), text })
  } else if (what === "mark") {
    cpu = process.cpuUsage()
  } else if (what === "cpu") {
    const { user, system } = process.cpuUsage(cpu)
    process.send?.(user + system)
  } else {
    for (let round = 0; round < 3; round++) globalThis.gc?.()
    const { heapUsed, external } = process.memoryUsage()
    process.send?.(heapUsed + external)
  }
})
process.on("disconnect", () => process.exit())
process.send?.(port)
