import { describe, expect, it } from "vitest"
import type { Take } from "../take.ts"
import type { OpenStore } from "./harness.ts"

/** What every adapter that limits rates must do. Run it against yours. */
export function takeContract(name: string, open: OpenStore<Take>): void {
  describe(`${name} as Take`, () => {
    it("allows a burst up to the limit, and tells when the next one is due", async () => {
      await using opened = await open()
      const { store } = opened
      const rate = { limit: 3, period: "30s" } as const
      const answers = []
      for (let tries = 0; tries < 4; tries++) answers.push(await store.take("a", rate))
      expect(answers.map(({ allowed }) => allowed)).toEqual([true, true, true, false])
      expect(answers.map(({ remaining }) => remaining)).toEqual([2, 1, 0, 0])
      const last = answers[3]
      // a store that waits for real has lost a moment since the first one
      expect(last?.retryAfter).toBeGreaterThan(8000)
      expect(last?.retryAfter).toBeLessThanOrEqual(10_000)
      expect(last?.resetAfter).toBeGreaterThan(28_000)
      expect(last?.resetAfter).toBeLessThanOrEqual(30_000)
    })

    it("allows one more after each interval, and no second burst", async () => {
      await using opened = await open()
      const { store, advance } = opened
      const rate = { limit: 10, period: "10s", burst: 2 } as const
      const take = async () => (await store.take("a", rate)).allowed
      expect([await take(), await take(), await take()]).toEqual([true, true, false])
      await advance(1050)
      expect([await take(), await take()]).toEqual([true, false])
      await advance(2050)
      expect([await take(), await take(), await take()]).toEqual([true, true, false])
    })

    it("does not count what it refused", async () => {
      await using opened = await open()
      const { store, advance } = opened
      const rate = { limit: 1, period: "1s" } as const
      await store.take("a", rate)
      for (let tries = 0; tries < 50; tries++) await store.take("a", rate)
      await advance(1050)
      expect((await store.take("a", rate)).allowed).toBe(true)
    })

    it("counts what is dear for more, and only asks at a cost of 0", async () => {
      await using opened = await open()
      const { store } = opened
      const rate = { limit: 10, period: "1h" } as const
      expect((await store.take("a", { ...rate, cost: 8 })).remaining).toBe(2)
      expect((await store.take("a", { ...rate, cost: 3 })).allowed).toBe(false)
      expect(await store.take("a", { ...rate, cost: 0 })).toMatchObject({
        allowed: true,
        remaining: 2,
      })
      expect((await store.take("a", { ...rate, cost: 2 })).allowed).toBe(true)
    })

    it("counts each key for itself, names of Object.prototype among them", async () => {
      await using opened = await open()
      const { store } = opened
      const rate = { limit: 1, period: "1h" } as const
      for (const key of ["a", "b", "__proto__", "constructor"]) {
        expect((await store.take(key, rate)).allowed).toBe(true)
        expect((await store.take(key, rate)).allowed).toBe(false)
      }
    })

    it("never allows more than the limit to those who ask at once", async () => {
      await using opened = await open()
      const { store } = opened
      const rate = { limit: 5, period: "1h" } as const
      const answers = await Promise.all(Array.from({ length: 40 }, () => store.take("a", rate)))
      expect(answers.filter(({ allowed }) => allowed)).toHaveLength(5)
    })

    it("refuses a rate that means nothing", async () => {
      await using opened = await open()
      const { store } = opened
      const hour = { period: "1h" } as const
      const wrong = [
        { ...hour, limit: 0 },
        { ...hour, limit: Number.NaN },
        { ...hour, limit: 1, burst: 0 },
        { ...hour, limit: 1, cost: 2 },
        { ...hour, limit: 1, cost: -1 },
        { limit: 1, period: 0 },
      ]
      for (const rate of wrong) await expect(store.take("a", rate)).rejects.toThrow(RangeError)
    })
  })
}
