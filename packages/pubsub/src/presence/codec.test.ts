import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeMessage, encodeMessage } from "./codec.ts"
import type { Message } from "./message.ts"

const text = fc.string({ unit: "binary" })
const count = fc.maxSafeNat()
const meta = fc.record({ phx_ref: text, name: fc.jsonValue() })
const entry = fc.record({ clock: count, topic: text, key: text, meta })
const delta = fc.record({
  replica: text,
  from: count,
  to: count,
  adds: fc.array(entry),
  removes: fc.array(count),
})
const known = fc.record({ replica: text, version: count, beat: count })
const have = fc.record({ replica: text, version: count })
const message: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    kind: fc.constant("beat" as const),
    from: text,
    beat: count,
    version: count,
    delta: fc.option(delta),
    known: fc.array(known),
  }),
  fc.record({ kind: fc.constant("ask" as const), from: text, to: text, have: fc.array(have) }),
  fc.record({ kind: fc.constant("give" as const), to: text, deltas: fc.array(delta) }),
  fc.record({ kind: fc.constant("bye" as const), from: text, delta, handOver: count }),
)

describe("a message of presence", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(message, (one) => {
        const written = encodeMessage(one)
        // as JSON tells it: -0 and 0 are one there
        expect(encodeMessage(decodeMessage(written))).toBe(written)
        expect(decodeMessage(written).kind).toBe(one.kind)
      }),
    )
  })

  it.each([
    "",
    "{}",
    "[]",
    '["hello"]',
    '["beat"]',
    '["beat","x",-1,0,null,[]]',
    '["beat","x",1,0,[],[]]',
    '["give","x",[["r",0,1,[[1,"t","k",{}]],[]]]]',
    '["give","x",[["r",0,1,[[1,"t","k",{"phx_ref":1}]],[]]]]',
    '["ask","x","y",[["r",1.5]]]',
    '["bye","x",["r",0,1,[],["1"]],0]',
  ])("is nothing like %s", (other) => {
    expect(() => decodeMessage(other)).toThrow()
  })
})
