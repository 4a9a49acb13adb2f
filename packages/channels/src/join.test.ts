import { describe, expect, it } from "vitest"
import type { ChannelHandler, EndReason, Joining } from "./channel-handler.ts"
import { channelCrashed } from "./telemetry.ts"
import { echo, openSocket } from "./testing/fixtures.ts"

const ok = (ref: string, topic = "room:1") =>
  `["${ref}","${ref}","${topic}","phx_reply",{"status":"ok","response":{}}]`
const join = (ref: string, topic = "room:1") => `["${ref}","${ref}","${topic}","phx_join",{}]`

/** What a test decides from outside: when a join is answered, when a clean-up is done. */
const gate = () => Promise.withResolvers<void>()
/** Lets everything that needs no timer run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe("a join", () => {
  it("is answered with what the channel responds", async () => {
    const { client } = await openSocket({
      "room:*": { join: ({ topic, payload }) => ({ ...idle, response: { topic, payload } }) },
    })
    const channel = await client.join("room:1", { name: "Ada" })
    expect(channel.response).toEqual({ topic: "room:1", payload: { name: "Ada" } })
  })

  it("that is refused leaves nothing behind", async () => {
    const refusing: ChannelHandler = { join: async () => ({ error: { reason: "full" } }) }
    const { client } = await openSocket({ "room:*": refusing })
    await expect(client.join("room:1")).rejects.toMatchObject({ response: { reason: "full" } })
    client.send('["1","2","room:1","say",{}]')
    expect(client.frames.at(-1)).toBe(
      '[null,"2","room:1","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}]',
    )
  })

  it.each([
    ["room:1:deep", "no pattern"],
    ["Room:1", "case"],
    ["phoenix", "reserved"],
  ])("of %s, which has no channel (%s), is answered with unmatched topic", async (topic) => {
    const { client } = await openSocket({ "room:1": echo, lobby: echo, "room:1/*": echo })
    client.send(`["7","7","${topic}","phx_join",{}]`)
    expect(client.frames).toEqual([
      `[null,"7","${topic}","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}]`,
    ])
  })

  it("of the topic phoenix is refused even where every topic has a channel", async () => {
    const { client } = await openSocket({ "*": echo })
    await expect(client.join("phoenix")).rejects.toMatchObject({
      response: { reason: "unmatched topic" },
    })
  })

  it("goes to the exact topic first and then to the longest prefix", async () => {
    const named = (name: string): ChannelHandler => ({
      join: () => ({ ...idle, response: { name } }),
    })
    const { client } = await openSocket({
      "*": named("all"),
      "room:*": named("rooms"),
      "room:1*": named("ones"),
      "room:1": named("one"),
    })
    const topics = ["room:1", "room:12", "room:2", "other"]
    const joined = await Promise.all(topics.map((topic) => client.join(topic)))
    expect(joined.map(({ response }) => response)).toEqual(
      ["one", "ones", "rooms", "all"].map((name) => ({ name })),
    )
  })

  it.each([
    [
      "throws",
      () => {
        throw new Error("no database")
      },
    ],
    [
      "rejects",
      async () => {
        throw new Error("no database")
      },
    ],
  ] as const)("that %s is answered with join crashed, and reported", async (_, crash) => {
    const { client } = await openSocket({ "room:*": { join: crash } })
    const reported: unknown[] = []
    using _reports = channelCrashed.subscribe(({ error }) => reported.push(error))
    await expect(client.join("room:1")).rejects.toMatchObject({
      response: { reason: "join crashed" },
    })
    expect(reported).toEqual([new Error("no database")])
    expect(client.closeCode).toBeNull()
  })

  it("that crashes itself while it is decided is answered once, and cleaned up", async () => {
    const reasons: EndReason[] = []
    const { client } = await openSocket({
      "room:*": {
        join: async ({ crash }) => {
          crash(new Error("half"))
          return { message() {}, terminate: (reason) => void reasons.push(reason) }
        },
      },
    })
    await expect(client.join("room:1")).rejects.toMatchObject({
      response: { reason: "join crashed" },
    })
    await settled()
    expect(client.frames).toHaveLength(1)
    expect(reasons).toEqual(["crashed"])
  })

  it("without a join_ref takes its ref for one", async () => {
    const { client } = await openSocket({ "room:*": echo })
    client.send('[null,"5","room:1","phx_join",{}]')
    expect(client.frames).toEqual([ok("5")])
  })

  it("gives the channel what its socket connected with", async () => {
    const joinings: Joining[] = []
    const { client } = await openSocket(
      {
        "room:*": {
          join: (joining) => {
            joinings.push(joining)
            return idle
          },
        },
      },
      { connect: ({ params }) => ({ ok: true, value: { user: params["user"] } }) },
      { params: { user: "ada", "device[os]": "linux" }, headers: { cookie: "a=1" } },
    )
    await client.join("room:1")
    expect(joinings[0]?.assigns).toEqual({ user: "ada" })
    expect(joinings[0]?.connectParams).toMatchObject({ user: "ada", device: { os: "linux" } })
    expect(joinings[0]?.request.header("cookie")).toBe("a=1")
  })

  it("holds pushes back until it is answered", async () => {
    const { client } = await openSocket({
      "room:*": {
        join: ({ push }) => {
          push("early", { n: 1 })
          return idle
        },
      },
    })
    client.send(join("1"))
    expect(client.frames).toEqual([ok("1"), '["1",null,"room:1","early",{"n":1}]'])
  })

  it("lets a channel close itself, after the answer", async () => {
    const { client } = await openSocket({
      "room:*": {
        join: ({ close }) => {
          close()
          return idle
        },
      },
    })
    client.send(join("1"))
    expect(client.frames).toEqual([ok("1"), '["1","1","room:1","phx_close",{}]'])
  })
})

describe("a join of a topic that is joined", () => {
  it("shuts the old channel first, closes it with the old join_ref, and then joins", async () => {
    const cleaning = gate()
    const steps: string[] = []
    const { client } = await openSocket({
      "room:*": {
        join() {
          steps.push("join")
          return {
            message() {},
            async terminate(reason) {
              await cleaning.promise
              steps.push(reason)
            },
          }
        },
      },
    })
    client.send(join("1"))
    client.send(join("2"))
    await settled()
    expect(client.frames).toEqual([ok("1")])
    cleaning.resolve()
    await settled()
    expect(client.frames).toEqual([ok("1"), '["1","1","room:1","phx_close",{}]', ok("2")])
    expect(steps).toEqual(["join", "rejoined", "join"])
  })

  it("waits for what the old channel is doing, whose answer is not sent any more", async () => {
    const work = gate()
    const aborted: boolean[] = []
    const { client } = await openSocket({
      "room:*": {
        join: ({ signal }) => ({
          async message(_event, _payload, reply) {
            await work.promise
            aborted.push(signal.aborted)
            reply("ok", { late: true })
          },
          terminate() {},
        }),
      },
    })
    client.send(join("1"))
    client.send('["1","2","room:1","work",{}]')
    client.send('["1","3","room:1","more",{}]')
    client.send(join("4"))
    work.resolve()
    await settled()
    expect(client.frames).toEqual([ok("1"), '["1","1","room:1","phx_close",{}]', ok("4")])
    expect(aborted).toEqual([true])
  })

  it("never runs two channels of one topic at once", async () => {
    let running = 0
    let most = 0
    const { client } = await openSocket({
      "room:*": {
        async join() {
          most = Math.max(most, ++running)
          await settled()
          return {
            message() {},
            async terminate() {
              await settled()
              running--
            },
          }
        },
      },
    })
    for (let ref = 1; ref <= 8; ref++) client.send(join(String(ref)))
    await client.replyTo("8")
    expect(most).toBe(1)
  })

  it("lets frames of the old join fall silently", async () => {
    const { client } = await openSocket({ "room:*": echo })
    client.send(join("1"))
    client.send(join("2"))
    await settled()
    const before = client.frames.length
    client.send('["1","3","room:1","echo",{}]')
    client.send('["1","4","room:1","phx_leave",{}]')
    expect(client.frames).toHaveLength(before)
    client.send('["2","5","room:1","echo",{"n":1}]')
    expect(client.frames.at(-1)).toContain('"n":1')
  })

  it("goes ahead when the old channel does not come to an end in time", async () => {
    const { client } = await openSocket(
      {
        "room:*": {
          join: () => ({ message() {}, terminate: () => new Promise(() => {}) }),
        },
      },
      { limits: { shutdown: 1 } },
    )
    await client.join("room:1")
    await client.join("room:1")
    expect(client.frames[1]).toBe('["1","1","room:1","phx_close",{}]')
  })
})

const idle = { message() {}, terminate() {} }
