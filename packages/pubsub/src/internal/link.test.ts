import { describe, expect, it } from "vitest"
import { adapterContract } from "../testing.ts"
import { Link, type Wire } from "./link.ts"

/** A broker in the process, and what can happen to one. */
function broker() {
  const ears = new Set<(packet: string) => void>()
  const fails = new Set<(error: unknown) => void>()
  const state = { refuses: false, deaf: false }
  const wire: Wire = {
    name: "fake",
    async open(hear, fail, signal) {
      if (state.refuses) throw new Error("refused")
      ears.add(hear)
      fails.add(fail)
      signal.addEventListener("abort", () => {
        ears.delete(hear)
        fails.delete(fail)
      })
      return {
        async publish(packet) {
          if (state.deaf) return
          for (const ear of ears) ear(packet)
        },
      }
    },
  }
  const cut = () => {
    for (const fail of fails) fail(new Error("cut"))
  }
  return { wire, state, cut }
}

const fast = { heartbeat: 20, patience: 40, connectTimeout: 100 }

adapterContract("link", async () => {
  const { wire } = broker()
  return [new Link(wire, {}), new Link(wire, {})]
})

describe("a link", () => {
  it("sends what was said while it had no connection, and says that something may be missing", async () => {
    const { wire, state, cut } = broker()
    await using here = new Link(wire, fast)
    await using there = new Link(wire, fast)
    const heard: string[] = []
    const gaps: unknown[] = []
    await here.connect(() => {})
    await there.connect(
      (_, message) => heard.push(message),
      (gap) => gaps.push(gap),
    )
    await here.broadcast("t", "a")
    state.refuses = true
    cut()
    await expect.poll(() => here.health().status).toBe("degraded")
    await here.broadcast("t", "b")
    await here.broadcast("t", "c")
    state.refuses = false
    await expect
      .poll(() => here.health().status === "up" && there.health().status === "up")
      .toBe(true)
    await here.broadcast("t", "d")
    await expect.poll(() => heard.at(-1)).toBe("d")
    expect(gaps[0]).toEqual({ publisher: null, count: null })
    const missed = gaps.map((gap) => (gap as { count: number | null }).count ?? 0)
    expect(heard.length + missed.reduce((sum, count) => sum + count, 0)).toBe(4)
  })

  it("that does not hear itself looks for another connection", async () => {
    const { wire, state } = broker()
    await using here = new Link(wire, fast)
    await here.connect(() => {})
    state.deaf = true
    await expect.poll(() => here.health().status).toBe("degraded")
    expect(here.health().detail).toContain("fake has not passed on anything")
    state.deaf = false
    await expect.poll(() => here.health().status).toBe("up")
  })

  it("that does not hear itself on one of several ways looks for another connection", async () => {
    const open = new Set([0, 1, 2])
    let opened = 0
    let tell: (text: string, way?: number) => void = () => {}
    const wire: Wire = {
      name: "several",
      async open(hear) {
        opened++
        tell = hear
        return {
          publish: async (packet) => hear(packet, 1),
          probe: {
            ways: 3,
            send: async (text) => {
              for (const way of open) hear(text, way)
            },
          },
        }
      },
    }
    await using here = new Link(wire, fast)
    const heard: string[] = []
    const gaps: unknown[] = []
    await here.connect(
      (_, message) => heard.push(message),
      (gap) => gaps.push(gap),
    )
    expect([here.health().status, opened]).toEqual(["up", 1])
    // others' probes say nothing of their numbers
    tell("other 7\n1:1:ta", 2)
    tell("other ?\n", 0)
    tell("other 8\n1:1:tb", 2)
    expect({ heard, gaps }).toEqual({ heard: ["a", "b"], gaps: [] })
    open.delete(2)
    await expect.poll(() => here.health().status).toBe("degraded")
    expect(here.health().detail).toContain("several")
    open.add(2)
    await expect.poll(() => here.health().status).toBe("up")
    expect(gaps).toContainEqual({ publisher: null, count: null })
  })

  it("does not keep messages waiting behind its own beats where the network is slow", async () => {
    const { wire } = broker()
    let waiting = 0
    let most = 0
    const slow: Wire = {
      ...wire,
      async open(...args) {
        const session = await wire.open(...args)
        return {
          async publish(packet) {
            waiting += 1
            most = Math.max(most, waiting)
            await new Promise((resolve) => setTimeout(resolve, 60))
            waiting -= 1
            await session.publish(packet)
          },
        }
      },
    }
    await using here = new Link(slow, { heartbeat: 5, patience: 1_000 })
    await here.connect(() => {})
    for (let time = 0; time < 3; time++) await here.broadcast("t", "a")
    // a beat, and a packet of messages
    expect(most).toBeLessThanOrEqual(2)
  })

  it("sends what is on its way before it ends", async () => {
    const { wire } = broker()
    await using there = new Link(wire, fast)
    const heard: string[] = []
    await there.connect((_, message) => heard.push(message))
    const here = new Link(wire, fast)
    await here.connect(() => {})
    for (const message of ["a", "b", "c"]) void here.broadcast("t", message)
    await here[Symbol.asyncDispose]()
    expect(heard).toEqual(["a", "b", "c"])
  })

  it.each([{ maxQueue: Number.NaN }, { patience: -1 }, { heartbeat: "soon" as "1s" }])(
    "refuses %j",
    (options) => {
      expect(() => new Link(broker().wire, options)).toThrow("options of fake")
    },
  )
})
