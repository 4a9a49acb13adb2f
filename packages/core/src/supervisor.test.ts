import { setImmediate as turn } from "node:timers/promises"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { type Child, childStarted, childStopped, type Service, supervisor } from "./index.ts"

/** Writes down what happens to it. */
function child(log: string[], name: string, more: Partial<Service> = {}): Child<{ name: string }> {
  return {
    name,
    async start() {
      log.push(`start ${name}`)
      return {
        name,
        async [Symbol.asyncDispose]() {
          log.push(`stop ${name}`)
        },
        ...more,
      }
    },
  }
}

const failing = (error: unknown): Child<object> => ({
  name: "failing",
  start: () => Promise.reject(error),
})

const forever = new Promise<never>(() => {})

describe("supervisor", () => {
  it("starts children in order, hands out what they made, and stops them in reverse", async () => {
    const log: string[] = []
    const app = supervisor()
    const repo = await app.start(child(log, "repo"))
    await app.start(child(log, "pubsub"))
    await app.start(child(log, "endpoint"))
    expect(repo.name).toBe("repo")
    await app.stop()
    expect(log).toEqual([
      "start repo",
      "start pubsub",
      "start endpoint",
      "stop endpoint",
      "stop pubsub",
      "stop repo",
    ])
  })

  it("stops when it is disposed", async () => {
    const log: string[] = []
    {
      await using app = supervisor()
      await app.start(child(log, "repo"))
    }
    expect(log).toEqual(["start repo", "stop repo"])
  })

  it("waits for each child to stop before it stops the next", async () => {
    const log: string[] = []
    const slow = Promise.withResolvers<void>()
    const app = supervisor()
    await app.start(child(log, "repo"))
    await app.start(child(log, "endpoint", { [Symbol.asyncDispose]: () => slow.promise }))
    const stopped = app.stop()
    await turn()
    expect(log).not.toContain("stop repo")
    slow.resolve()
    await stopped
    expect(log).toContain("stop repo")
  })

  it("stops once, however often it is asked, and tells who waits", async () => {
    const log: string[] = []
    const app = supervisor()
    await app.start(child(log, "repo"))
    const done = app.done()
    await Promise.all([app.stop(), app.stop(), app[Symbol.asyncDispose](), done])
    expect(log).toEqual(["start repo", "stop repo"])
    expect(app.signal.aborted).toBe(true)
  })

  it("prefers a child's stop to its disposal", async () => {
    const log: string[] = []
    const app = supervisor()
    const stop = async (deadline: AbortSignal) => void log.push(`drain, late: ${deadline.aborted}`)
    await app.start(child(log, "endpoint", { stop }))
    await app.stop()
    expect(log).toEqual(["start endpoint", "drain, late: false"])
  })

  it("stops what was started when a child fails to start, and throws the child's own error", async () => {
    const log: string[] = []
    const app = supervisor()
    await app.start(child(log, "repo"))
    const error = new Error("the port is taken")
    await expect(app.start(failing(error))).rejects.toBe(error)
    expect(log).toEqual(["start repo", "stop repo"])
    await app.done()
  })

  it("treats a start that throws at once like one that rejects", async () => {
    const log: string[] = []
    const app = supervisor()
    await app.start(child(log, "repo"))
    const start = () => {
      throw new RangeError("no")
    }
    await expect(app.start({ name: "throwing", start })).rejects.toThrow(RangeError)
    expect(log).toContain("stop repo")
  })

  it("throws the child's own error even if stopping the others fails, which done tells", async () => {
    const app = supervisor()
    const dispose = () => Promise.reject(new Error("stuck"))
    await app.start(child([], "repo", { [Symbol.asyncDispose]: dispose }))
    await expect(app.start(failing(new Error("first")))).rejects.toThrow("first")
    await expect(app.done()).rejects.toMatchObject({ failures: [{ child: "repo" }] })
  })

  it("aborts a start under way when stopping begins, and waits for its end", async () => {
    const log: string[] = []
    const app = supervisor()
    await app.start(child(log, "repo"))
    const waiting: Child<object> = {
      name: "waiting",
      start: (signal) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => {
            log.push("abort waiting")
            reject(signal.reason)
          })
        }),
    }
    const starting = app.start(waiting)
    await Promise.all([
      expect(starting).rejects.toMatchObject({ code: "ERR_CORE_STOPPED", child: "waiting" }),
      app.stop(),
    ])
    expect(log).toEqual(["start repo", "abort waiting", "stop repo"])
  })

  it("aborts no signal of a child that has started: it is stopped in its turn", async () => {
    const app = supervisor()
    let given: AbortSignal | undefined
    const stop = () => expect(given?.aborted).toBe(false)
    const repo = child([], "repo", { stop })
    await app.start({
      name: "repo",
      start: (signal) => {
        given = signal
        return repo.start(signal)
      },
    })
    await app.stop()
    expect(given?.aborted).toBe(false)
  })

  it("stops a child that finished its start although it was aborted", async () => {
    const log: string[] = []
    const app = supervisor()
    const gate = Promise.withResolvers<void>()
    const deaf = child(log, "deaf")
    const starting = app.start({
      name: "deaf",
      start: async (signal) => {
        await gate.promise
        return deaf.start(signal)
      },
    })
    const stopped = app.stop()
    gate.resolve()
    await expect(starting).rejects.toMatchObject({ code: "ERR_CORE_STOPPED", child: "deaf" })
    await stopped
    expect(log).toEqual(["start deaf", "stop deaf"])
  })

  it("starts nothing any more once it stops", async () => {
    const log: string[] = []
    const app = supervisor()
    await app.stop()
    await expect(app.start(child(log, "late"))).rejects.toMatchObject({ code: "ERR_CORE_STOPPED" })
    expect(log).toEqual([])
  })

  it("stops the others when one fails to stop, and says which", async () => {
    const log: string[] = []
    const app = supervisor({ name: "todo" })
    const error = new Error("disk full")
    await app.start(child(log, "repo"))
    await app.start(child(log, "cache", { [Symbol.asyncDispose]: () => Promise.reject(error) }))
    await app.start(child(log, "endpoint"))
    await expect(app.stop()).rejects.toMatchObject({
      code: "ERR_CORE_SHUTDOWN",
      message: "todo did not stop cleanly: cache",
      failures: [{ child: "cache", error }],
      cause: error,
    })
    expect(log.slice(-2)).toEqual(["stop endpoint", "stop repo"])
  })

  it("tells by events what started and what stopped", async () => {
    const seen: string[] = []
    using _ = childStarted.subscribe((it) => seen.push(`${it.supervisor} started ${it.child}`))
    using __ = childStopped.subscribe((it) =>
      seen.push(`${it.supervisor} stopped ${it.child}${"error" in it ? " badly" : ""}`),
    )
    const app = supervisor({ name: "todo" })
    await app.start(child([], "repo"))
    const dispose = () => Promise.reject(new Error("no"))
    await app.start(child([], "cache", { [Symbol.asyncDispose]: dispose }))
    await app.stop().catch(() => {})
    expect(seen).toEqual([
      "todo started repo",
      "todo started cache",
      "todo stopped cache badly",
      "todo stopped repo",
    ])
  })

  it.each([Number.NaN, -1, "soon"])("refuses a shutdownTimeout of %s", (shutdownTimeout) => {
    // what a caller without types may pass
    expect(() => supervisor({ shutdownTimeout: shutdownTimeout as number })).toThrow(
      expect.objectContaining({ code: "ERR_CORE_DURATION" }),
    )
  })

  describe("when time is short", () => {
    beforeEach(
      () => void vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] }),
    )
    afterEach(() => void vi.useRealTimers())

    it("gives up a child that hangs and hurries the rest", async () => {
      const log: string[] = []
      const app = supervisor({ shutdownTimeout: "10s" })
      const stop = async (deadline: AbortSignal) => void log.push(`late: ${deadline.aborted}`)
      await app.start(child(log, "repo", { stop }))
      await app.start(child(log, "hanging", { [Symbol.asyncDispose]: () => forever }))
      const stopped = expect(app.stop()).rejects.toMatchObject({
        failures: [{ child: "hanging", error: { code: "ERR_CORE_TIMEOUT" } }],
      })
      await vi.advanceTimersByTimeAsync(9_999)
      expect(log).not.toContain("late: true")
      await vi.advanceTimersByTimeAsync(1)
      await stopped
      expect(log).toContain("late: true")
    })

    it("ends a tenth after the time at the latest, if everything hangs", async () => {
      const app = supervisor({ shutdownTimeout: "10s" })
      for (const name of ["a", "b", "c", "d"]) {
        await app.start(child([], name, { [Symbol.asyncDispose]: () => forever }))
      }
      const stopped = expect(app.stop()).rejects.toMatchObject({
        failures: [{ child: "d" }, { child: "c" }, { child: "b" }, { child: "a" }],
      })
      await vi.advanceTimersByTimeAsync(11_010)
      await stopped
    })

    it("tells a child that its deadline is over while it still stops", async () => {
      const log: string[] = []
      const app = supervisor({ shutdownTimeout: "10s" })
      const stop = (deadline: AbortSignal) =>
        new Promise<void>((done) => {
          deadline.addEventListener("abort", () => {
            log.push("cut off")
            done()
          })
        })
      await app.start(child(log, "endpoint", { stop }))
      const stopped = expect(app.stop()).rejects.toMatchObject({
        failures: [{ child: "endpoint" }],
      })
      await vi.advanceTimersByTimeAsync(10_000)
      await stopped
      expect(log).toContain("cut off")
    })

    it("does not wait for a start that ignores its signal, and stops what comes of it late", async () => {
      const log: string[] = []
      const gate = Promise.withResolvers<void>()
      const app = supervisor({ shutdownTimeout: "1s" })
      const slow = child(log, "slow")
      const starting = app.start({
        name: "slow",
        start: async (signal) => {
          await gate.promise
          return slow.start(signal)
        },
      })
      const stopped = expect(app.stop()).rejects.toMatchObject({ failures: [{ child: "slow" }] })
      await vi.advanceTimersByTimeAsync(1000)
      await stopped
      gate.resolve()
      await expect(starting).rejects.toMatchObject({ code: "ERR_CORE_STOPPED" })
      await turn()
      expect(log).toEqual(["start slow", "stop slow"])
    })

    it("takes a child that does not say how it is for down", async () => {
      const app = supervisor()
      await app.start(child([], "mute", { health: () => forever }))
      const health = app.health()
      await vi.advanceTimersByTimeAsync(5000)
      expect(await health).toMatchObject({
        status: "down",
        children: [{ name: "mute", status: "down" }],
      })
    })
  })
})

