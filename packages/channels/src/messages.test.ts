import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import type { ChannelHandler } from "./channel-handler.ts"
import { encoded } from "./payload.ts"
import { echo, openSocket } from "./testing/fixtures.ts"
import { connectSocket } from "./testing.ts"

describe("a text frame", () => {
  it("is an array of join_ref, ref, topic, event and payload, and its refs come back as they were", async () => {
    const { client } = await openSocket({ "room:*": echo })
    client.send('["j-4","r:4","room:1","phx_join",{"name":"Ada"}]')
    client.send('["j-4","00012","room:1","echo",{"a":[1,"2"]}]')
    expect(client.frames).toEqual([
      '["j-4","r:4","room:1","phx_reply",{"status":"ok","response":{}}]',
      '["j-4","00012","room:1","phx_reply",{"status":"ok","response":{"a":[1,"2"]}}]',
    ])
  })

  it("brings names back whatever is in them", async () => {
    const names = ["", '"', '1","2', "\\", "1\n", "\u2028", "\ud800", "é", "a b", "lv:phx-F_1.x/y"]
    const { client } = await openSocket({ "room:*": echo }, { limits: { joinBurst: 1000 } })
    for (const name of names) {
      client.send(JSON.stringify([name, name, `room:${name}`, "phx_join", {}]))
    }
    const response = { status: "ok", response: {} }
    expect(client.frames.map((frame) => JSON.parse(String(frame)))).toEqual(
      names.map((name) => [name, name, `room:${name}`, "phx_reply", response]),
    )
  })

  it("may have further elements, which are ignored", async () => {
    const { client } = await openSocket({ "room:*": echo })
    client.send('["1","1","room:1","phx_join",{},"later",{"versions":true}]')
    expect(client.frames).toHaveLength(1)
    expect(client.closeCode).toBeNull()
  })

  it("carries any JSON value up", async () => {
    const heard: unknown[] = []
    const listening: ChannelHandler = {
      join: () => ({ message: (_, payload) => void heard.push(payload), terminate() {} }),
    }
    const { client } = await openSocket({ "room:*": listening })
    const channel = await client.join("room:1")
    for (const payload of ["null", "3", '"text"', "[1]", "false"]) {
      client.send(`["${channel.joinRef}","9","room:1","any",${payload}]`)
    }
    expect(heard).toEqual([null, 3, "text", [1], false])
  })

  it("carries JSON that was made before as it is", async () => {
    const handler: ChannelHandler = {
      join: ({ push }) => ({
        response: encoded('{"made":  "before"}'),
        message: () => push("diff", encoded('{"0": 1}')),
        terminate() {},
      }),
    }
    const { client } = await openSocket({ "lv:*": handler })
    const channel = await client.join("lv:1")
    channel.push("go")
    expect(client.frames).toEqual([
      '["1","1","lv:1","phx_reply",{"status":"ok","response":{"made":  "before"}}]',
      '["1",null,"lv:1","diff",{"0": 1}]',
    ])
  })

  it.each([
    ["no JSON", "hello"],
    ["nothing", ""],
    ["an object", '{"topic":"room:1","event":"phx_join","payload":{},"ref":"1"}'],
    ["a short array", '["1","1","room:1","phx_join"]'],
    ["a ref that is a number", '[1,1,"room:1","phx_join",{}]'],
    ["no topic", '["1","1",null,"phx_join",{}]'],
    ["an event that is an object", '["1","1","room:1",{},{}]'],
    ["a topic of 256 characters", `["1","1","${"t".repeat(256)}","phx_join",{}]`],
    ["an event of 256 characters", `["1","1","room:1","${"e".repeat(256)}",{}]`],
    ["a ref of 256 characters", `["1","${"1".repeat(256)}","room:1","phx_join",{}]`],
    ["deep nesting", `["1","1","room:1","phx_join",${"[".repeat(64)}${"]".repeat(64)}]`],
  ])("that is %s closes its own socket with 1011 and no other", async (_, frame) => {
    const { client, handler } = await openSocket({ "room:*": echo })
    const other = await connectSocket(handler)
    const channel = await other.join("room:1")
    client.send(frame)
    expect(client.closeCode).toBe(1011)
    await channel.push("echo", { still: "here" }).assertReply("ok", { still: "here" })
  })

  it("is taken up to the limits of names and depth", async () => {
    const { client } = await openSocket({ "*": echo })
    const name = "n".repeat(255)
    const deep = `${"[".repeat(62)}"]]]\\"[["${"]".repeat(62)}`
    client.send(`["${name}","${name}","${name}","phx_join",{}]`)
    client.send(`["${name}","${name}","${name}","${name}",{"deep":${deep}}]`)
    expect(client.frames).toHaveLength(2)
    expect(client.closeCode).toBeNull()
  })

  it("may name a topic, an event and a ref after what every object inherits", async () => {
    const { client } = await openSocket({ "*": echo, "room:*": echo })
    const names = Object.getOwnPropertyNames(Object.prototype)
    for (const name of names) {
      client.send(JSON.stringify([name, name, name, "phx_join", {}]))
      client.send(JSON.stringify([name, name, name, name, { [name]: name }]))
    }
    expect(client.received.map(({ joinRef, ref, topic }) => [joinRef, ref, topic])).toEqual(
      names.flatMap((name) => [
        [name, name, name],
        [name, name, name],
      ]),
    )
    expect(client.closeCode).toBeNull()
  })
})

