import { err, ok } from "@bennu/core"
import { topic } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { broadcastTo, channel, channels } from "../index.ts"
import { broadcastRefused } from "../telemetry.ts"
import { openSocket } from "../testing/fixtures.ts"
import { connectSocket } from "../testing.ts"

const Room = channel({
  params: z.object({ name: z.string().min(1) }),
  events: {
    say: z.object({ text: z.string().max(20) }),
    tell: z.object({ text: z.string() }),
    rename: z.object({ name: z.string() }),
    upload: z.instanceof(Uint8Array),
    leave_politely: z.object({}),
    wrong: z.object({}),
  },
  pushes: {
    said: z.object({ from: z.string(), text: z.string() }),
    welcome: z.object({ name: z.string() }),
  },
  join: ({ topic, params }) =>
    topic === "room:full"
      ? err({ reason: "full" })
      : ok({ assigns: { name: params.name }, response: { topic } }),
  joined: (socket) => socket.push("welcome", { name: socket.assigns.name }),
  handleEvent: {
    async say(socket, { text }) {
      const said = { from: socket.assigns.name, text, password: "1234" }
      await socket.broadcast("said", said)
    },
    async tell(socket, { text }) {
      await socket.broadcastFrom("said", { from: socket.assigns.name, text })
      return ok({ told: true })
    },
    rename(socket, { name }) {
      if (name === socket.assigns.name) return err({ reason: "the same" })
      socket.assign({ name })
      return ok({ name: socket.assigns.name })
    },
    upload: (_socket, bytes) => ok({ size: bytes.length }),
    leave_politely: (socket) => socket.close(),
    wrong: (socket) => {
      // @ts-expect-error the contract has no such message
      socket.push("unheard of", {})
    },
  },
})

