import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Alarms } from "./alarms.ts"

describe("alarms", () => {
  afterEach(() => void vi.useRealTimers())

  const rung: string[] = []
  const ring = (name: string) => () => void rung.push(name)
  beforeEach(() => {
    vi.useFakeTimers()
    rung.splice(0)
  })

  it("ring each after its time, in the order they were set", () => {
    const alarms = new Alarms(100)
    alarms.set(ring("a"))
    vi.advanceTimersByTime(60)
    alarms.set(ring("b"))
    vi.advanceTimersByTime(40)
    expect(rung).toEqual(["a"])
    vi.advanceTimersByTime(59)
    expect(rung).toEqual(["a"])
    vi.advanceTimersByTime(1)
    expect(rung).toEqual(["a", "b"])
  })

  it("stay silent when they are cleared, whichever came first", () => {
    const alarms = new Alarms(100)
    const a = alarms.set(ring("a"))
    const b = alarms.set(ring("b"))
    alarms.set(ring("c"))
    alarms.clear(b)
    alarms.clear(a)
    vi.advanceTimersByTime(100)
    expect(rung).toEqual(["c"])
  })

  it("need one timer, however many come and go, and none once all are gone", () => {
    const alarms = new Alarms(100)
    for (let n = 0; n < 1_000; n += 1) alarms.clear(alarms.set(ring("never")))
    expect(vi.getTimerCount()).toBe(1)
    vi.advanceTimersByTime(100)
    expect(vi.getTimerCount()).toBe(0)
    alarms.set(ring("later"))
    vi.advanceTimersByTime(100)
    expect(rung).toEqual(["later"])
  })

  it("do not ring early for a time that no timer can wait", () => {
    const alarms = new Alarms(2 ** 32)
    alarms.set(ring("in 50 days"))
    vi.advanceTimersByTime(2 ** 31)
    expect(rung).toEqual([])
    vi.advanceTimersByTime(2 ** 31)
    expect(rung).toEqual(["in 50 days"])
  })
})