describe("frames recorded from a Phoenix server", () => {
  it("are answered as that server answered them", async () => {
    const { client } = await openSocket({ "lv:*": echo })
    const recorded = recording("bad-frames").slice(3)
    for (const { dir, text } of recorded) if (dir === "out" && text) client.send(text)
    const answers = recorded.flatMap(({ dir, text }) => (dir === "in" && text ? [text] : []))
    expect(client.received).toEqual(
      answers.map((text) => {
        const [joinRef, ref, topic, event, payload] = JSON.parse(text)
        return { joinRef, ref, topic, event, payload }
      }),
    )
    expect(client.closeCode).toBe(recorded.find(({ dir }) => dir === "close")?.code)
  })

  it("refuse an event after a refused join as that server did", async () => {
    const stale: ChannelHandler = { join: () => ({ error: { reason: "stale" } }) }
    const { client } = await openSocket({ "lv:*": stale })
    const frames = recording("bad-csrf")
    for (const { dir, text } of frames) if (dir === "out" && text) client.send(text)
    const answers = frames.flatMap(({ dir, text }) =>
      dir === "in" && text ? [JSON.parse(text)] : [],
    )
    expect(
      client.received.map((it) => [it.joinRef, it.ref, it.topic, it.event, it.payload]),
    ).toEqual(answers)
  })
})

describe("a recorded visit to a room of a Phoenix server", () => {
  it("goes the same way here, presence aside", async () => {
    const room: ChannelHandler = {
      join: ({ listen, broadcast }) => {
        listen()
        return {
          async message(event, payload, reply) {
            if (event === "shout") await broadcast("shout", Object(payload))
            reply("ok", event === "echo" ? Object(payload) : {})
          },
          terminate() {},
        }
      },
    }
    const { client } = await openSocket({ "room:*": room })
    const own = recording("presence").filter(({ who, text }) => !who && text)
    const frames = own.filter(({ text }) => !text?.includes("presence_"))
    const answers: unknown[] = []
    for (const { dir, text = "" } of frames) {
      if (dir === "out") client.send(text)
      else answers.push(JSON.parse(text))
      // Each step of the recording waited for the one before
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(client.frames.map((frame) => JSON.parse(String(frame)))).toEqual(answers)
  })
})

interface Recorded {
  readonly who?: string
  readonly dir?: "in" | "out" | "close"
  readonly text?: string
  readonly code?: number
}

function recording(name: string): readonly Recorded[] {
  const file = new URL(`../fixtures/${name}.json`, import.meta.url)
  const { frames }: { readonly frames: readonly Recorded[] } = JSON.parse(
    readFileSync(file, "utf8"),
  )
  return frames
}
