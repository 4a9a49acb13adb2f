import { ok } from "@bennu/core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import type { ChannelHandler } from "./channel-handler.ts"
import { channel } from "./index.ts"
import { limitReached } from "./telemetry.ts"
import { echo, openSocket } from "./testing/fixtures.ts"
import { connectSocket, type TestSocket } from "./testing.ts"

/** How each thing that the client asked for was answered. */
const reasons = (client: TestSocket) =>
  client.received
    .filter(({ event }) => event === "phx_reply")
    .map(({ payload }) => {
      const { status, response } = Object(payload)
      return status === "ok" ? "ok" : response.reason
    })

const join = (topic: string) => `["1","1","${topic}","phx_join",{}]`

describe("a frame", () => {
  const frame = (bytes: number) => {
    const head = '["1","1","room:1","echo",{"é":"'
    return `${head}${"x".repeat(bytes - Buffer.byteLength(head) - 3)}"}]`
  }

  it("of as many bytes as allowed is taken; one more closes the socket with 1009", async () => {
    const { client, handler } = await openSocket({ "room:*": echo })
    const other = await connectSocket(handler)
    const channel = await other.join("room:1")
    client.send(join("room:1"))
    client.send(frame(65_536))
    expect(client.frames).toHaveLength(2)
    client.send(frame(65_537))
    expect(client.closeCode).toBe(1009)
    await channel.push("echo").assertReply("ok")
  })

  it("of bytes is measured alike", async () => {
    const { client } = await openSocket({ "room:*": echo }, { limits: { frameBytes: 10 } })
    client.send(Uint8Array.from([0, 0, 0, 1, 1, 97, 98, 0, 0, 0]))
    expect(client.closeCode).toBeNull()
    client.send(Uint8Array.from([0, 0, 0, 1, 1, 97, 98, 0, 0, 0, 0]))
    expect(client.closeCode).toBe(1009)
  })
})

