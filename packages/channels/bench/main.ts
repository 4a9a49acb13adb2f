// A broadcast of 1 kB to many sockets, events that are answered, and what a joined channel costs in memory, beside Socket.IO and a bare loop of ws.
// Servers and clients are processes of their own; servers have their turns one after another.
//   CHANNELS_SOCKETS=10000   sockets of each server (10,000)
//   CHANNELS_ROUNDS=7        rounds
import { fork } from "node:child_process"
import { once } from "node:events"
import { broadcastTo, type ChannelHandler, type Connection, socket } from "@bennu/channels"
import { upgradeRequest } from "@bennu/channels/testing"
import { local, openPubSub } from "@bennu/pubsub"
import { compare } from "../../../scripts/bench-harness.mjs"

const SOCKETS = Number(process.env["CHANNELS_SOCKETS"] ?? 10_000)
const ROUNDS = Number(process.env["CHANNELS_ROUNDS"] ?? 7)
const PER_TURN = 5

function start(file: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const options = {
    execArgv: [...process.execArgv, "--expose-gc"],
    env: { ...process.env, ...env },
  }
  const child = fork(new URL(file, import.meta.url), args, options)
  const next = async (): Promise<unknown> => (await once(child, "message"))[0]
  const ask = (what: string) => {
    const answer = next()
    child.send(what)
    return answer
  }
  return { next, ask, tell: (what: string | number) => child.send(what), stop: () => child.kill() }
}

async function crowd(kind: string, sockets: number, rooms = 1, protocol = kind) {
  const server = start("server.ts", [kind], { BENCH_ROOMS: String(rooms) })
  const port = await server.next()
  const before = Number(await server.ask("memory"))
  const clients = start("clients.ts", [protocol, String(port), String(sockets), String(rooms)])
  await clients.next()
  return {
    /** Bytes of the heap, and outside of it, that came with the clients. */
    grown: async () => Number(await server.ask("memory")) - before,
    /** Sends one message to all. */
    async broadcast() {
      const heard = clients.next()
      server.tell("broadcast")
      const p99 = Number(await heard)
      return { p99, cpu: Number(await server.ask("cpu")) / 1000 }
    },
    /** µs of the server's CPU for each of so many events that are answered. */
    async echo(events: number) {
      const done = clients.next()
      server.tell("mark")
      clients.tell(events)
      await done
      return Number(await server.ask("cpu")) / events
    },
    stop() {
      clients.stop()
      server.stop()
    },
  }
}

const middle = (values: readonly number[]) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? Number.NaN

/** Our own work, without a network: what remains is what a socket costs beside its write. */
async function inProcess(): Promise<void> {
  const room: ChannelHandler = {
    join({ listen }) {
      listen()
      return { message() {}, terminate() {} }
    },
  }
  const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
  const handler = socket({ channels: { "room:*": room }, pubsub })
  let sent = 0
  const transport = { send: () => void sent++, close() {}, bufferedAmount: 0 }
  const connections: Connection[] = []
  for (let index = 0; index < SOCKETS; index++) {
    const accepted = await handler.upgrade(upgradeRequest())
    if (!("open" in accepted)) throw new Error(`refused with ${accepted.status}`)
    const connection = accepted.open(transport)
    connection.message('["1","1","room:0","phx_join",{}]')
    connections.push(connection)
  }
  const payload = { at: "0", text: "x".repeat(960) }
  await compare({
    bench: `channels/broadcast to ${SOCKETS} in-process sockets`,
    unit: "broadcasts/s",
    rounds: ROUNDS,
    ours: () => broadcastTo(pubsub, "room:0", "said", payload),
    peers: {
      "loop of sends": () => {
        const text = JSON.stringify([null, null, "room:0", "said", payload])
        for (let index = 0; index < SOCKETS; index++) transport.send()
        return text
      },
    },
  })
  for (const connection of connections) connection.closed(1000)
}

async function overWebSockets(): Promise<void> {
  const kinds = ["bennu", "bare ws", "socket.io"]
  const crowds = new Map<string, Awaited<ReturnType<typeof crowd>>>()
  for (const kind of kinds) crowds.set(kind, await crowd(kind, SOCKETS))
  try {
    for (const [figure, unit] of [
      ["cpu", "ms CPU"],
      ["p99", "ms"],
    ] as const) {
      const measure = (kind: string) => async () => {
        const turns: number[] = []
        for (let turn = 0; turn < PER_TURN; turn++) {
          const figures = await crowds.get(kind)?.broadcast()
          turns.push(figures?.[figure] ?? Number.NaN)
        }
        return middle(turns)
      }
      await compare({
        bench: `channels/1 kB to ${SOCKETS} WebSockets, ${figure}`,
        unit,
        rounds: ROUNDS,
        ours: { measure: measure("bennu") },
        peers: {
          "bare ws": { measure: measure("bare ws") },
          "socket.io": { measure: measure("socket.io") },
        },
      })
    }
  } finally {
    for (const { stop } of crowds.values()) stop()
  }
}

async function echoes(): Promise<void> {
  const crowds = new Map<string, Awaited<ReturnType<typeof crowd>>>()
  for (const kind of ["bennu", "bare ws", "socket.io"]) crowds.set(kind, await crowd(kind, 100))
  const measure = (kind: string) => ({
    measure: async () => (await crowds.get(kind)?.echo(20_000)) ?? Number.NaN,
  })
  await compare({
    bench: "channels/event that is answered, by 100 sockets",
    unit: "µs CPU",
    rounds: ROUNDS,
    ours: measure("bennu"),
    peers: { "bare ws": measure("bare ws"), "socket.io": measure("socket.io") },
  })
  for (const { stop } of crowds.values()) stop()
}

async function memory(): Promise<void> {
  const grown = async (kind: string, rooms: number, protocol = kind) => {
    const sockets = rooms === 1 ? 1_000 : 200
    const { grown, stop } = await crowd(kind, sockets, rooms, protocol)
    const bytes = await grown()
    stop()
    return bytes / sockets
  }
  const each = (kind: string, protocol = kind) => ({
    measure: async () =>
      ((await grown(kind, 41, protocol)) - (await grown(kind, 1, protocol))) / 40,
  })
  const rounds = 3
  await compare({
    bench: "channels/idle socket with one joined channel",
    unit: "B",
    rounds,
    ours: { measure: () => grown("bennu", 1) },
    peers: {
      "bare ws": { measure: () => grown("bare ws", 1) },
      "socket.io, a room": { measure: () => grown("socket.io", 1) },
    },
  })
  await compare({
    bench: "channels/one more idle joined channel",
    unit: "B",
    rounds,
    ours: each("bennu"),
    peers: {
      "socket.io, a namespace": each("socket.io", "socket.io namespaces"),
      "socket.io, a room": each("socket.io"),
    },
  })
}

const only = process.env["CHANNELS_ONLY"]
if (!only || only === "in-process") await inProcess()
if (!only || only === "websockets") await overWebSockets()
if (!only || only === "echo") await echoes()
if (!only || only === "memory") await memory()
