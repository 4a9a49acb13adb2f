import { channel } from "node:diagnostics_channel"
import { describe, expect, it, vi } from "vitest"
import { event, listenerFailed } from "./index.ts"

describe("event", () => {
  it("hands its payload to each listener, at once and in order", () => {
    const heard: string[] = []
    const saved = event<{ id: number }>("test.event.save")
    using _ = saved.subscribe(({ id }) => heard.push(`first ${id}`))
    using __ = saved.subscribe(({ id }) => heard.push(`second ${id}`))
    saved.emit(() => ({ id: 1 }))
    expect(heard).toEqual(["first 1", "second 1"])
  })

  it("builds no payload while nobody listens, and says so", () => {
    const quiet = event("test.event.quiet")
    const payload = vi.fn(() => 1)
    quiet.emit(payload)
    expect([quiet.active, payload.mock.calls.length]).toEqual([false, 0])
    {
      using _ = quiet.subscribe(() => {})
      quiet.emit(payload)
      expect([quiet.active, payload.mock.calls.length]).toEqual([true, 1])
    }
    quiet.emit(payload)
    expect([quiet.active, payload.mock.calls.length]).toEqual([false, 1])
  })

  it("builds one payload for all listeners", () => {
    const shared = event("test.event.share")
    const payload = vi.fn(() => 1)
    using _ = shared.subscribe(() => {})
    using __ = shared.subscribe(() => {})
    shared.emit(payload)
    expect(payload).toHaveBeenCalledTimes(1)
  })

  it("is the diagnostics channel of its name, so any tool can listen", () => {
    const heard: unknown[] = []
    const listener = (message: unknown, name: string | symbol) => heard.push([name, message])
    const heardBy = channel("test.event.open")
    heardBy.subscribe(listener)
    event("test.event.open").emit(() => 1)
    heardBy.unsubscribe(listener)
    expect(heard).toEqual([["test.event.open", 1]])
  })

  it("is the same event wherever it is named", () => {
    const heard: unknown[] = []
    using _ = event("test.event.same").subscribe((payload) => heard.push(payload))
    event("test.event.same").emit(() => 1)
    expect(heard).toEqual([1])
  })

  it("detaches a listener that throws, tells of it, and goes on", () => {
    const heard: unknown[] = []
    const failures: unknown[] = []
    const error = new Error("no")
    const risky = event<number>("test.event.risk")
    using _ = listenerFailed.subscribe((failure) => failures.push(failure))
    using __ = risky.subscribe(() => {
      throw error
    })
    using ___ = risky.subscribe((payload) => heard.push(payload))
    risky.emit(() => 1)
    risky.emit(() => 2)
    expect(heard).toEqual([1, 2])
    expect(failures).toEqual([{ event: "test.event.risk", error }])
  })

  it("survives a listener of failures that fails itself", () => {
    using _ = listenerFailed.subscribe(() => {
      throw new Error("me too")
    })
    const risky = event<number>("test.event.risk")
    using __ = risky.subscribe(() => {
      throw new Error("no")
    })
    expect(() => risky.emit(() => 1)).not.toThrow()
    expect([risky.active, listenerFailed.active]).toEqual([false, false])
  })
})
