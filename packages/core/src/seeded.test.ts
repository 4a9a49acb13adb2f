import { describe, expect, it } from "vitest"
import { seeded } from "./index.ts"

const numbers = (seed: number, count = 1_000) => Array.from({ length: count }, seeded(seed))

describe("seeded", () => {
  it("draws the same numbers from the same seed, and others from another", () => {
    expect(numbers(7)).toEqual(numbers(7))
    expect(numbers(7)).not.toEqual(numbers(8))
  })

  it("draws from [0, 1), all over it", () => {
    const drawn = numbers(1, 10_000)
    expect(drawn.every((number) => number >= 0 && number < 1)).toBe(true)
    const tenths = Map.groupBy(drawn, (number) => Math.floor(number * 10))
    for (let tenth = 0; tenth < 10; tenth++)
      expect(tenths.get(tenth)?.length, `tenth ${tenth}`).toBeGreaterThan(800)
  })
})
