import { describe, expect, it } from "vitest"
import type { Leases } from "../lease.ts"
import type { OpenStore } from "./harness.ts"

/** What every adapter that gives out leases must do. Run it against yours. */
export function leaseContract(name: string, open: OpenStore<Leases>): void {
  describe(`${name} as Leases`, () => {
    it("gives a lease to one at a time, and to the next when it is released", async () => {
      await using opened = await open()
      const { store } = opened
      const first = await store.lease("cron", { ttl: "10s" })
      expect(await store.lease("cron", { ttl: "10s" })).toBeNull()
      expect(await store.lease("other", { ttl: "10s" })).not.toBeNull()
      await first?.release()
      expect(await store.lease("cron", { ttl: "10s" })).not.toBeNull()
    })

    it("lets go of a lease whose ttl is over, and counts its token up for the next", async () => {
      await using opened = await open()
      const { store, advance } = opened
      const first = await store.lease("cron", { ttl: "1s" })
      await advance(1100)
      const second = await store.lease("cron", { ttl: "10s" })
      expect(second?.token).toBeGreaterThan(first?.token ?? Number.POSITIVE_INFINITY)
    })

    it("counts the token up after a release too", async () => {
      await using opened = await open()
      const { store } = opened
      const tokens: number[] = []
      for (let round = 0; round < 3; round++) {
        await using lease = await store.lease("cron", { ttl: "10s" })
        tokens.push(lease?.token ?? Number.NaN)
      }
      expect(tokens).toEqual(tokens.toSorted((a, b) => a - b))
      expect(new Set(tokens).size).toBe(3)
    })

    it("keeps a lease that is renewed in time", async () => {
      await using opened = await open()
      const { store, advance } = opened
      const lease = await store.lease("cron", { ttl: "1s" })
      await advance(600)
      expect(await lease?.renew()).toBe(true)
      await advance(600)
      expect(await store.lease("cron", { ttl: "1s" })).toBeNull()
      expect(await lease?.renew({ ttl: "1h" })).toBe(true)
      await advance(1100)
      expect(await store.lease("cron", { ttl: "1s" })).toBeNull()
    })

    it("renews no lease that was lost, even if nobody took it", async () => {
      await using opened = await open()
      const { store, advance } = opened
      const lease = await store.lease("cron", { ttl: "1s" })
      await advance(1100)
      expect(await lease?.renew()).toBe(false)
      const next = await store.lease("cron", { ttl: "10s" })
      expect(await lease?.renew()).toBe(false)
      await lease?.release()
      expect(await store.lease("cron", { ttl: "10s" })).toBeNull()
      expect(await next?.renew()).toBe(true)
    })

    it("gives the lease to one of many who ask at once", async () => {
      await using opened = await open()
      const { store } = opened
      const tries = Array.from({ length: 20 }, () => store.lease("cron", { ttl: "10s" }))
      const won = (await Promise.all(tries)).filter((lease) => lease !== null)
      expect(won).toHaveLength(1)
    })
  })
}
