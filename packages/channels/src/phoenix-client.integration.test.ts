import { ok } from "@bennu/core"
import { local, openPresence, openPubSub } from "@bennu/pubsub"
import {
  type Channel,
  LongPoll,
  Presence,
  type Push,
  Socket,
  type SocketConnectOption,
} from "phoenix"
import { afterEach, describe, expect, it, vi } from "vitest"
import { WebSocket as StallingSocket } from "ws"
import * as z from "zod"
import { serve } from "../fixtures/serve.ts"
import { channel, channels, disconnect, type SocketOptions } from "./index.ts"
import { socketHandler } from "./socket.ts"
import { socketClosed } from "./telemetry.ts"
import type { SocketHandler } from "./transport.ts"

const Room = channel({
  params: z.object({ name: z.string() }),
  events: {
    say: z.object({ text: z.string() }),
    upload: z.instanceof(Uint8Array),
    measure: z.instanceof(Uint8Array),
    crash: z.object({}),
    stop: z.object({}),
  },
  pushes: { said: z.object({ from: z.string(), text: z.string() }) },
  join: ({ params, topic }) =>
    topic === "room:private"
      ? { ok: false, error: { reason: "private" } }
      : ok({ assigns: { name: params.name }, response: { hello: params.name } }),
  handleEvent: {
    async say(socket, { text }) {
      await socket.broadcast("said", { from: socket.assigns.name, text })
      return ok({ length: text.length })
    },
    upload: (_socket, bytes) => ok(bytes.toReversed()),
    measure: (_socket, bytes) => ok({ length: bytes.length, last: bytes.at(-1) }),
    crash() {
      throw new Error("boom")
    },
    stop: (socket) => socket.close(),
  },
})

const Who = channels<{ readonly user: string }>()({
  join: ({ assigns }) => ok({ response: { user: assigns.user } }),
})

const clients: Socket[] = []
afterEach(() => {
  for (const client of clients.splice(0)) client.disconnect()
})

type Options = Partial<SocketConnectOption> & {
  readonly authToken?: string
  readonly longPollFallbackMs?: number
}

async function start<A = undefined>(
  options: Partial<SocketOptions<A>> = {},
  defaults: Options = {},
  nodes = 1,
) {
  const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
  const handlers = Array.from({ length: nodes }, () =>
    socketHandler({
      channels: { "room:*": Room },
      pubsub,
      longpoll: { secret: "s".repeat(64) },
      ...options,
    }),
  )
  const server = await serve(inTurns(handlers))
  const connect = (more: Options = {}) => {
    const client = new Socket(server.url, { transport: WebSocket, ...defaults, ...more })
    clients.push(client)
    client.connect()
    return client
  }
  return { pubsub, server, connect }
}

/** What a balancer does that knows nothing of sessions: one request here, the next there. */
function inTurns(handlers: readonly SocketHandler[]): SocketHandler {
  let count = 0
  const next = () => handlers[count++ % handlers.length]
  return {
    protocol: "phoenix",
    upgrade: (request) => next()?.upgrade(request) ?? { status: 503 },
    request: (request) => next()?.request?.(request) ?? null,
  }
}

const replied = (push: Push) =>
  new Promise<{ readonly status: string; readonly response: unknown }>((resolve) => {
    for (const status of ["ok", "error", "timeout"] as const) {
      push.receive(status, (response: unknown) => resolve({ status, response }))
    }
  })

async function joined(client: Socket, topic: string, name: string): Promise<Channel> {
  const room = client.channel(topic, { name })
  expect(await replied(room.join())).toEqual({ status: "ok", response: { hello: name } })
  return room
}

const next = (room: Channel, event: string) =>
  new Promise<unknown>((resolve) => {
    const ref = room.on(event, (payload: unknown) => {
      room.off(event, ref)
      resolve(payload)
    })
  })

