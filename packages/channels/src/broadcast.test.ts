import { contextKey } from "@bennu/core"
import { local, openPubSub } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import type { ChannelHandler } from "./channel-handler.ts"
import { broadcastTo } from "./disconnect.ts"
import { socket } from "./socket.ts"
import { broadcastRefused } from "./telemetry.ts"
import { openSocket } from "./testing/fixtures.ts"
import { connectSocket } from "./testing.ts"

const room: ChannelHandler = {
  join({ broadcast, broadcastFrom, listen }) {
    listen()
    return {
      async message(event, payload, reply) {
        if (event === "shout") await broadcast("shouted", Object(payload))
        if (event === "tell") await broadcastFrom("told", Object(payload))
        reply("ok", {})
      },
      terminate() {},
    }
  },
}

describe("a broadcast", () => {
  it("goes as one and the same frame, without refs, to all who joined the topic", async () => {
    const { client, handler } = await openSocket({ "room:*": room })
    const others = await Promise.all([connectSocket(handler), connectSocket(handler)])
    for (const other of others) await other.join("room:1")
    await others[0]?.join("room:2")
    const channel = await client.join("room:1")
    await channel.push("shout", { text: "hey" }).assertReply("ok")
    const frame = '[null,null,"room:1","shouted",{"text":"hey"}]'
    expect(client.frames.slice(1)).toEqual([
      frame,
      '["1","2","room:1","phx_reply",{"status":"ok","response":{}}]',
    ])
    for (const other of others) expect(other.frames.filter((it) => it === frame)).toHaveLength(1)
  })

  it("can leave out its sender", async () => {
    const { client, handler } = await openSocket({ "room:*": room })
    const other = await (await connectSocket(handler)).join("room:1")
    const channel = await client.join("room:1")
    await channel.push("tell", { n: 1 }).assertReply("ok")
    await expect(other.next("told")).resolves.toEqual({ n: 1 })
    expect(client.received).toEqual([])
  })

  it("can come from anywhere in the app, and reaches every kind of socket on the pubsub", async () => {
    const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
    const clients = await Promise.all(
      [1, 2].map(() => connectSocket(socket({ channels: { "room:*": room }, pubsub }))),
    )
    const channels = await Promise.all(clients.map((client) => client.join("room:1")))
    await broadcastTo(pubsub, "room:1", "news", { n: 1 })
    await broadcastTo(pubsub, "room:2", "news", { n: 2 })
    for (const channel of channels) await expect(channel.next("news")).resolves.toEqual({ n: 1 })
    for (const client of clients) expect(client.received).toEqual([])
  })

  it("does not reach who has left, who was refused and who does not listen", async () => {
    const deaf: ChannelHandler = { join: () => ({ message() {}, terminate() {} }) }
    const refused: ChannelHandler = {
      join: ({ listen }) => {
        listen()
        return { error: {} }
      },
    }
    const { client, pubsub } = await openSocket({ "room:*": room, deaf, refused })
    const channel = await client.join("room:1")
    await channel.leave()
    await client.join("deaf")
    await expect(client.join("refused")).rejects.toThrow("refused")
    for (const topic of ["room:1", "deaf", "refused"]) await broadcastTo(pubsub, topic, "news", {})
    expect(client.received).toEqual([])
  })

  it("that is intercepted comes to the channel instead, in its order and its context", async () => {
    const request = contextKey<string>("request")
    const seen: unknown[] = []
    const { client, pubsub } = await openSocket({
      "room:*": {
        join({ listen, push }) {
          listen({
            intercepts: new Set(["secret"]),
            intercept(event, payload) {
              seen.push(request.get())
              push(event, { masked: Object.keys(Object(payload)) })
            },
          })
          return { message() {}, terminate() {} }
        },
      },
    })
    const channel = await request.run("join", () => client.join("room:1"))
    await request.run("broadcast", () => broadcastTo(pubsub, "room:1", "secret", { pin: 1234 }))
    await broadcastTo(pubsub, "room:1", "open", { n: 1 })
    await expect(channel.next("secret")).resolves.toEqual({ masked: ["pin"] })
    await expect(channel.next("open")).resolves.toEqual({ n: 1 })
    expect(seen).toEqual(["join"])
  })

  it("that cannot be read disturbs only who would have to read it", async () => {
    const deaf: ChannelHandler = {
      join({ listen }) {
        listen({ intercepts: new Set(["news"]), intercept() {} })
        return { message() {}, terminate() {} }
      },
    }
    const { client, handler, pubsub } = await openSocket({ "room:*": room })
    const intercepting = await connectSocket(socket({ channels: { "room:*": deaf }, pubsub }))
    await intercepting.join("room:1")
    await client.join("room:1")
    const other = await (await connectSocket(handler)).join("room:1")
    const refused: string[] = []
    using _reports = broadcastRefused.subscribe(({ topic }) => refused.push(topic))
    await pubsub.bus.broadcast("channel:room:1", "|[not json")
    expect(client.closeCode).toBeNull()
    await broadcastTo(pubsub, "room:1", "news", { n: 1 })
    await expect(other.next("news")).resolves.toEqual({ n: 1 })
    expect(refused).toContain("room:1")
  })
})
