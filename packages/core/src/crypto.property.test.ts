import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { sealer, signer } from "./crypto.ts"

const secret = "s".repeat(64)
const { sign, verify } = signer(secret, "test")
const { seal, open } = sealer(secret, "test")

/** JSON data as it is after a journey as text; keys `__proto__` do not travel. */
const data = fc
  .jsonValue({ maxDepth: 4 })
  .filter((value) => !JSON.stringify(value).includes("__proto__"))
  .map((value) => JSON.parse(JSON.stringify(value)))

describe("tokens", () => {
  it("carry any JSON data there and back", () => {
    fc.assert(
      fc.property(data, fc.string(), (value, aad) => {
        expect(verify(sign(value))).toEqual({ ok: true, value })
        expect(open(seal(value, aad), { aad })).toEqual({ ok: true, value })
      }),
    )
  })

  it("are refused, and nothing is thrown, when they are anything else", () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.string({ unit: "binary" }),
      fc.stringMatching(/^(s1|e1)(\.[\w-]{0,90}){2,3}$/),
    )
    fc.assert(
      fc.property(anything, (token) => {
        expect(verify(token).ok).toBe(false)
        expect(open(token).ok).toBe(false)
      }),
    )
  })

  it("are refused when a piece of one stands in another", () => {
    const piece = fc.nat({ max: 200 })
    fc.assert(
      fc.property(data, data, piece, piece, (one, other, from, to) => {
        for (const [make, read] of [
          [sign, verify],
          [seal, open],
        ] as const) {
          const tokens = [make(one), make(other)] as const
          const spliced = tokens[0].slice(0, from) + tokens[1].slice(to)
          const result = read(spliced)
          if (!tokens.includes(spliced)) expect(result.ok).toBe(false)
        }
      }),
    )
  })
})