describe.each([
  ["WebSockets", WebSocket, 1],
  ["long polls", LongPoll, 1],
  ["long polls that land on one of two nodes", LongPoll, 2],
] as const)("the official client on %s", (way, transport, nodes) => {
  const begin = <A = undefined>(options: Partial<SocketOptions<A>> = {}) =>
    start(options, { transport }, nodes)

  it("joins, pushes, is answered and hears broadcasts", async () => {
    const { server, connect } = await begin()
    await using _server = server
    const ada = await joined(connect(), "room:1", "Ada")
    const bob = await joined(connect(), "room:1", "Bob")
    const heard = next(bob, "said")
    const answer = await replied(ada.push("say", { text: "hey" }))
    expect(answer).toEqual({ status: "ok", response: { length: 3 } })
    await expect(heard).resolves.toEqual({ from: "Ada", text: "hey" })
  })

  it("is told why it may not join, and what is wrong with an event", async () => {
    const { server, connect } = await begin()
    await using _server = server
    const client = connect()
    const closed = client.channel("room:private", { name: "Ada" })
    expect(await replied(closed.join())).toEqual({
      status: "error",
      response: { reason: "private" },
    })
    closed.leave()
    const unknown = client.channel("lobby", {})
    expect(await replied(unknown.join())).toMatchObject({
      response: { reason: "unmatched topic" },
    })
    unknown.leave()
    const room = await joined(client, "room:1", "Ada")
    expect(await replied(room.push("say", { text: 1 }))).toMatchObject({
      status: "error",
      response: { reason: "invalid payload" },
    })
  })

  it("sends bytes", async () => {
    const { server, connect } = await begin()
    await using _server = server
    const room = await joined(connect(), "room:1", "Ada")
    const response = await replied(room.push("measure", Uint8Array.from([1, 2, 255]).buffer))
    expect(response).toEqual({ status: "ok", response: { length: 3, last: 255 } })
  })

  // A poll is answered with text
  it.runIf(way === "WebSockets")("gets bytes", async () => {
    const { server, connect } = await begin()
    await using _server = server
    const room = await joined(connect(), "room:1", "Ada")
    const { response } = await replied(room.push("upload", Uint8Array.from([1, 2, 3]).buffer))
    expect(response).toEqual(Uint8Array.from([3, 2, 1]).buffer)
  })

  it("joins again after a crash of its channel, and after its server cut it off", async () => {
    const { server, connect } = await begin()
    await using _server = server
    const client = connect({ rejoinAfterMs: () => 5, reconnectAfterMs: () => 5 })
    const other = await joined(connect(), "room:1", "Bob")
    let joins = 0
    const room = client.channel("room:1", { name: "Ada" })
    room.join().receive("ok", () => joins++)
    await vi.waitUntil(() => joins === 1)
    room.push("crash", {})
    await vi.waitUntil(() => joins === 2)
    expect(client.isConnected()).toBe(true)
    expect(other.state).toBe("joined")
    server.cut()
    await vi.waitUntil(() => joins === 3)
    expect(await replied(room.push("say", { text: "back" }))).toMatchObject({ status: "ok" })
  })

  it("does not join again when its channel has stopped, or when it left", async () => {
    const { server, connect } = await begin()
    await using _server = server
    const client = connect()
    const room = await joined(client, "room:1", "Ada")
    const stopped = new Promise<void>((resolve) => room.onClose(() => resolve()))
    room.push("stop", {})
    await stopped
    expect(room.state).toBe("closed")
    const second = await joined(client, "room:1", "Ada")
    expect(await replied(second.leave())).toEqual({ status: "ok", response: {} })
  })

  it("may join a topic twice: the first channel is closed", async () => {
    const { server, connect } = await begin()
    await using _server = server
    const client = connect()
    const first = await joined(client, "room:1", "Ada")
    const second = await joined(client, "room:1", "Ada")
    expect(await replied(second.push("say", { text: "x" }))).toMatchObject({ status: "ok" })
    await vi.waitUntil(() => first.state === "closed")
  })

  it("is answered to its heartbeats", async () => {
    const { server, connect } = await begin()
    await using _server = server
    const client = connect()
    await vi.waitUntil(() => client.isConnected())
    const rtt = new Promise((resolve) => client.ping(resolve))
    await expect(rtt).resolves.toEqual(expect.any(Number))
  })

  it("connects with nested parameters and an auth token, and comes back when disconnected by id", async () => {
    const seen: unknown[] = []
    const { server, connect, pubsub } = await begin<{ readonly user: string }>({
      channels: { who: Who },
      connect: ({ params, authToken }) => {
        seen.push(params)
        return authToken === "s3cret" ? ok({ user: "ada" }) : { ok: false, error: { status: 403 } }
      },
      id: ({ user }) => `users:${user}`,
    })
    await using _server = server
    const client = connect({
      params: { device: { os: "linux" }, tags: ["a"] },
      authToken: "s3cret",
      reconnectAfterMs: () => 5,
    })
    const who = client.channel("who")
    expect(await replied(who.join())).toEqual({ status: "ok", response: { user: "ada" } })
    expect(seen[0]).toMatchObject({ device: { os: "linux" }, vsn: "2.0.0" })
    const codes: number[] = []
    client.onClose((event) => void codes.push(Object(event).code))
    await disconnect(pubsub, "users:ada")
    await vi.waitUntil(() => seen.length >= 2)
    expect(codes).toEqual([way === "WebSockets" ? 1001 : 3410])

    const stranger = connect({ reconnectAfterMs: () => 60_000 })
    await new Promise<void>((resolve) => stranger.onError(() => resolve()))
    expect(stranger.isConnected()).toBe(false)
  })
})

