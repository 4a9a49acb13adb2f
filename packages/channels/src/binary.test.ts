import { describe, expect, it } from "vitest"
import type { ChannelHandler } from "./channel-handler.ts"
import { openSocket } from "./testing/fixtures.ts"
import { connectSocket } from "./testing.ts"

const hex = (bytes: string | Uint8Array | undefined) =>
  typeof bytes === "string" ? bytes : Buffer.from(bytes ?? []).toString("hex")
const bytes = (text: string) => new Uint8Array(Buffer.from(text.replaceAll(" ", ""), "hex"))

/** Does with bytes what the event says. */
const blobs: ChannelHandler = {
  join({ push, broadcast, listen }) {
    listen()
    return {
      message(event, payload, reply) {
        if (!(payload instanceof Uint8Array)) throw new TypeError("expected bytes")
        if (event === "blob") reply("ok", payload)
        if (event === "json") reply("ok", { bytes: [...payload] })
        if (event === "push") push("blob", payload)
        if (event === "all") void broadcast("blob", payload)
      },
      terminate() {},
    }
  },
}

describe("a binary frame", () => {
  it("brings bytes up with join_ref, ref, topic and event, and is answered with bytes", async () => {
    const { client } = await openSocket({ "room:*": blobs })
    client.send('["7","7","room:1","phx_join",{}]')
    client.send(bytes("00 01 02 06 04 37 3132 726f6f6d3a31 626c6f62 0102"))
    expect(hex(client.frames[1])).toBe(
      // 1 | lengths of join_ref, ref, topic, status | "7" "12" "room:1" "ok" | 1 2
      hex(bytes("01 01 02 06 02 37 3132 726f6f6d3a31 6f6b 0102")),
    )
  })

  it("may be answered with JSON", async () => {
    const { client } = await openSocket({ "room:*": blobs })
    const channel = await client.join("room:1")
    await channel.push("json", bytes("ff00")).assertReply("ok", { bytes: [255, 0] })
  })

  it("that goes down as a push has no ref", async () => {
    const { client } = await openSocket({ "room:*": blobs })
    const channel = await client.join("room:1")
    channel.push("push", bytes("0a"))
    expect(hex(client.frames[1])).toBe(hex(bytes("00 01 06 04 31 726f6f6d3a31 626c6f62 0a")))
  })

  it("that is broadcast has neither join_ref nor ref", async () => {
    const { client, handler } = await openSocket({ "room:*": blobs })
    const other = await connectSocket(handler)
    const heard = await other.join("room:1")
    const channel = await client.join("room:1")
    channel.push("all", bytes("0b0c"))
    await expect(heard.next("blob")).resolves.toEqual(bytes("0b0c"))
    expect(hex(other.frames.at(-1))).toBe(hex(bytes("02 06 04 726f6f6d3a31 626c6f62 0b0c")))
  })

  it("may carry no bytes at all, and names that are not ASCII", async () => {
    const { client } = await openSocket({ "räume:*": blobs })
    const channel = await client.join("räume:1")
    const reply = await channel.push("blob", new Uint8Array()).reply()
    expect(reply).toEqual({ status: "ok", response: new Uint8Array() })
  })

  it.each([
    ["is empty", ""],
    ["ends within its head", "00 01 02"],
    ["ends within a name", "00 01 02 06 04 37 3132 726f"],
    ["is a reply", "01 01 01 01 01 61 62 63 64"],
    ["is a broadcast", "02 01 01 61 62"],
    ["is of an unknown kind", "09 00 00 00 00"],
    ["has a topic that is not UTF-8", "00 00 00 01 01 ff 61"],
  ])("that %s closes its socket with 1011", async (_, frame) => {
    const { client } = await openSocket({ "room:*": blobs })
    client.send(bytes(frame))
    expect(client.closeCode).toBe(1011)
  })

  it("with a name of more than 255 bytes cannot be sent: the channel that tries is restarted", async () => {
    const { client } = await openSocket({
      "room:*": {
        join: ({ push }) => ({
          message: () => push("é".repeat(128), new Uint8Array()),
          terminate() {},
        }),
      },
    })
    const channel = await client.join("room:1")
    channel.push("go")
    await expect(channel.ended()).resolves.toBe("crashed")
  })
})