describe("one socket", () => {
  it("may join a hundred channels and not one more, and join another after leaving one", async () => {
    const { client } = await openSocket({ "room:*": echo }, { limits: { joinBurst: 20_000 } })
    for (let n = 1; n <= 10_000; n++) client.send(join(`room:${n}`))
    expect(reasons(client)).toEqual([
      ...Array(100).fill("ok"),
      ...Array(9_900).fill("too many channels joined"),
    ])
    client.send('["1","2","room:1","phx_leave",{}]')
    client.send('["1","3","room:101","phx_join",{}]')
    expect(reasons(client).at(-1)).toBe("ok")
    expect(client.closeCode).toBeNull()
  })

  it("may join a topic anew when it has all the channels it may have", async () => {
    const { client } = await openSocket({ "room:*": echo }, { limits: { channels: 1 } })
    await client.join("room:1")
    await expect(client.join("room:1")).resolves.toMatchObject({ topic: "room:1" })
  })

  it("may join and send what it was asked for besides", async () => {
    let now = 0
    const asking: ChannelHandler = {
      join: ({ expect }) => ({
        message(_event, payload, reply) {
          expect(Object(payload))
          reply("ok", {})
        },
        terminate() {},
      }),
    }
    const { client } = await openSocket(
      { "room:*": asking, "file:*": { ...echo, limits: { expected: true } } },
      { now: () => now, limits: { channels: 2, joinBurst: 2, eventBurst: 1 } },
    )
    const room = await client.join("room:1")
    const joined = (...topics: readonly string[]) => {
      for (const topic of topics) client.send(join(topic))
      return reasons(client).splice(-topics.length)
    }
    await room.push("expect", { joins: 2, events: 3 }).assertReply("ok")
    expect(joined("file:1", "file:2", "file:3", "room:2")).toEqual([
      "ok",
      "ok",
      "ok",
      "too many joins",
    ])
    now += 1000
    expect(joined("room:2")).toEqual(["too many channels joined"])
    client.send('["1","2","file:3","phx_leave",{}]')
    now += 1000
    expect(joined("room:2", "room:3")).toEqual(["ok", "too many channels joined"])
    const send = (count: number) => {
      for (let n = 0; n < count; n++) client.push(room.joinRef, "room:1", "expect", {})
      return reasons(client).splice(-count)
    }
    expect(send(5)).toEqual(["ok", "ok", "ok", "ok", "too many events"])
  })

  it("may join twenty times a second, with what it saved up for a start", async () => {
    let now = 0
    const { client } = await openSocket(
      { "room:*": echo },
      { now: () => now, limits: { joinBurst: 3 } },
    )
    const refused = () => {
      client.send(join("room:1"))
      const answer = reasons(client).at(-1)
      client.send('["1","2","room:1","phx_leave",{}]')
      return answer === "too many joins"
    }
    expect([1, 2, 3, 4].map(refused)).toEqual([false, false, false, true])
    now += 50
    expect([1, 2].map(refused)).toEqual([false, true])
    now += 60_000
    expect([1, 2, 3, 4].map(refused)).toEqual([false, false, false, true])
  })

  it("may join a hundred times at once, as one that comes back with all it had", async () => {
    const { client } = await openSocket({ "room:*": echo }, { now: () => 0 })
    for (let n = 0; n < 100; n++) client.send(join(`room:${n}`))
    client.send('["1","2","room:0","phx_leave",{}]')
    client.send(join("room:0"))
    expect(reasons(client)).toEqual([...Array(101).fill("ok"), "too many joins"])
  })

  it("may send a hundred events a second and two hundred at once; then it is told so", async () => {
    let now = 0
    const { client, handler } = await openSocket({ "room:*": echo }, { now: () => now })
    const other = await connectSocket(handler)
    await (await other.join("room:1")).push("echo").assertReply("ok")
    const channel = await client.join("room:1")
    const send = (count: number) => {
      for (let n = 0; n < count; n++) client.push(channel.joinRef, "room:1", "echo", {})
      return reasons(client).splice(-count)
    }
    expect(send(201)).toEqual([...Array(200).fill("ok"), "too many events"])
    now += 10
    expect(send(2)).toEqual(["ok", "too many events"])
    client.send('[null,"h","phoenix","heartbeat",{}]')
    client.push(channel.joinRef, "room:1", "phx_leave", {})
    expect(client.received.slice(-3).map(({ event }) => event)).toEqual([
      "phx_reply",
      "phx_reply",
      "phx_close",
    ])
    expect(client.closeCode).toBeNull()
  })

  it("is not given tokens back by a clock that is set back", async () => {
    let now = 1_000_000
    const { client } = await openSocket(
      { "room:*": echo },
      { now: () => now, limits: { eventBurst: 1 } },
    )
    const channel = await client.join("room:1")
    await channel.push("echo").assertReply("ok")
    now = 0
    await channel.push("echo").assertReply("error", { reason: "too many events" })
    now = 10
    await channel.push("echo").assertReply("ok")
  })
})

describe("a channel", () => {
  it("with too many messages waiting is restarted, and others go on", async () => {
    const stuck: ChannelHandler = {
      join: () => ({ message: () => new Promise(() => {}), terminate() {} }),
    }
    const { client } = await openSocket(
      { "stuck:*": stuck, "room:*": echo },
      { limits: { mailbox: 3, shutdown: 1 } },
    )
    const channel = await client.join("stuck:1")
    const fine = await client.join("room:1")
    for (let n = 0; n < 4; n++) channel.push("wait")
    expect(client.received).toEqual([])
    channel.push("one too many")
    await expect(channel.ended()).resolves.toBe("crashed")
    await fine.push("echo").assertReply("ok")
  })
})

describe("a join", () => {
  it("that says too much before it is answered has crashed", async () => {
    const wordy: ChannelHandler = {
      join: ({ push }) => {
        for (let n = 0; n < 4; n++) push("said", { n })
        return { message() {}, terminate() {} }
      },
    }
    const open = (mailbox: number) => openSocket({ wordy }, { limits: { mailbox } })
    const { client } = await open(4)
    await client.join("wordy")
    expect(client.received).toHaveLength(4)
    const narrow = await open(3)
    await expect(narrow.client.join("wordy")).rejects.toMatchObject({
      response: { reason: "join crashed" },
    })
    expect(narrow.client.received).toEqual([])
  })
})