describe("health", () => {
  it("is as bad as the worst child, and leaves out those that do not tell", async () => {
    await using app = supervisor()
    expect(await app.health()).toEqual({ status: "up", children: [] })
    await app.start(child([], "silent"))
    await app.start(child([], "repo", { health: () => ({ status: "up" }) }))
    expect((await app.health()).status).toBe("up")
    const slow = { status: "degraded", detail: "slow" } as const
    await app.start(child([], "cache", { health: async () => slow }))
    expect(await app.health()).toEqual({
      status: "degraded",
      children: [
        { name: "repo", status: "up" },
        { name: "cache", status: "degraded", detail: "slow" },
      ],
    })
  })

  it("takes a child whose answer fails for down", async () => {
    await using app = supervisor()
    const health = () => {
      throw new Error("no connection")
    }
    await app.start(child([], "repo", { health }))
    expect(await app.health()).toEqual({
      status: "down",
      children: [{ name: "repo", status: "down", detail: "no connection" }],
    })
  })

  it("does not wait for a child that is still starting", async () => {
    const app = supervisor()
    const gate = Promise.withResolvers<{ [Symbol.asyncDispose](): Promise<void> }>()
    const starting = app.start({ name: "slow", start: () => gate.promise })
    expect(await app.health()).toEqual({
      status: "degraded",
      children: [{ name: "slow", status: "degraded", detail: "starting" }],
    })
    gate.resolve({ async [Symbol.asyncDispose]() {} })
    await starting
    await app.stop()
  })

  it("is down once stopping began", async () => {
    const app = supervisor()
    await app.stop()
    expect(await app.health()).toMatchObject({ status: "down", detail: "stopping" })
  })
})
