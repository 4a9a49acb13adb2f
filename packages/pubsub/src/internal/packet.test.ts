import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import { Inbox } from "./inbox.ts"
import { Outbox } from "./outbox.ts"
import { decodePacket, encodePacket, encodeProbe, proberOf } from "./packet.ts"

const text = fc.string({ unit: "binary" })
const outgoing = fc.record({ topic: text, message: text })

describe("a packet", () => {
  it("is read as it was written", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1 }), fc.array(outgoing), (first, messages) => {
        const packet = decodePacket(encodePacket("me", first, messages))
        expect(packet).toEqual({ publisher: "me", first, messages })
      }),
    )
  })

  it("is never taken for a probe, nor a probe for one", () => {
    const ending = fc.constantFrom(
      { topic: "t", message: "me ?\n" },
      { topic: " ?\n", message: "" },
    )
    fc.assert(
      fc.property(fc.array(fc.oneof(outgoing, ending)), (messages) => {
        expect(proberOf(encodePacket("me", 1, messages))).toBeNull()
      }),
    )
    expect([proberOf(encodeProbe("me")), decodePacket(encodeProbe("me"))]).toEqual(["me", null])
    for (const text of ["", " ?\n", "?\n", "me ?", "a b ?\n"]) expect(proberOf(text)).toBeNull()
  })

  it("is nothing else: other texts are refused", () => {
    const texts = [
      "",
      "me",
      "me\n",
      "me 0\n",
      "me x\n",
      " 1\n",
      "me 1\n1",
      "me 1\n1:1",
      "me 1\n1:1:a",
    ]
    const numbers = [
      "me 1\n-1:1:ab",
      "me 1\n1:-1:ab",
      "me 1\n1:x:ab",
      "me 1\n9:9:ab",
      "me 1\n1:9:ab",
    ]
    for (const other of [...texts, ...numbers]) expect(decodePacket(other), other).toBeNull()
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (other) => {
        decodePacket(other)
        decodePacket(`me 1\n${other}`)
      }),
    )
  })
})

describe("outbox and inbox", () => {
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.constant("say" as const) },
    { weight: 2, arbitrary: fc.constant("send" as const) },
    { weight: 1, arbitrary: fc.constant("send, unacknowledged" as const) },
    { weight: 1, arbitrary: fc.constant("fail" as const) },
    { weight: 1, arbitrary: fc.constant("beat" as const) },
  )

  it("take each message once, in order, and tell of each that is missing", () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 1, max: 9 }),
        (steps, room) => {
          const outbox = new Outbox(room, 1_000)
          const inbox = new Inbox()
          let said = 0
          let missing = 0
          const heard: number[] = []
          const arrive = (first: number, messages: readonly { message: string }[]) => {
            const packet = decodePacket(
              encodePacket(
                "me",
                first,
                messages.map(({ message }) => ({ topic: "", message })),
              ),
            )
            if (!packet) throw new Error("unreadable")
            const { fresh, gap } = inbox.take(packet)
            missing += gap?.count ?? 0
            for (const { message } of fresh) {
              heard.push(Number(message))
              expect(heard.length + missing).toBe(Number(message))
            }
          }
          arrive(outbox.first, [])
          for (const what of [...steps, "send" as const, "beat" as const]) {
            if (what === "say") outbox.add({ topic: "", message: `${++said}` })
            else if (what === "beat") arrive(outbox.first, [])
            else {
              const batch = outbox.take(what === "send" ? 1_000 : 2)
              if (what !== "fail") arrive(batch.first, batch.messages)
              if (what !== "send") outbox.restore(batch)
            }
          }
          expect(heard.length + missing).toBe(said)
        },
      ),
    )
  })

  it("hold no more text than they may", () => {
    const outbox = new Outbox(100, 10)
    expect(outbox.add({ topic: "abc", message: "def" })).toBe(0)
    expect(outbox.add({ topic: "abc", message: "def" })).toBe(1)
    expect(outbox.add({ topic: "abc", message: "much too long" })).toBe(2)
    expect({ length: outbox.length, first: outbox.first }).toEqual({ length: 0, first: 4 })
  })
})
