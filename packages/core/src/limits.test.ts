import { describe, expect, expectTypeOf, it } from "vitest"
import { parseLimits } from "./index.ts"

const defaults = { maxBytes: 1000, mailbox: 10, patience: "5s" } as const
type Given = Parameters<typeof parseLimits<typeof defaults>>[2]

describe("parseLimits", () => {
  it("fills in what is not given, with times in milliseconds", () => {
    const limits = parseLimits("queue", defaults, { mailbox: 1, maxBytes: undefined })
    expect(limits).toEqual({ maxBytes: 1000, mailbox: 1, patience: 5000 })
    expectTypeOf(limits.patience).toEqualTypeOf<number>()
    expect(parseLimits("queue", defaults)).toEqual({ maxBytes: 1000, mailbox: 10, patience: 5000 })
    expect(parseLimits("queue", defaults, { patience: "1m" }).patience).toBe(60_000)
    expect(parseLimits("queue", defaults, { patience: 0 }).patience).toBe(0)
  })

  it.each([Number.NaN, 0, -1, 1.5, Number.POSITIVE_INFINITY, 2 ** 60, "7"])(
    "refuses a count of %s",
    (mailbox) => {
      // what a caller without types may pass
      const given = { mailbox } as Given
      expect(() => parseLimits("queue", defaults, given)).toThrow(/mailbox: has to be a whole/)
    },
  )

  it.each([Number.NaN, -1, Number.POSITIVE_INFINITY, "soon", {}])(
    "refuses a time of %s",
    (time) => {
      const given = { patience: time } as Given
      expect(() => parseLimits("queue", defaults, given)).toThrow(/patience: has to be a duration/)
    },
  )

  it("lists all that is wrong at once, and says what an unknown key was meant to be", () => {
    const given = { mailbox: 0, maxbytes: 5, patience: -1 }
    expect(() => parseLimits("queue", defaults, given as Given)).toThrow(
      expect.objectContaining({
        code: "ERR_CORE_OPTIONS",
        message: expect.stringMatching(/of queue.*maxbytes: .*mailbox: .*patience: /s),
        hint: 'There is no option "maxbytes"; did you mean "maxBytes"?',
      }),
    )
  })

  it.each(["__proto__", "constructor", "toString"])("takes %s for an unknown key", (key) => {
    const given = JSON.parse(`{ "${key}": 1 }`)
    expect(() => parseLimits("queue", defaults, given)).toThrow(/there is no such limit/)
  })
})
