import { randomUUID } from "node:crypto"
import { redisForTests, startRedis } from "bennu-testkit"
import { afterAll, describe, expect, it } from "vitest"
import { storeContract } from "../testing.ts"
import { redisStore } from "./redis.ts"

const [shared, mine] = await Promise.all([redisForTests(), startRedis()])
afterAll(async () => {
  await shared?.stop()
  await mine?.stop()
})
const bytes = new TextEncoder().encode("kept")

describe.skipIf(!shared)("over a real Redis", () => {
  storeContract("redisStore", async () => {
    const store = redisStore({ url: shared?.url ?? "", prefix: randomUUID() })
    return {
      store,
      advance: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    }
  })

  it("is shared by all who give it the same prefix, rates and leases too", async () => {
    const options = { url: shared?.url ?? "", prefix: randomUUID() }
    await using here = redisStore(options)
    await using there = redisStore(options)
    await using elsewhere = redisStore({ ...options, prefix: randomUUID() })
    await here.set("a", bytes)
    expect(await there.get("a")).toEqual(bytes)
    expect(await elsewhere.get("a")).toBeNull()
    const rate = { limit: 1, period: "1h" } as const
    expect((await here.take("a", rate)).allowed).toBe(true)
    expect((await there.take("a", rate)).allowed).toBe(false)
    expect(await here.lease("cron", { ttl: "10s" })).not.toBeNull()
    expect(await there.lease("cron", { ttl: "10s" })).toBeNull()
  })

  it("lets one of two nodes win who change the same", async () => {
    const options = { url: shared?.url ?? "", prefix: randomUUID() }
    await using here = redisStore(options)
    await using there = redisStore(options)
    const tries = [here, there].flatMap((store) =>
      Array.from({ length: 20 }, () => store.compareAndSet("a", null, bytes)),
    )
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1)
  })

  it("refuses every call once it is disposed", async () => {
    const store = redisStore({ url: shared?.url ?? "" })
    await store[Symbol.asyncDispose]()
    await expect(store.get("a")).rejects.toMatchObject({ code: "ERR_STORE_CLOSED" })
  })
})

describe.skipIf(!mine)("redisStore", () => {
  const unavailable = { code: "ERR_STORE_UNAVAILABLE", status: 503 }

  it("says soon that a Redis is gone, and serves again when it is back", async () => {
    await using store = redisStore({ url: mine?.url ?? "", timeout: "300ms" })
    await store.set("a", bytes)
    await mine?.kill()
    await expect(store.get("a")).rejects.toMatchObject(unavailable)
    await expect(store.take("a", { limit: 1, period: "1s" })).rejects.toMatchObject(unavailable)
    await mine?.start()
    await expect.poll(() => store.get("a")).toBeNull()
  })

  it("does not wait for a Redis that is frozen, nor for more than its queue holds", async () => {
    await using store = redisStore({ url: mine?.url ?? "", timeout: "300ms", maxQueue: 5 })
    await store.get("a")
    mine?.pause()
    try {
      const asked = await Promise.allSettled(Array.from({ length: 20 }, () => store.get("a")))
      for (const answer of asked) expect(answer).toMatchObject({ reason: unavailable })
    } finally {
      mine?.resume()
    }
    await expect.poll(() => store.get("a")).toBeNull()
  })

  it("refuses a bound that is none", () => {
    expect(() => redisStore({ url: "redis://localhost", maxQueue: Number.NaN })).toThrow("maxQueue")
  })
})
