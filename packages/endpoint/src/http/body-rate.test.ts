import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type Arriving, BodyRates } from "./body-rate.ts"

class Body implements Arriving {
  received = 0
  waiting = true
  error: unknown
  fail(error: Error): void {
    this.error = error
  }
}

describe("the rate of a body", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())
  const rates = new BodyRates({ rate: 1_024, grace: 10_000 })
  const begin = () => {
    const body = new Body()
    rates.add(body)
    return body
  }

  it("does not count at first", () => {
    const body = begin()
    vi.advanceTimersByTime(10_000)
    expect(body.error).toBeUndefined()
    vi.advanceTimersByTime(1_000)
    expect(body.error).toMatchObject({ code: "ERR_ENDPOINT_BODY_TOO_SLOW", status: 408 })
    expect(vi.getTimerCount()).toBe(0)
  })

  it("may be as low as the limit, for as long as it likes, and no lower", () => {
    const [enough, short] = [begin(), begin()]
    for (let second = 0; second < 60; second += 1) {
      enough.received += 1_024
      short.received += 1_000
      vi.advanceTimersByTime(1_000)
    }
    expect(enough.error).toBeUndefined()
    for (let second = 0; second < 400; second += 1) {
      enough.received += 1_024
      short.received += 1_000
      vi.advanceTimersByTime(1_000)
    }
    expect(enough.error).toBeUndefined()
    expect(short.error).toMatchObject({ code: "ERR_ENDPOINT_BODY_TOO_SLOW" })
    rates.remove(enough)
    expect(vi.getTimerCount()).toBe(0)
  })

  it("is not the client's fault while nobody reads", () => {
    const body = begin()
    body.waiting = false
    vi.advanceTimersByTime(100_000)
    expect(body.error).toBeUndefined()
    body.waiting = true
    vi.advanceTimersByTime(11_000)
    expect(body.error).toBeDefined()
  })
})
