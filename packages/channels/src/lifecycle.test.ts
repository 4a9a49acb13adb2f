import { describe, expect, it } from "vitest"
import type { ChannelHandler, EndReason, Joining } from "./channel-handler.ts"
import { channelCrashed } from "./telemetry.ts"
import { echo, openSocket } from "./testing/fixtures.ts"
import { connectSocket } from "./testing.ts"

const ok = (ref: string, topic = "room:1") =>
  `["${ref}","${ref}","${topic}","phx_reply",{"status":"ok","response":{}}]`
const join = (ref: string, topic = "room:1") => `["${ref}","${ref}","${topic}","phx_join",{}]`

/** What a test decides from outside: when a join is answered, when a clean-up is done. */
const gate = () => Promise.withResolvers<void>()
/** Lets everything that needs no timer run. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe("an event", () => {
  it("without a join_ref goes to the joined channel", async () => {
    const { client } = await openSocket({ "room:*": echo })
    client.send(join("1"))
    client.send('[null,"2","room:1","echo",{"n":1}]')
    expect(client.frames.at(-1)).toBe(
      '["1","2","room:1","phx_reply",{"status":"ok","response":{"n":1}}]',
    )
  })

  it("of a topic that is not joined is answered with unmatched topic", async () => {
    const { client } = await openSocket({ "room:*": echo })
    client.send('["1","77","room:1","echo",{}]')
    expect(client.frames).toEqual([
      '[null,"77","room:1","phx_reply",{"status":"error","response":{"reason":"unmatched topic"}}]',
    ])
  })

  it("waits for the one before, and keeps the order of answers and pushes", async () => {
    const first = gate()
    const { client } = await openSocket({
      "room:*": {
        join: ({ push }) => ({
          async message(event, _payload, reply) {
            push(`begin ${event}`, {})
            if (event === "a") await first.promise
            reply("ok", { event })
            push(`end ${event}`, {})
          },
          terminate() {},
        }),
      },
    })
    const channel = await client.join("room:1")
    const pushed = [channel.push("a"), channel.push("b")]
    first.resolve()
    await Promise.all(pushed.map((push) => push.reply()))
    expect(client.frames.slice(1).map((frame) => JSON.parse(String(frame))[3])).toEqual([
      "begin a",
      "phx_reply",
      "end a",
      "begin b",
      "phx_reply",
      "end b",
    ])
  })

  it("is waited for also where its handler returns a promise that is none of JavaScript's own", async () => {
    const run: string[] = []
    // As a query builder: it does its work when it is waited for
    const query = (name: string) => ({
      // biome-ignore lint/suspicious/noThenProperty: what is tested
      then(done: () => void) {
        run.push(name)
        done()
      },
    })
    const { client } = await openSocket({
      "room:*": {
        join: () => ({
          // A query builder says of itself that it is a promise
          message: (event) => query(event) as unknown as Promise<void>,
          terminate() {},
        }),
      },
    })
    const channel = await client.join("room:1")
    channel.push("a")
    channel.push("b")
    await settled()
    expect(run).toEqual(["a", "b"])
  })

  it("of one channel does not wait for another channel of the same socket", async () => {
    const never: ChannelHandler = {
      join: () => ({ message: () => new Promise(() => {}), terminate() {} }),
    }
    const { client } = await openSocket({ "stuck:*": never, "room:*": echo })
    const stuck = await client.join("stuck:1")
    const channel = await client.join("room:1")
    stuck.push("wait")
    await channel.push("echo", { n: 1 }).assertReply("ok", { n: 1 })
  })

  it("may be answered with a status of one's own, and at most once", async () => {
    const { client } = await openSocket({
      "room:*": {
        join: () => ({
          message(_event, _payload, reply) {
            reply("pending", { since: 1 })
            reply("ok", {})
          },
          terminate() {},
        }),
      },
    })
    const channel = await client.join("room:1")
    await channel.push("go").assertReply("pending", { since: 1 })
    await expect(channel.ended()).resolves.toBe("crashed")
  })

  it("whose handler throws ends this channel with phx_error and nothing else", async () => {
    const crashing: ChannelHandler = {
      join: () => ({
        message(_event, _payload, reply) {
          queueMicrotask(() => reply("ok", { too: "late" }))
          throw new Error("boom")
        },
        terminate() {},
      }),
    }
    const { client, handler } = await openSocket({ "bad:*": crashing, "room:*": echo })
    const other = await connectSocket(handler)
    const channels = [await client.join("room:1"), await other.join("room:1")]
    const bad = await client.join("bad:1")
    bad.push("go")
    await expect(bad.ended()).resolves.toBe("crashed")
    await settled()
    expect(client.frames.at(-1)).toBe(
      `["${bad.joinRef}","${bad.joinRef}","bad:1","phx_error",{"reason":"channel_crash"}]`,
    )
    for (const channel of channels) await channel.push("echo", { n: 1 }).assertReply("ok")
    const again = await client.join("bad:1")
    expect(again.joinRef).not.toBe(bad.joinRef)
  })

  it("whose answer cannot be encoded is a crash like any other", async () => {
    const cycle: { self?: object } = {}
    cycle.self = cycle
    const { client } = await openSocket({
      "room:*": {
        join: () => ({ message: (_e, _p, reply) => reply("ok", cycle), terminate() {} }),
      },
    })
    const channel = await client.join("room:1")
    channel.push("go")
    await expect(channel.ended()).resolves.toBe("crashed")
  })
})

describe("a leave", () => {
  it("is answered, closes the channel and cleans up", async () => {
    const reasons: EndReason[] = []
    const { client } = await openSocket({ "room:*": recording(reasons) })
    client.send(join("4"))
    client.send('["4","6","room:1","phx_leave",{}]')
    expect(client.frames).toEqual([
      ok("4"),
      '["4","6","room:1","phx_reply",{"status":"ok","response":{}}]',
      '["4","4","room:1","phx_close",{}]',
    ])
    expect(reasons).toEqual(["left"])
  })

  it("of a topic that was never joined is answered with ok, and so is a second one", async () => {
    const { client } = await openSocket({ "room:*": echo })
    client.send('[null,"3","lv:","phx_leave",{}]')
    client.send(join("4"))
    client.send('["4","5","room:1","phx_leave",{}]')
    client.send('["4","6","room:1","phx_leave",{}]')
    expect(client.frames.filter((frame) => String(frame).includes("phx_reply"))).toEqual([
      '[null,"3","lv:","phx_reply",{"status":"ok","response":{}}]',
      ok("4"),
      '["4","5","room:1","phx_reply",{"status":"ok","response":{}}]',
      '["4","6","room:1","phx_reply",{"status":"ok","response":{}}]',
    ])
  })

  it("lets what was sent before it be answered first", async () => {
    const work = gate()
    const { client } = await openSocket({
      "room:*": {
        join: () => ({
          async message(_event, _payload, reply) {
            await work.promise
            reply("ok", { done: true })
          },
          terminate() {},
        }),
      },
    })
    client.send(join("1"))
    client.send('["1","2","room:1","work",{}]')
    client.send('["1","3","room:1","phx_leave",{}]')
    work.resolve()
    await settled()
    expect(client.frames.slice(1)).toEqual([
      '["1","2","room:1","phx_reply",{"status":"ok","response":{"done":true}}]',
      '["1","3","room:1","phx_reply",{"status":"ok","response":{}}]',
      '["1","1","room:1","phx_close",{}]',
    ])
  })

  it("that comes before its join is answered undoes the join", async () => {
    const deciding = gate()
    const reasons: EndReason[] = []
    const { client } = await openSocket({
      "room:*": {
        async join() {
          await deciding.promise
          return { message() {}, terminate: (reason) => void reasons.push(reason) }
        },
      },
    })
    client.send(join("1"))
    client.send('["1","2","room:1","phx_leave",{}]')
    deciding.resolve()
    await settled()
    expect(client.frames).toEqual([
      ok("1"),
      '["1","2","room:1","phx_reply",{"status":"ok","response":{}}]',
      '["1","1","room:1","phx_close",{}]',
    ])
    expect(reasons).toEqual(["left"])
  })

  it("may be followed at once by a join, which waits for it", async () => {
    const cleaning = gate()
    const { client } = await openSocket({
      "room:*": { join: () => ({ message() {}, terminate: () => cleaning.promise }) },
    })
    client.send(join("1"))
    client.send('["1","2","room:1","phx_leave",{}]')
    client.send(join("3"))
    client.send('["1","4","room:1","phx_leave",{}]')
    cleaning.resolve()
    await settled()
    expect(client.frames).toEqual([
      ok("1"),
      '["1","2","room:1","phx_reply",{"status":"ok","response":{}}]',
      '["1","1","room:1","phx_close",{}]',
      ok("3"),
    ])
  })
})

describe("the end of a channel", () => {
  it("by its own close comes after the answer of the running handler", async () => {
    const reasons: EndReason[] = []
    const { client } = await openSocket({
      "room:*": {
        join: ({ close }) => ({
          async message(_event, _payload, reply) {
            close()
            await settled()
            reply("ok", { bye: true })
          },
          terminate: (reason) => void reasons.push(reason),
        }),
      },
    })
    const channel = await client.join("room:1")
    await channel.push("stop").assertReply("ok", { bye: true })
    await expect(channel.ended()).resolves.toBe("closed")
    expect(reasons).toEqual(["stopped"])
  })

  it("with its socket cleans up every channel, also one that is still deciding", async () => {
    const deciding = gate()
    const reasons: string[] = []
    const { client } = await openSocket({
      "slow:*": {
        async join() {
          await deciding.promise
          return { message() {}, terminate: (reason) => void reasons.push(`slow ${reason}`) }
        },
      },
      "room:*": recording(reasons),
    })
    await client.join("room:1")
    client.send(join("9", "slow:1"))
    client.disconnect()
    expect(reasons).toEqual(["closed"])
    deciding.resolve()
    await settled()
    expect(reasons).toEqual(["closed", "slow closed"])
    expect(client.frames).toHaveLength(1)
  })

  it("may take the connection along, which its client is to come back from as if it had broken", async () => {
    const reasons: string[] = []
    let joined: Joining | undefined
    const { client } = await openSocket({
      "room:*": {
        join: (joining) => {
          joined = joining
          const terminate = (reason: EndReason) =>
            void reasons.push(`${reason} ${joining.broken ? "broken" : "whole"}`)
          return { message() {}, terminate }
        },
      },
    })
    await client.join("room:1")
    await client.join("room:2")
    joined?.reconnect()
    expect(reasons).toEqual(["closed broken", "closed broken"])
    expect(client.closeCode).toBe(1012)
    joined?.reconnect()
    expect(reasons).toHaveLength(2)
  })

  it("whose clean-up throws is reported and complete", async () => {
    const { client } = await openSocket({
      "room:*": {
        join: () => ({
          message() {},
          async terminate() {
            throw new Error("mess")
          },
        }),
      },
    })
    const reported: unknown[] = []
    using _reports = channelCrashed.subscribe(({ error }) => reported.push(error))
    const channel = await client.join("room:1")
    await channel.leave()
    expect(reported).toEqual([new Error("mess")])
  })

  it("makes later pushes, answers, tasks and closes do nothing", async () => {
    let kept: Joining | undefined
    const { client } = await openSocket({
      "room:*": {
        join: (joining) => {
          kept = joining
          return idle
        },
      },
    })
    const channel = await client.join("room:1")
    await channel.leave()
    const before = client.frames.length
    kept?.push("late", {})
    kept?.post(() => kept?.push("later", {}))
    kept?.close()
    kept?.crash(new Error("late"))
    expect(kept?.signal.aborted).toBe(true)
    expect(client.frames).toHaveLength(before)
  })
})

const idle = { message() {}, terminate() {} }

const recording = (reasons: string[]): ChannelHandler => ({
  join: () => ({ message() {}, terminate: (reason) => void reasons.push(reason) }),
})
