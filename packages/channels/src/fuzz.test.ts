import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { encodePush } from "./encode.ts"
import { MalformedFrameError } from "./errors.ts"
import { decodeFrame } from "./frame.ts"
import { echo, openSocket } from "./testing/fixtures.ts"
import { readFrame } from "./testing/inbox.ts"
import { connectSocket } from "./testing.ts"

const limits = { name: 255, depth: 64 }
const name = fc.oneof(
  fc.constantFrom(...Object.getOwnPropertyNames(Object.prototype), "phx_join", "phoenix", ""),
  fc.string({ unit: "binary", maxLength: 40 }),
)
const ref = fc.option(name)
const payload = fc.jsonValue({ maxDepth: 5 })

/** Reads a frame, or says that it is none; everything else that is thrown fails the property. */
function decoded(data: string | Uint8Array) {
  try {
    return decodeFrame(data, limits)
  } catch (error) {
    if (error instanceof MalformedFrameError) return null
    throw error
  }
}

describe("reading frames", () => {
  it("gives back what was written as text", () => {
    fc.assert(
      fc.property(ref, ref, name, name, payload, (joinRef, ref, topic, event, payload) => {
        const text = JSON.stringify([joinRef, ref, topic, event, payload])
        expect(decoded(text)).toEqual({
          joinRef,
          ref,
          topic,
          event,
          payload: JSON.parse(JSON.stringify(payload)),
        })
      }),
    )
  })

  it("gives back what was written as bytes", () => {
    const short = fc.string({ unit: "grapheme", maxLength: 12 })
    fc.assert(
      fc.property(
        fc.tuple(short, short, short, short),
        fc.uint8Array({ maxLength: 64 }),
        (names, payload) => {
          const sizes = names.map((name) => Buffer.byteLength(name))
          fc.pre(sizes.every((size) => size < 256))
          const [joinRef, ref, topic, event] = names
          const frame = Buffer.concat([
            Buffer.from([0, ...sizes]),
            ...names.map((name) => Buffer.from(name)),
            payload,
          ])
          const read = decoded(frame)
          expect(read && { ...read, payload: Uint8Array.from(Object(read.payload)) }).toEqual({
            joinRef: joinRef || null,
            ref: ref || null,
            topic,
            event,
            payload,
          })
        },
      ),
    )
  })

  it("takes or refuses any text, and any bytes", () => {
    const almost = fc
      .tuple(fc.jsonValue(), fc.nat(200), fc.string({ unit: "binary", maxLength: 3 }))
      .map(([value, at, noise]) => {
        const json = JSON.stringify([null, "1", "t", "e", value])
        return json.slice(0, at) + noise + json.slice(at)
      })
    const any = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.json(),
      almost,
      fc.uint8Array({ maxLength: 80 }),
      fc.uint8Array({ maxLength: 80 }).map((bytes) => Uint8Array.from([0, ...bytes])),
    )
    fc.assert(
      fc.property(any, (data) => {
        decoded(data)
      }),
      { numRuns: 1000 },
    )
  })

  it("takes any nesting up to the limit, whatever stands in its strings, and none beyond", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(80), (text, extra) => {
        const nest = (depth: number) => '{"[{":['.repeat(depth / 2) + JSON.stringify(text)
        const frame = (depth: number) => `["1","1","t","e",${nest(depth)}${"]}".repeat(depth / 2)}]`
        expect(decoded(frame(62))).not.toBeNull()
        expect(decoded(frame(64 + 2 * extra))).toBeNull()
      }),
    )
  })
})

describe("a socket", () => {
  it("survives any sequence of frames, or closes itself; another one never notices", async () => {
    const event = fc.oneof(fc.constantFrom("phx_join", "phx_leave", "heartbeat", "echo"), name)
    const topic = fc.oneof(fc.constantFrom("room:1", "room:2", "phoenix"), name)
    const frame = fc.oneof(
      fc
        .tuple(fc.option(fc.constantFrom("1", "2", "3")), ref, topic, event, payload)
        .map((parts) => JSON.stringify(parts)),
      fc.string(),
      fc.uint8Array({ maxLength: 30 }),
    )
    const { handler } = await openSocket({ "*": echo })
    const other = await connectSocket(handler)
    const channel = await other.join("room:1")
    await fc.assert(
      fc.asyncProperty(fc.array(frame, { maxLength: 30 }), async (frames) => {
        using client = await connectSocket(handler)
        for (const data of frames) client.send(data)
        expect([null, 1011]).toContain(client.closeCode)
      }),
    )
    await channel.push("echo", { n: 1 }).assertReply("ok", { n: 1 })
  })
})

describe("a frame for a client", () => {
  it("is what the client reads, for every name and payload", () => {
    fc.assert(
      fc.property(
        name,
        name,
        name,
        fc.dictionary(fc.string(), payload),
        (joinRef, topic, event, payload) => {
          expect(readFrame(encodePush(joinRef, topic, event, payload))).toEqual({
            joinRef,
            ref: null,
            topic,
            event,
            payload: JSON.parse(JSON.stringify(payload)),
          })
        },
      ),
    )
  })
})
