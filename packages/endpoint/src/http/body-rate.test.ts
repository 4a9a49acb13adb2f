import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type Arriving, BodyRates } from "./body-rate.ts"

class Body implements Arriving {
  received = 0
  timeout = Number.POSITIVE_INFINITY
  waiting = true
  error: unknown
  fail(error: Error): void {
    this.error = error
  }
}

describe("the rate of a body", () => {
  let rates: BodyRates
  beforeEach(() => {
    vi.useFakeTimers()
    rates = new BodyRates({ rate: 1_024, grace: 10_000 })
  })
  afterEach(() => void vi.useRealTimers())
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
    vi.advanceTimersByTime(1_000)
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
    vi.advanceTimersByTime(1_000)
    expect(vi.getTimerCount()).toBe(0)
  })

  it("does not save what takes longer than its route allows", () => {
    const body = begin()
    body.timeout = 20_000
    for (let second = 0; second < 20; second += 1) {
      body.received += 1_000_000
      vi.advanceTimersByTime(1_000)
    }
    expect(body.error).toBeUndefined()
    vi.advanceTimersByTime(1_000)
    expect(body.error).toMatchObject({ code: "ERR_ENDPOINT_BODY_TIMEOUT", status: 408 })
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
