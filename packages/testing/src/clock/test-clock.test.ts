import { setTimeout } from "node:timers/promises"
import { describe, expect, it } from "vitest"
import { testClock } from "../index.ts"

const newYear = Date.parse("2030-01-01T00:00:00Z")
/** A clock over a time that goes on by one millisecond whenever it is read. */
const clockFrom = (start: number) => {
  let time = start
  return testClock(() => time++)
}

describe("a test clock", () => {
  it("tells the real time until it is set", () => {
    const before = Date.now()
    const told = testClock().now()
    expect(told).toBeGreaterThanOrEqual(before)
    expect(told).toBeLessThanOrEqual(Date.now())
  })

  it("travels, and time goes on from there", () => {
    const clock = clockFrom(0)
    clock.travelTo("2030-01-01T00:00:00Z")
    expect(clock.now()).toBe(newYear + 1)
    expect(clock.now()).toBe(newYear + 2)
    clock.travelTo(new Date(newYear - 1_000))
    expect(clock.now()).toBe(newYear - 999)
    clock.release()
    expect(clock.now()).toBeLessThan(100)
  })

  it("stands still where it is frozen, and moves by what it is told", () => {
    const clock = clockFrom(5)
    clock.freeze()
    expect([clock.now(), clock.now()]).toEqual([5, 5])
    clock.freeze(newYear)
    clock.advance("90m")
    expect(clock.date()).toEqual(new Date("2030-01-01T01:30:00Z"))
    clock.travelTo(7)
    expect([clock.now(), clock.now()]).toEqual([7, 7])
  })

  it("is another one for each of the tests that run at once, and follows what they start", async () => {
    const clock = testClock()
    const told = await Promise.all(
      Array.from({ length: 20 }, (_, at) =>
        clock.run(async () => {
          clock.freeze(at)
          await setTimeout(1)
          clock.advance(1_000)
          return Promise.all([setTimeout(1).then(clock.now), clock.run(async () => clock.now())])
        }),
      ),
    )
    expect(told).toEqual(told.map((_, at) => [at + 1_000, at + 1_000]))
    expect(clock.now()).toBeGreaterThan(newYear - 315_576_000_000)
  })

  it("keeps what is set inside of a run from the time around it", () => {
    const clock = clockFrom(0)
    clock.freeze(1)
    clock.run(() => clock.freeze(2))
    expect(clock.now()).toBe(1)
  })

  it("refuses what is no moment and no duration", () => {
    const clock = testClock()
    for (const at of ["tomorrow", Number.NaN, new Date("x")])
      expect(() => clock.travelTo(at)).toThrow(RangeError)
    expect(() => clock.freeze("never")).toThrow(RangeError)
    // @ts-expect-error no duration
    expect(() => clock.advance("a while")).toThrow()
  })
})
