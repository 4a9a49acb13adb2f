import type { CompareAndSet, KeyValue } from "@bennu/store"
import { postgresStore } from "@bennu/store/postgres"
import { redisStore } from "@bennu/store/redis"
import { createDatabase, startRedis } from "bennu-testkit"
import postgres from "postgres"
import { afterAll, describe, expect, it } from "vitest"
import { secret, startPubSub } from "../../fixtures/app.ts"
import { family } from "../../fixtures/family.ts"
import { FamilyTab } from "../../fixtures/family-tab.ts"
import { moodyStore } from "../../fixtures/wandering/store.ts"
import { get } from "../../fixtures/wire.ts"
import { liveSocket, type StashKeeping } from "../index.ts"

type Store = KeyValue & CompareAndSet

const pubsub = await startPubSub()
const redis = await startRedis()
const database = await createDatabase()
const pool = postgres(database.url, { max: 4, onnotice: () => {} })
const query = async (text: string, params: readonly unknown[] = []) => {
  // proof: what the store binds is text, numbers and null
  const rows = await pool.unsafe(text, [...params] as (string | number | null)[])
  return { rows, count: rows.count }
}
const stores: readonly (readonly [string, Store | undefined])[] = [
  ["Redis", redis && redisStore({ url: redis.url })],
  ["PostgreSQL", postgresStore({ sql: { query } })],
]
const stop: (() => unknown)[] = []
afterAll(async () => {
  for (const each of stop) await each()
  await pool.end()
  await database.drop()
  await redis?.stop()
})

function serve(store: StashKeeping) {
  const park = { anonymous: "1h" } as const
  const handler = liveSocket({ router: family, pubsub, secret, stash: { store }, park })
  stop.push(() => handler.stop?.())
  return handler
}
async function open(server: ReturnType<typeof serve>) {
  const tab = await FamilyTab.open(await get(family, "/around"), "/around", server)
  stop.push(() => tab.wire.close())
  return tab
}

describe.each(stores)("a view in a view whose stash is in %s", (_, real) => {
  it.skipIf(!real)("comes back with its page, and begins anew when it was closed", async () => {
    const { store } = moodyStore(real)
    const tab = await open(serve(store))
    expect(await tab.set(5)).toBe("[5]")
    expect(await tab.connect(serve(store))).toBe("[5]")
    expect(await tab.toggle()).toBeNull()
    expect(await tab.toggle()).toBe("[0]")
    expect(await tab.set(1)).toBe("[1]")
    expect(await tab.connect(serve(store))).toBe("[1]")
  })

  it.skipIf(!real)("is not shown what it had when it was closed while that failed", async () => {
    const { store, state } = moodyStore(real)
    const tab = await open(serve(store))
    expect(await tab.set(5)).toBe("[5]")
    state.mood = "down"
    await tab.toggle()
    expect(await tab.toggle()).toBe("[0]")
    expect(await tab.set(1)).toBe("[1]")
    state.mood = "well"
    expect(["[0]", "[1]"]).toContain(await tab.connect(serve(store)))
  })

  it.skipIf(!real)(
    "is not shown anything older than it was told of while that failed",
    async () => {
      const { store, state } = moodyStore(real)
      const tab = await open(serve(store))
      expect(await tab.set(5)).toBe("[5]")
      state.mood = "down"
      for (const n of [6, 7]) expect(await tab.set(n)).toBe(`[${n}]`)
      state.mood = "well"
      expect(["[0]", "[7]"]).toContain(await tab.connect(serve(store)))
    },
  )
})