describe("the official client's Presence", () => {
  const Lobby = channel({
    params: z.object({ name: z.string() }),
    events: { away: z.object({}) },
    metas: z.object({ status: z.string() }),
    join: ({ params }) => ok({ assigns: params }),
    joined: (socket) => void socket.track(socket.assigns.name, { status: "here" }),
    handleEvent: { away: (socket) => void socket.track(socket.assigns.name, { status: "away" }) },
  })

  it("knows who is there, who comes and who goes", async () => {
    const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
    const presence = await openPresence({ pubsub }).start(new AbortController().signal)
    const { server, connect } = await start({ channels: { lobby: Lobby }, pubsub, presence })
    await using _server = server
    const heard: string[] = []
    const lobby = connect().channel("lobby", { name: "Ada" })
    const present = new Presence(lobby)
    const statuses = () =>
      present.list((key, { metas }) => [
        key,
        ...metas.map((meta: unknown) => String(Object(meta).status)),
      ])
    present.onJoin((key, before) => void (before || heard.push(`+${key}`)))
    present.onLeave((key, { metas }) => void (metas.length > 0 || heard.push(`-${key}`)))
    lobby.join()
    await vi.waitUntil(() => statuses().length === 1)
    const client = connect()
    const bob = client.channel("lobby", { name: "__proto__" })
    bob.join()
    await vi.waitUntil(() => statuses().length === 2)
    lobby.push("away", {})
    await vi.waitUntil(() => statuses().flat().includes("away"))
    expect(statuses()).toEqual([
      ["Ada", "here", "away"],
      ["__proto__", "here"],
    ])
    client.disconnect()
    await vi.waitUntil(() => statuses().length === 1)
    expect(heard).toEqual(["+Ada", "+__proto__", "-__proto__"])
    await presence.handOver()
  })
})

describe("the official client with longPollFallbackMs", () => {
  it("falls back to long polls where no WebSocket opens, and stays there", async () => {
    class Blocked extends EventTarget {
      readonly readyState = 0
      close() {}
      send() {}
    }
    const kept = new Map<string, string>()
    const sessionStorage = {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
    }
    const { server, connect } = await start()
    await using _server = server
    const client = connect({
      transport: Blocked,
      longPollFallbackMs: 20,
      sessionStorage,
    } as Partial<SocketConnectOption>)
    const room = await joined(client, "room:1", "Ada")
    expect(await replied(room.push("say", { text: "hey" }))).toMatchObject({ status: "ok" })
    expect([...kept.keys()]).toEqual(["phx:fallback:LongPoll"])
  })

  it("stays with a WebSocket that opens", async () => {
    const { server, connect } = await start()
    await using _server = server
    const client = connect({ longPollFallbackMs: 10_000 })
    await joined(client, "room:1", "Ada")
    expect(Object(client).transport).toBe(WebSocket)
  })
})

describe("a raw WebSocket", () => {
  const open = async (url: string) => {
    const raw = new WebSocket(`${url}/websocket?vsn=2.0.0`)
    const closed = new Promise<number>((resolve) => {
      raw.onclose = ({ code }) => resolve(code)
    })
    await new Promise((resolve) => {
      raw.onopen = resolve
    })
    return { raw, closed }
  }

  it.each([
    ["text that is no frame", "hello", 1011],
    ["bytes that are no frame", Uint8Array.from([9, 9]), 1011],
    [
      "a frame that is too large",
      `["1","1","room:1","phx_join",{"x":"${"x".repeat(65_536)}"}]`,
      1009,
    ],
  ])("that sends %s is closed, and others notice nothing", async (_, frame, code) => {
    const { server, connect } = await start()
    await using _server = server
    const room = await joined(connect(), "room:1", "Ada")
    const { raw, closed } = await open(server.url)
    raw.send(frame)
    await expect(closed).resolves.toBe(code)
    expect(await replied(room.push("say", { text: "x" }))).toMatchObject({ status: "ok" })
  })

  it("that does not read is cut off with 1013, and one that reads hears everything", async () => {
    const limits = { outboundBytes: 200_000, eventBurst: 10_000 }
    const { server, connect, pubsub } = await start({ limits })
    await using _server = server
    const room = await joined(connect(), "room:1", "Ada")
    const heard: string[] = []
    room.on("said", ({ text }: { readonly text: string }) => void heard.push(text.slice(0, 4)))
    const stalled = new StallingSocket(`${server.url}/websocket?vsn=2.0.0`)
    await new Promise((resolve) => stalled.on("open", resolve))
    stalled.send('["1","1","room:1","phx_join",{"name":"Bob"}]')
    await new Promise((resolve) => stalled.once("message", resolve))
    const closed = new Promise<number>((resolve) => stalled.on("close", resolve))
    const cutOff = new Promise<number>((resolve) => {
      const watch = socketClosed.subscribe(({ code }) => {
        watch[Symbol.dispose]()
        resolve(code)
      })
    })
    stalled.pause()
    let isCut = false
    void cutOff.then(() => {
      isCut = true
    })
    let sent = 0
    for (; !isCut && sent < 2_000; sent++) {
      const text = `${String(sent).padStart(4, "0")}${"x".repeat(50_000)}`
      await Room.broadcast(pubsub, "room:1", "said", { from: "Eve", text })
      await vi.waitUntil(() => heard.length === sent + 1, { interval: 1 })
    }
    await expect(cutOff).resolves.toBe(1013)
    expect(heard).toEqual(Array.from({ length: sent }, (_, n) => String(n).padStart(4, "0")))
    stalled.resume()
    await expect(closed).resolves.toBe(1013)
  })
})