describe("a client that does not read", () => {
  const chatty: ChannelHandler = {
    join: ({ push }) => ({
      message: (event) => push(event, { text: "x".repeat(1000) }),
      terminate() {},
    }),
  }

  it("is closed with 1013 when 500 frames wait", async () => {
    const limits: string[] = []
    using _reports = limitReached.subscribe(({ limit }) => limits.push(limit))
    const { client } = await openSocket({ "room:*": chatty }, { limits: { eventBurst: 10_000 } })
    const channel = await client.join("room:1")
    const sent = client.frames.length
    for (let n = 0; n < 499; n++) {
      channel.push("chat")
      client.unread = client.frames.slice(sent).reduce((sum, frame) => sum + frame.length, 0)
    }
    expect(client.closeCode).toBeNull()
    channel.push("chat")
    client.unread += 1000
    channel.push("chat")
    expect(client.closeCode).toBe(1013)
    expect(limits).toEqual(["outbound"])
  })

  it("is closed with 1013 when more than a megabyte waits, however few frames it is", async () => {
    const { client } = await openSocket({ "room:*": chatty })
    const channel = await client.join("room:1")
    client.unread = 1_048_576
    channel.push("chat")
    expect(client.closeCode).toBeNull()
    client.unread = 1_048_577
    channel.push("chat")
    expect(client.closeCode).toBe(1013)
  })

  it("is sent the last of each state that it would have read as outdated, once it has read on", async () => {
    const Board = channel({
      pushes: {
        moved: z.object({ player: z.string(), x: z.number() }),
        said: z.object({ text: z.string() }),
      },
      join: () => ok({}),
      latest: { moved: ({ player }) => player },
    })
    const { client, pubsub } = await openSocket({ board: Board })
    await client.join("board")
    const move = (player: string, x: number) =>
      Board.broadcast(pubsub, "board", "moved", { player, x })
    await move("ada", 0)
    client.unread = 1
    for (let x = 1; x <= 1_000; x++) await move("ada", x)
    await move("bob", 7)
    await move("ada", 1_001)
    await Board.broadcast(pubsub, "board", "said", { text: "not outdated" })
    client.read()
    await new Promise((resolve) => setImmediate(resolve))
    await move("ada", 1_002)
    const said = client.received.map(({ payload }) => Object(payload))
    expect(said.map(({ player, x, text }) => text ?? `${player} ${x}`)).toEqual([
      "ada 0",
      "not outdated",
      "bob 7",
      "ada 1001",
      "ada 1002",
    ])
    expect(client.closeCode).toBeNull()
  })

  it("has so many states kept for it at most; of more each is sent at once", async () => {
    const Board = channel({
      pushes: { moved: z.object({ player: z.number() }) },
      join: () => ok({}),
      latest: { moved: ({ player }) => `${player}` },
    })
    const { client, pubsub } = await openSocket({ board: Board }, { limits: { mailbox: 3 } })
    await client.join("board")
    client.unread = 1
    for (const player of [1, 2, 3, 4, 5, 3])
      await Board.broadcast(pubsub, "board", "moved", { player })
    const moved = () => client.received.map(({ payload }) => Object(payload).player)
    expect(moved()).toEqual([4, 5])
    client.read()
    await new Promise((resolve) => setImmediate(resolve))
    expect(moved()).toEqual([4, 5, 1, 2, 3])
  })

  it("is not closed while it keeps up, however much it is sent", async () => {
    const { client } = await openSocket({ "room:*": chatty }, { limits: { eventBurst: 10_000 } })
    const channel = await client.join("room:1")
    client.unread = 1000
    for (let n = 0; n < 5000; n++) channel.push("chat")
    expect(client.closeCode).toBeNull()
    expect(client.frames).toHaveLength(5001)
  })
})
