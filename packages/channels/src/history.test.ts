import { ok } from "@bennu/core"
import { local, openPubSub } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { broadcastTo, channel, encoded } from "./index.ts"
import { socketHandler } from "./socket.ts"
import { connectSocket, type TestChannel, type TestSocket } from "./testing.ts"

const history = { limit: 3, ttl: "1m" } as const
const Room = channel({
  events: { say: z.object({ text: z.string() }), hush: z.object({ text: z.string() }) },
  pushes: { said: z.object({ text: z.string() }), hushed: z.object({ text: z.string() }) },
  history,
  join: () => ok({}),
  handleEvent: {
    say: (socket, said) => socket.broadcast("said", said),
    hush: (socket, said) => socket.broadcast("hushed", said),
  },
  intercept: { hushed: (socket) => socket.push("hushed", { text: "…" }) },
})

async function open() {
  const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
  const handler = socketHandler({ channels: { "room:*": Room }, pubsub })
  const join = async (since?: unknown) => {
    const client = await connectSocket(handler)
    return { client, room: await client.join("room:1", since === undefined ? {} : { since }) }
  }
  const say = (text: string) => Room.broadcast(pubsub, "room:1", "said", { text })
  return { pubsub, join, say }
}

const textsOf = ({ received }: TestSocket) =>
  received
    .filter(({ event }) => event === "said" || event === "hushed")
    .map(({ payload }) => Object(payload).text)

const cursorOf = async (room: TestChannel, event: string) => Object(await room.next(event)).cursor

describe("a channel with a history", () => {
  it("says again what a client missed, and goes on from there", async () => {
    const { join, say } = await open()
    const ada = await join()
    expect(await ada.room.next("history")).toEqual({ complete: true, cursor: expect.any(String) })
    await say("1")
    const since = await cursorOf(ada.room, "said")
    ada.client.disconnect()
    await say("2")
    await say("3")
    const again = await join(since)
    expect(textsOf(again.client)).toEqual(["2", "3"])
    expect(await again.room.next("history")).toMatchObject({ complete: true })
    await say("4")
    expect(textsOf(again.client)).toEqual(["2", "3", "4"])
  })

  it("says again nothing to who missed nothing, and nothing old to who is new", async () => {
    const { join, say } = await open()
    const { room } = await join()
    await say("1")
    const since = await cursorOf(room, "said")
    expect(textsOf((await join(since)).client)).toEqual([])
    expect(textsOf((await join()).client)).toEqual([])
  })

  it("tells that it has not kept all of it", async () => {
    const { join, say } = await open()
    const since = await cursorOf((await join()).room, "history")
    for (const text of ["1", "2", "3", "4", "5"]) await say(text)
    const again = await join(since)
    expect(textsOf(again.client)).toEqual(["3", "4", "5"])
    expect(await again.room.next("history")).toMatchObject({ complete: false })
  })

  it("takes any since without harm, and has then missed what it cannot tell", async () => {
    const { join } = await open()
    const { room } = await join()
    room.push("say", { text: "1" })
    for (const since of ["x", 1, {}, { toString: 1 }, [], "__proto__", "a".repeat(10_000)]) {
      const again = await join(since)
      expect(await again.room.next("history")).toMatchObject({ complete: false })
    }
  })

  it("keeps what is broadcast from anywhere in the app", async () => {
    const { join, pubsub } = await open()
    const since = await cursorOf((await join()).room, "history")
    await Room.broadcast(pubsub, "room:1", "said", { text: "kept" })
    expect(textsOf((await join(since)).client)).toEqual(["kept"])
  })

  it("intercepts what it says again, too", async () => {
    const { join, pubsub } = await open()
    const { room } = await join()
    const since = await cursorOf(room, "history")
    await Room.broadcast(pubsub, "room:1", "hushed", { text: "secret" })
    expect(textsOf((await join(since)).client)).toEqual(["…"])
  })

  it("adds the cursor to what was encoded before, and to what is empty", async () => {
    const { join, pubsub } = await open()
    const { room } = await join()
    await room.next("history")
    await broadcastTo(pubsub, "room:1", "said", {})
    expect(await room.next("said")).toEqual({ cursor: expect.any(String) })
  })

  it("leaves payloads alone that are no objects", async () => {
    const { pubsub, join } = await open()
    const { client } = await join()
    const payloads = [[1, { a: 2 }], [], new Date(0), ["}"], encoded('[{"a":1}\n]\n')]
    for (const payload of payloads)
      await broadcastTo(pubsub, "room:1", "said", payload, { history })
    const said = client.received.filter(({ event }) => event === "said")
    expect(said.map(({ payload }) => payload)).toEqual([
      [1, { a: 2 }],
      [],
      "1970-01-01T00:00:00.000Z",
      ["}"],
      [{ a: 1 }],
    ])
  })

  it("wants bounds that are some", () => {
    expect(() =>
      channel({ history: { limit: Number.NaN, ttl: "1m" }, join: () => ok({}) }),
    ).toThrow()
  })
})
