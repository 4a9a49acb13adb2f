import fc from "fast-check"
import { describe, expect, it } from "vitest"
import type { ChannelHandler } from "./channel-handler.ts"
import { openSocket } from "./testing/fixtures.ts"

/** Something that takes a while, until the test lets one of them go on. */
class Waits {
  readonly #waiting: (() => void)[] = []

  here(sometimes: boolean): Promise<void> | undefined {
    return sometimes ? new Promise((resolve) => this.#waiting.push(resolve)) : undefined
  }

  release(which: number): void {
    this.#waiting.splice(which % (this.#waiting.length || 1), 1)[0]?.()
  }

  get open(): boolean {
    return this.#waiting.length > 0
  }
}

interface Counts {
  running: number
  most: number
  joined: number
  terminated: number
}

/** Waits, refuses, throws, closes and crashes as the payload says, and counts what runs. */
const fickle = (waits: Waits, counts: Counts): ChannelHandler => ({
  async join({ payload, push, close, crash }) {
    const { wait, how } = Object(payload)
    counts.most = Math.max(counts.most, ++counts.running)
    await waits.here(wait)
    if (how === "refuse" || how === "throw") {
      counts.running--
      if (how === "throw") throw new Error("join")
      return { error: {} }
    }
    if (how === "close") close()
    if (how === "crash") crash(new Error("join"))
    counts.joined++
    return {
      async message(event, sent, reply) {
        const { wait, how } = Object(sent)
        await waits.here(wait)
        push(event, {})
        if (how === "throw") throw new Error("message")
        if (how === "close") close()
        if (how === "crash") crash(new Error("message"))
        reply("ok", {})
      },
      async terminate() {
        await waits.here(wait)
        counts.running--
        counts.terminated++
      },
    }
  },
})

const behaviour = fc.record({
  wait: fc.boolean(),
  how: fc.constantFrom("fine", "fine", "refuse", "throw", "close", "crash"),
})
const step = fc.oneof(
  fc.record({ do: fc.constant("phx_join" as const), sent: behaviour, stale: fc.constant(false) }),
  fc.record({ do: fc.constantFrom("say", "phx_leave"), sent: behaviour, stale: fc.boolean() }),
  fc.record({ do: fc.constant("release" as const), which: fc.nat(9) }),
)

describe("a topic of one socket", () => {
  it("has one channel at a time, one answer a ref and one clean-up a join, whatever happens when", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        const waits = new Waits()
        const counts = { running: 0, most: 0, joined: 0, terminated: 0 }
        const { client } = await openSocket(
          { "room:*": fickle(waits, counts) },
          { limits: { joinBurst: 1000, shutdown: "1h" } },
        )
        const settle = () => new Promise((resolve) => setImmediate(resolve))
        let joinRef = "0"
        let older = "0"
        for (const [at, step] of steps.entries()) {
          const ref = String(at + 1)
          if ("which" in step) waits.release(step.which)
          else {
            if (step.do === "phx_join") [older, joinRef] = [joinRef, ref]
            const sent = step.stale ? older : joinRef
            client.send(JSON.stringify([sent, ref, "room:1", step.do, step.sent]))
          }
          if (at % 3 === 0) await settle()
        }
        client.send(JSON.stringify([null, "heartbeat", "phoenix", "heartbeat", {}]))
        while (waits.open) {
          waits.release(0)
          await settle()
        }
        client.disconnect()
        await settle()
        while (waits.open) {
          waits.release(0)
          await settle()
        }
        await settle()

        const replied = client.received.filter(({ event }) => event === "phx_reply")
        const refs = replied.map(({ ref }) => ref)
        expect(new Set(refs).size).toBe(refs.length)
        expect(refs).toContain("heartbeat")
        const ends = client.received.filter(({ event }) => /^phx_(close|error)$/.test(event))
        const ended = ends.map(({ joinRef }) => joinRef)
        expect(new Set(ended).size).toBe(ended.length)
        expect(counts.most).toBeLessThanOrEqual(1)
        expect({ running: counts.running, terminated: counts.terminated }).toEqual({
          running: 0,
          terminated: counts.joined,
        })
      }),
      { numRuns: 300 },
    )
  })
})
