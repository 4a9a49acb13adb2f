import { describe, expect, it } from "vitest"
import { type Duration, milliseconds } from "./index.ts"

describe("milliseconds", () => {
  it.each<[Duration, number]>([
    [0, 0],
    [1500, 1500],
    ["250ms", 250],
    ["15s", 15_000],
    ["1.5h", 5_400_000],
    ["5m", 300_000],
    ["7d", 604_800_000],
  ])("reads %s as %i", (duration, expected) => {
    expect(milliseconds(duration)).toBe(expected)
  })

  it.each([
    Number.NaN,
    -1,
    Number.POSITIVE_INFINITY,
    "",
    "s",
    "-5s",
    "1e3s",
    " 5s",
    "5 s",
    "5",
    "5w",
    "1.s",
    ".5s",
    `${"9".repeat(400)}s`,
    null,
    undefined,
    {},
  ])("refuses %s", (duration) => {
    // what a caller without types may pass
    expect(() => milliseconds(duration as Duration)).toThrow(
      expect.objectContaining({ code: "ERR_CORE_DURATION", hint: expect.stringContaining("15s") }),
    )
  })
})
