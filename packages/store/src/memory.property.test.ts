import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { gcra, memoryStore, resolveRate, type Store } from "./index.ts"

/** The simplest thing that could be right: what a store has to agree with. */
class Model {
  readonly values = new Map<string, { readonly text: string; readonly expires: number }>()
  now = 0

  get(key: string): string | null {
    const kept = this.values.get(key)
    return kept !== undefined && kept.expires > this.now ? kept.text : null
  }

  set(key: string, text: string | null, ttl = Number.POSITIVE_INFINITY): void {
    if (text === null) this.values.delete(key)
    else this.values.set(key, { text, expires: this.now + ttl })
  }
}

type Step = (model: Model, store: Store) => Promise<void>

const bytes = (text: string) => new TextEncoder().encode(text)
const read = async (store: Store, key: string) => {
  const value = await store.get(key)
  return value === null ? null : new TextDecoder().decode(value)
}

const key = fc.constantFrom("a", "b", "c", "__proto__")
const text = fc.constantFrom("", "1", "2")
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(key, text, fc.option(fc.nat(50), { nil: undefined })).map(
    ([key, text, ttl]): Step =>
      async (model, store) => {
        model.set(key, text, ttl)
        await store.set(key, bytes(text), { ttl })
      },
  ),
  fc.tuple(key, fc.option(text), fc.option(text)).map(
    ([key, expected, text]): Step =>
      async (model, store) => {
        const fits = model.get(key) === expected
        if (fits) model.set(key, text)
        const [before, after] = [expected, text].map((it) => (it === null ? null : bytes(it)))
        expect(await store.compareAndSet(key, before ?? null, after ?? null)).toBe(fits)
      },
  ),
  key.map(
    (key): Step =>
      async (model, store) => {
        model.set(key, null)
        await store.delete(key)
      },
  ),
  fc.nat(30).map(
    (time): Step =>
      async (model) => {
        model.now += time
      },
  ),
)

describe("memoryStore", () => {
  it("agrees with a map and a clock, whatever happens in whatever order", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 50 }), async (steps) => {
        const model = new Model()
        const store = memoryStore({ now: () => model.now })
        for (const run of steps) {
          await run(model, store)
          for (const key of ["a", "b", "c", "__proto__", "never"]) {
            expect(await read(store, key)).toBe(model.get(key))
          }
        }
      }),
    )
  })
})

describe("gcra", () => {
  const rate = fc
    .record({ limit: fc.integer({ min: 1, max: 50 }), burst: fc.integer({ min: 1, max: 50 }) })
    .map(({ limit, burst }) => ({ limit, burst, period: 1000 }))

  it("never allows more than the burst and what has been earned since, in any stretch of time", () => {
    const pauses = fc.array(fc.nat(200), { maxLength: 80 })
    fc.assert(
      fc.property(rate, pauses, (rate, pauses) => {
        const resolved = resolveRate(rate)
        const allowedAt: number[] = []
        let now = 0
        let paidOff = 0
        for (const pause of pauses) {
          now += pause
          const taken = gcra(paidOff, now, resolved)
          paidOff = taken.paidOff
          if (taken.allowed) allowedAt.push(now)
        }
        for (const [first, from] of allowedAt.entries()) {
          for (const [more, to] of allowedAt.slice(first).entries()) {
            const earned = rate.burst + ((to - from) * rate.limit) / rate.period
            expect(more + 1).toBeLessThanOrEqual(earned + 0.001)
          }
        }
      }),
    )
  })

  it("says truly how many are left and how long to wait", () => {
    fc.assert(
      fc.property(rate, fc.nat(5000), (rate, used) => {
        const resolved = resolveRate(rate)
        const { remaining, retryAfter, allowed } = gcra(used, 0, resolved)
        let paidOff = gcra(used, 0, resolved).paidOff
        for (let left = remaining; left > 0; left--) {
          const taken = gcra(paidOff, 0, resolved)
          expect(taken.allowed).toBe(true)
          paidOff = taken.paidOff
        }
        expect(gcra(paidOff, 0, resolved).allowed).toBe(false)
        if (!allowed) expect(gcra(used, retryAfter, resolved).allowed).toBe(true)
      }),
    )
  })
})
