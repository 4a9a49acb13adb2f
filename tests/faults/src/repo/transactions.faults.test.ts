import type { Repo, TransactionOptions } from "@bennu/repo"
import { faultRun, seeded } from "@bennu/testing/chaos"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { anomaliesOf, type Committed } from "./list-append.ts"
import { kept, program, run } from "./programs.ts"
import { clients, open, ownServer, PATIENTLY, planted } from "./servers.ts"

const faults = faultRun()
const server = ownServer()

describe.each(clients)("transactions side by side (%s)", (name, client) => {
  let repo: Repo & AsyncDisposable
  beforeAll(async () => {
    const driver = client({ url: server.url, poolSize: 8, queueTimeout: "5m", queueTarget: "5m" })
    repo = await open(driver)
  })
  afterAll(() => repo[Symbol.asyncDispose]())
  beforeEach(async () => {
    await repo.sql.query("drop table if exists lists, accounts, kept")
    await repo.sql.query("create table lists (key int primary key, list int[] not null)")
    await repo.sql.query("insert into lists select n, '{}' from generate_series(1, 6) n")
    await repo.sql.query("create table accounts (id int primary key, balance int not null)")
    await repo.sql.query("insert into accounts select n, 100 from generate_series(1, 8) n")
    await repo.sql.query("create table kept (n bigint)")
  })

  /** Reads and appends to lists by reading, changing and writing them, as an app would. */
  async function append(count: number, options: TransactionOptions) {
    const random = seeded(faults.seed)
    const history: Committed[] = []
    let value = 0
    let failed = 0
    const one = async () => {
      const steps = Array.from({ length: 2 + Math.floor(random() * 3) }, () => ({
        key: 1 + Math.floor(random() * 6),
        appends: random() < 0.5,
      }))
      const done = await repo
        .transaction(async ({ sql }) => {
          const reads: { key: number; list: number[] }[] = []
          const appends: { key: number; value: number }[] = []
          for (const step of steps) {
            const { key } = step
            const { rows } = await sql.query("select list from lists where key = $1", [key])
            const list = rows[0]?.["list"] as number[]
            const own = new Set(appends.map((each) => each.value))
            reads.push({ key, list: list.filter((each) => !own.has(each)) })
            if (!step.appends) continue
            value += 1
            appends.push({ key, value })
            await sql.query("update lists set list = $2 where key = $1", [key, [...list, value]])
          }
          return { reads, appends }
        }, options)
        .catch(() => {
          failed += 1
        })
      if (done) history.push(done)
    }
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        while (history.length + failed < count) await one()
      }),
    )
    const { rows } = await repo.sql.query("select key, list from lists")
    const final = new Map(rows.map((row) => [Number(row["key"]), row["list"] as number[]]))
    return { committed: history.length, failed, found: anomaliesOf(history, final) }
  }

  it("are as if one came after the other, where they are serializable", PATIENTLY, async () => {
    const count = faults.quick ? 300 : 1_000
    const options = { isolation: "serializable", retries: 1_000 } as const
    const { committed, failed, found } = await append(count, options)
    faults.report({
      fault: `transactions that read and append to lists, serializable (${name})`,
      sent: committed,
      atLeast: count,
      found: { ...found, failed },
    })
  })

  it("are seen not to be where they are not (planted)", PATIENTLY, async () => {
    const { found } = await append(300, { isolation: "read committed" })
    expect(found["lost appends"] + found.cycles).toBeGreaterThan(0)
  })

  it("leave as much money as there was, and show no other sum", PATIENTLY, async () => {
    const count = faults.quick ? 300 : 1_000
    const random = seeded(faults.seed)
    const options = { isolation: "serializable", retries: 1_000 } as const
    const found = { "wrong sums": 0, overdrawn: 0 }
    let transfers = 0
    await Promise.all(
      Array.from({ length: 12 }, async () => {
        while (transfers++ < count) {
          const [from, to] = [1 + Math.floor(random() * 8), 1 + Math.floor(random() * 8)]
          await repo.transaction(async ({ sql }) => {
            const { rows } = await sql.query("select id, balance from accounts")
            const balances = new Map(rows.map((row) => [row["id"], Number(row["balance"])]))
            if ([...balances.values()].reduce((sum, each) => sum + each, 0) !== 800)
              found["wrong sums"] += 1
            if ((balances.get(from) ?? 0) < 10 || from === to) return
            const set = "update accounts set balance = $2 where id = $1"
            await sql.query(set, [from, (balances.get(from) ?? 0) - 10])
            await sql.query(set, [to, (balances.get(to) ?? 0) + 10])
          }, options)
        }
      }),
    )
    const { rows } = await repo.sql.query(
      "select sum(balance)::int as sum, min(balance) as least from accounts",
    )
    if (rows[0]?.["sum"] !== 800) found["wrong sums"] += 1
    if (Number(rows[0]?.["least"]) < 0) found.overdrawn += 1
    faults.report({
      fault: `transfers between accounts, serializable (${name})`,
      sent: transfers,
      atLeast: count,
      found,
    })
  })

  /** How many of so many random programs leave something else than the model says. */
  async function mismatches(of: Repo, count: number) {
    const random = seeded(faults.seed)
    let mismatch = 0
    for (let at = 0; at < count; at++) {
      const drawn = program(random, 3)
      await repo.sql.query("truncate kept")
      await run(of, drawn)
      const { rows } = await repo.sql.query("select n::int as n from kept order by n")
      const model = kept(drawn).toSorted((a, b) => a - b)
      if (JSON.stringify(rows.map(({ n }) => n)) !== JSON.stringify(model)) mismatch += 1
    }
    return mismatch
  }

  it("keep what the model keeps, nested in whatever way", PATIENTLY, async () => {
    const count = faults.quick ? 200 : 1_000
    faults.report({
      fault: `random programs of nested transactions that throw, refuse and swallow (${name})`,
      sent: count,
      atLeast: count,
      found: { mismatch: await mismatches(repo, count) },
    })
  })

  it("are seen to keep more where savepoints are not taken back (planted)", PATIENTLY, async () => {
    const real = client({ url: server.url, poolSize: 2 })
    const driver = planted(real, (connection) => ({
      get closed() {
        return connection.closed
      },
      close: () => connection.close(),
      query: ({ text, ...statement }, stop) =>
        connection.query(
          { ...statement, text: text.replace(/^rollback to savepoint.*/, "select 1") },
          stop,
        ),
    }))
    await using forgetful = await open(driver)
    expect(await mismatches(forgetful, 200)).toBeGreaterThan(0)
  })
})
