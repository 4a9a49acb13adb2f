import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { createDatabase, startProgram } from "bennu-testkit"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { postgres } from "./drivers/postgres.ts"
import { openRepo, type Repo } from "./index.ts"
import { outbox } from "./outbox.ts"
import { OUTBOX_TABLE, outboxContract } from "./testing/outbox-contract.ts"

const database = await createDatabase()
const other = await createDatabase()
afterAll(async () => {
  await database.drop()
  await other.drop()
})
const open = (url: string) => openRepo({ driver: postgres({ url }) }).start(AbortSignal.any([]))

outboxContract("PostgreSQL", () => open(other.url))

describe("an outbox of a process that is killed with -9", () => {
  const program = fileURLToPath(new URL("testing/programs/order.ts", import.meta.url))
  let repo: Repo & AsyncDisposable
  beforeAll(async () => {
    repo = await open(database.url)
    await repo.sql.query(OUTBOX_TABLE)
    await repo.sql.query("create table orders (number integer primary key)")
    await repo.sql.query("create table delivered (id text, message jsonb)")
  })
  afterAll(() => repo[Symbol.asyncDispose]())
  beforeEach(async () => {
    await repo.sql.query("truncate outbox, orders, delivered")
  })

  /** Orders, dies, and lets this process deliver what is left; gives the orders, and what was delivered of them. */
  async function orderAndDie(where: string) {
    const args = ["--conditions=@bennu/source", program, database.url, "7", where]
    await using ordering = await startProgram(process.execPath, { args })
    expect(await ordering.exited).toEqual({ code: null, signal: "SIGKILL" })
    const box = outbox(repo.sql)
    const waits = async () => (await repo.sql.query("select 1 from outbox")).count > 0
    // what was being delivered is taken again once its time is over
    while (await waits()) {
      await box.drain(({ id, message }) =>
        repo.sql.query("insert into delivered values ($1, $2::text::jsonb)", [
          id,
          JSON.stringify(message),
        ]),
      )
      await setTimeout(50)
    }
    const orders = await repo.sql.query("select number from orders")
    const delivered = await repo.sql.query("select id, message->>'number' as number from delivered")
    return {
      orders: orders.rows.map((row) => row["number"]),
      delivered: delivered.rows.map((row) => Number(row["number"])),
      ids: new Set(delivered.rows.map((row) => row["id"])).size,
    }
  }

  it("says nothing of an order that was not committed", async () => {
    expect(await orderAndDie("before the commit")).toEqual({ orders: [], delivered: [], ids: 0 })
  })

  it("tells of an order that was committed a moment before", async () => {
    const told = { orders: [7], delivered: [7], ids: 1 }
    expect(await orderAndDie("after the commit")).toEqual(told)
    await repo.sql.query("truncate orders, delivered")
    expect(await orderAndDie("before the delivery")).toEqual(told)
  })

  it("tells again, under the same id, what was delivered and not yet forgotten", async () => {
    expect(await orderAndDie("after the delivery")).toEqual({
      orders: [7],
      delivered: [7, 7],
      ids: 1,
    })
  })

  it("would lose what is said after the commit, which these tests would find", async () => {
    expect(await orderAndDie("planted")).toEqual({ orders: [7], delivered: [], ids: 0 })
  })
})
