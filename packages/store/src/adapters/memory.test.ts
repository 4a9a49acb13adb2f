import { describe, expect, it } from "vitest"
import { evicted, memoryStore } from "../index.ts"
import { storeContract } from "../testing.ts"

storeContract("memoryStore", async () => {
  let now = 1_700_000_000_000
  const store = memoryStore({ now: () => now })
  return {
    store,
    async advance(milliseconds) {
      now += milliseconds
    },
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
})

const kilobyte = new Uint8Array(1024)

describe("memoryStore", () => {
  it("stays within maxBytes and forgets what was not used for longest", async () => {
    const store = memoryStore({ maxBytes: 4096 })
    for (const key of ["a", "b", "c"]) await store.set(key, kilobyte)
    await store.get("a")
    await store.set("d", kilobyte)
    const kept = []
    for (const key of ["a", "b", "c", "d"]) if (await store.get(key)) kept.push(key)
    expect(kept).toEqual(["a", "c", "d"])
  })

  it("counts a replaced value once", async () => {
    const store = memoryStore({ maxBytes: 4096 })
    await store.set("a", kilobyte)
    for (let round = 0; round < 100; round++) await store.set("b", kilobyte)
    expect(await store.get("a")).not.toBeNull()
  })

  it("counts long keys and empty values too", async () => {
    const store = memoryStore({ maxBytes: 100_000 })
    for (let index = 0; index < 1000; index++) {
      await store.set(`${index}`.padEnd(500), new Uint8Array())
    }
    expect(await store.get("0".padEnd(500))).toBeNull()
    expect(await store.get("999".padEnd(500))).not.toBeNull()
  })

  it("refuses a value larger than all of it, and keeps the rest", async () => {
    const store = memoryStore({ maxBytes: 2048 })
    await store.set("a", kilobyte)
    await expect(store.set("b", new Uint8Array(4096))).rejects.toMatchObject({
      code: "ERR_STORE_VALUE_SIZE",
      status: 413,
    })
    expect(await store.get("a")).not.toBeNull()
  })

  it("tells of what was still good and had to make room", async () => {
    const seen: unknown[] = []
    using _ = evicted.subscribe((event) => seen.push(event))
    const store = memoryStore({ maxBytes: 1500, now: () => 0 })
    await store.set("expired", kilobyte, { ttl: 0 })
    await store.set("a", kilobyte)
    await store.set("b", kilobyte)
    expect(seen).toEqual([{ what: "value", key: "a" }])
  })

  it("remembers at most maxRates keys", async () => {
    const seen: unknown[] = []
    using _ = evicted.subscribe((event) => seen.push(event))
    const store = memoryStore({ maxRates: 2, now: () => 0 })
    const rate = { limit: 1, period: "1h" } as const
    for (const key of ["a", "b", "c"]) await store.take(key, rate)
    expect(seen).toEqual([{ what: "rate", key: "a" }])
    expect((await store.take("c", rate)).allowed).toBe(false)
    expect((await store.take("a", rate)).allowed).toBe(true)
  })

  it("refuses a lease beyond maxLeases instead of taking one from its holder", async () => {
    let now = 0
    const store = memoryStore({ maxLeases: 2, now: () => now })
    const first = await store.lease("a", { ttl: "1s" })
    await store.lease("b", { ttl: "1h" })
    await expect(store.lease("c", { ttl: "1s" })).rejects.toMatchObject({
      code: "ERR_STORE_LEASE_LIMIT",
    })
    expect(await first?.renew()).toBe(true)
    now += 2000
    expect(await store.lease("c", { ttl: "1s" })).not.toBeNull()
  })

  it("counts the tokens of leases on after a restart", async () => {
    let now = 1_700_000_000_000
    const before = await memoryStore({ now: () => now }).lease("a", { ttl: "1s" })
    now += 1000
    const after = await memoryStore({ now: () => now }).lease("a", { ttl: "1s" })
    expect(after?.token).toBeGreaterThan(before?.token ?? Number.POSITIVE_INFINITY)
    expect(Number.isSafeInteger(after?.token)).toBe(true)
  })

  it("refuses bounds that bound nothing, all at once", () => {
    const wrong = { maxBytes: Number.NaN, maxRates: 0, maxLeases: 1.5 }
    expect(() => memoryStore(wrong)).toThrow(/maxBytes.*maxRates.*maxLeases/s)
  })

  it("refuses everything once it was disposed", async () => {
    const store = memoryStore()
    await store[Symbol.asyncDispose]()
    const closed = { code: "ERR_STORE_CLOSED" }
    await expect(store.get("a")).rejects.toMatchObject(closed)
    await expect(store.set("a", kilobyte)).rejects.toMatchObject(closed)
    await expect(store.take("a", { limit: 1, period: 1 })).rejects.toMatchObject(closed)
    await expect(store.lease("a", { ttl: 1 })).rejects.toMatchObject(closed)
  })
})