describe("channel", () => {
  it("lets in with assigns and a response, and greets right after", async () => {
    const { client } = await openSocket({ "room:*": Room })
    const room = await client.join("room:1", { name: "Ada" })
    expect(room.response).toEqual({ topic: "room:1" })
    await expect(room.next("welcome")).resolves.toEqual({ name: "Ada" })
  })

  it("turns away with what join says, or when the params do not fit", async () => {
    const { client } = await openSocket({ "room:*": Room })
    await expect(client.join("room:full", { name: "Ada" })).rejects.toMatchObject({
      response: { reason: "full" },
    })
    await expect(client.join("room:1", { name: "" })).rejects.toMatchObject({
      response: { reason: "invalid params", issues: [{ path: ["name"] }] },
    })
  })

  it("answers an event with what its handler returns", async () => {
    const { client } = await openSocket({ "room:*": Room })
    const room = await client.join("room:1", { name: "Ada" })
    await room.push("rename", { name: "Ada" }).assertReply("error", { reason: "the same" })
    await room.push("rename", { name: "Grace" }).assertReply("ok", { name: "Grace" })
    await room.push("upload", new Uint8Array(3)).assertReply("ok", { size: 3 })
  })

  it("answers what does not fit, and what it does not know, and goes on", async () => {
    const { client } = await openSocket({ "room:*": Room })
    const room = await client.join("room:1", { name: "Ada" })
    const reply = await room.push("say", { text: 1 }).reply()
    expect(reply).toMatchObject({
      status: "error",
      response: { reason: "invalid payload", issues: [{ path: ["text"] }] },
    })
    for (const name of ["shout", ...Object.getOwnPropertyNames(Object.prototype)]) {
      await room.push(name).assertReply("error", { reason: "unknown event" })
    }
    await room.push("rename", { name: "Grace" }).assertReply("ok")
  })

  it("broadcasts to all, or to all others, what its contract lets through", async () => {
    const { client, handler } = await openSocket({ "room:*": Room })
    const other = await connectSocket(handler)
    const ada = await client.join("room:1", { name: "Ada" })
    const bob = await other.join("room:1", { name: "Bob" })
    ada.push("say", { text: "hey" })
    await expect(ada.next("said")).resolves.toEqual({ from: "Ada", text: "hey" })
    await expect(bob.next("said")).resolves.toEqual({ from: "Ada", text: "hey" })
    await ada.push("tell", { text: "psst" }).assertReply("ok", { told: true })
    await expect(bob.next("said")).resolves.toEqual({ from: "Ada", text: "psst" })
    expect(client.received.filter(({ event }) => event === "said")).toEqual([])
  })

  it("broadcasts from anywhere in the app", async () => {
    const { client, pubsub } = await openSocket({ "room:*": Room })
    const room = await client.join("room:1", { name: "Ada" })
    await Room.broadcast(pubsub, "room:1", "said", { from: "app", text: "news" })
    await expect(room.next("said")).resolves.toEqual({ from: "app", text: "news" })
    // @ts-expect-error a payload has the shape of its message
    const wrong = Room.broadcast(pubsub, "room:1", "said", { from: 1 })
    await expect(wrong).rejects.toMatchObject({ code: "ERR_CHANNELS_PUSH", event: "said" })
  })

  it("closes itself for good, and crashes when it sends what its contract does not have", async () => {
    const { client } = await openSocket({ "room:*": Room })
    const polite = await client.join("room:1", { name: "Ada" })
    polite.push("leave_politely")
    await expect(polite.ended()).resolves.toBe("closed")
    const wrong = await client.join("room:1", { name: "Ada" })
    wrong.push("wrong")
    await expect(wrong.ended()).resolves.toBe("crashed")
  })

  it("knows what connect assigned, and hears topics of the app while it lives", async () => {
    const news = topic("news", z.object({ title: z.string() }))
    const reasons: string[] = []
    const Feed = channels<{ readonly user: string }>()({
      pushes: { headline: z.object({ text: z.string() }) },
      join: ({ assigns }) => ok({ assigns: { greeting: `for ${assigns.user}` } }),
      joined(socket) {
        socket.subscribe(news, ({ title }) =>
          socket.push("headline", { text: `${title} ${socket.assigns.greeting}` }),
        )
      },
      terminate: (socket, reason) => void reasons.push(`${socket.assigns.user} ${reason}`),
    })
    const { client, pubsub } = await openSocket<{ readonly user: string }>(
      { feed: Feed },
      { connect: () => ok({ user: "Ada" }) },
    )
    const feed = await client.join("feed")
    await pubsub.broadcast(news, { title: "News" })
    await expect(feed.next("headline")).resolves.toEqual({ text: "News for Ada" })
    await feed.leave()
    await pubsub.broadcast(news, { title: "More" })
    expect(client.received).toEqual([])
    expect(reasons).toEqual(["Ada left"])
  })

  it("can intercept broadcasts: the client gets what the channel pushes", async () => {
    const Masked = channel({
      pushes: { said: z.object({ text: z.string(), from: z.string() }) },
      join: () => ok({ assigns: { blocked: "Bob" } }),
      intercept: {
        said(socket, said) {
          if (said.from !== socket.assigns.blocked) socket.push("said", said)
        },
      },
    })
    const refused: string[] = []
    using _reports = broadcastRefused.subscribe(({ event }) => refused.push(String(event)))
    const { client, pubsub } = await openSocket({ "room:*": Masked })
    const room = await client.join("room:1")
    await Masked.broadcast(pubsub, "room:1", "said", { from: "Bob", text: "a" })
    await broadcastTo(pubsub, "room:1", "said", { text: "from another version" })
    await Masked.broadcast(pubsub, "room:1", "said", { from: "Ada", text: "b" })
    await expect(room.next("said")).resolves.toEqual({ from: "Ada", text: "b" })
    expect(client.received).toEqual([])
    expect(refused).toEqual(["said"])
  })

  it("is not defined with an event without handler, or a handler without event", () => {
    const events = { say: z.object({}) }
    const join = () => ok({})
    expect(() => channel({ events, join })).toThrow("say")
    expect(() => channel({ join, handleEvent: { say() {} } })).toThrow("say")
  })
})
