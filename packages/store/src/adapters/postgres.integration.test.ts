import { randomUUID } from "node:crypto"
import { createDatabase } from "bennu-testkit"
import postgres from "postgres"
import { afterAll, describe, expect, it } from "vitest"
import { storeContract } from "../testing.ts"
import { postgresStore, type StoreSql } from "./postgres.ts"

const database = await createDatabase()
const pool = postgres(database.url, { max: 4, onnotice: () => {} })
afterAll(async () => {
  await pool.end()
  await database.drop()
})
const sql: StoreSql = {
  async query(text, params = []) {
    // proof: what we bind is text, numbers and null
    const rows = await pool.unsafe(text, [...params] as (string | number | null)[])
    return { rows, count: rows.count }
  },
}
const fresh = () => `s_${randomUUID().replaceAll("-", "_")}`

storeContract("postgresStore", async () => {
  const store = postgresStore({ sql, table: fresh() })
  return {
    store,
    advance: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
})

describe("postgresStore", () => {
  it("is shared by all who name the same table, also when they make it at once", async () => {
    const table = fresh()
    const [here, there] = [postgresStore({ sql, table }), postgresStore({ sql, table })]
    const tries = [here, there].flatMap((store) =>
      Array.from({ length: 10 }, () => store.take("a", { limit: 3, period: "1h" })),
    )
    expect((await Promise.all(tries)).filter(({ allowed }) => allowed)).toHaveLength(3)
    await here.set("a", new Uint8Array([0, 255]))
    expect(await there.get("a")).toEqual(new Uint8Array([0, 255]))
    expect(await here.lease("cron", { ttl: "10s" })).not.toBeNull()
    expect(await there.lease("cron", { ttl: "10s" })).toBeNull()
  })

  it("deletes what has expired, and keeps the count of leases", async () => {
    const table = fresh()
    let now = Date.now()
    const store = postgresStore({ sql, table, sweep: "1m", now: () => now })
    const rows = async () => (await sql.query(`select kind from ${table} order by kind`)).rows
    await store.set("a", new Uint8Array([1]), { ttl: 1 })
    await store.set("b", new Uint8Array([1]))
    await store.take("a", { limit: 1000, period: "1s" })
    await (await store.lease("cron", { ttl: "10s" }))?.release()
    await new Promise((resolve) => setTimeout(resolve, 20))
    now += 61_000
    await store.get("b")
    expect((await rows()).map(({ kind }) => kind)).toEqual(["lease", "value"])
    expect((await store.lease("cron", { ttl: "10s" }))?.token).toBe(2)
  })

  it("refuses every call once it is disposed, and a table's name that is none", async () => {
    const store = postgresStore({ sql, table: fresh() })
    await store[Symbol.asyncDispose]()
    await expect(store.get("a")).rejects.toMatchObject({ code: "ERR_STORE_CLOSED" })
    for (const table of ["", "a; drop table b", 'a"b', "1a", "a.b.c"]) {
      expect(() => postgresStore({ sql, table })).toThrow(TypeError)
    }
  })
})
