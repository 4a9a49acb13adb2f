import { openRepo, type Repo } from "@bennu/repo"
import { pglite } from "@bennu/repo/pglite"
import { schema } from "@bennu/schema"
import { factory } from "@bennu/schema/factory"
import { like } from "drizzle-orm"
import { type AnyPgColumn, integer, pgTable, text, unique } from "drizzle-orm/pg-core"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { seed, seedRows, seedStopped, seedVolume } from "./index.ts"

const plans = pgTable("plans", {
  slug: text().primaryKey(),
  price: integer().notNull(),
  note: text(),
})
const users = pgTable(
  "users",
  {
    id: integer().primaryKey().generatedAlwaysAsIdentity(),
    name: text().notNull(),
    house: text(),
    plan: text().references(() => plans.slug),
  },
  (table) => [unique().on(table.name, table.house)],
)
const Plan = schema(plans)
const User = schema(users)

describe("seedRows", { timeout: 30_000 }, () => {
  let repo: Repo & AsyncDisposable
  beforeAll(async () => {
    repo = await openRepo({ driver: pglite({ dir: "memory://" }) }).start(AbortSignal.any([]))
  }, 60_000)
  afterAll(() => repo[Symbol.asyncDispose]())
  beforeEach(async () => {
    for (const table of ["users", "plans", "bennu_seeds"])
      await repo.sql.query(`drop table if exists ${table}`)
    await repo.sql.query(
      "create table plans (slug text primary key, price int not null, note text)",
    )
    await repo.sql.query(
      "create table users (id int primary key generated always as identity, name text, house text, plan text references plans, unique (name, house))",
    )
  })
  const free = { slug: "free", price: 0 }
  const rows = (...plans: (typeof free)[]) => seedRows(Plan, plans, { key: ["slug"] })
  async function told(...seeds: Parameters<typeof seed>[1]) {
    const heard: string[] = []
    using _ = seedStopped.subscribe(({ name, changed }) =>
      heard.push(`${name}: ${changed} changed`),
    )
    await seed(repo, seeds, { environment: "demo" })
    return heard
  }

  it("changes what is new or differs, and nothing the second time", async () => {
    expect(await told(rows(free, { slug: "pro", price: 9 }))).toEqual(["plans: 2 changed"])
    expect(await told(rows(free, { slug: "pro", price: 9 }))).toEqual(["plans: 0 changed"])
    expect(await told(rows(free, { slug: "pro", price: 10 }))).toEqual(["plans: 1 changed"])
    expect(await told(rows(free))).toEqual(["plans: 0 changed"])
    expect(await repo.count(Plan)).toBe(2)
    expect(await seed(repo, [rows(free)])).toEqual([])
  })

  it("knows rows by several columns, and leaves the others that are there alone", async () => {
    const people = seedRows(User, [{ name: "Ada", house: "a", plan: null }], {
      key: ["name", "house"],
    })
    await seed(repo, [people])
    await repo.sql.query("update plans set note = 'mine'")
    expect(await told(people)).toEqual(["users: 0 changed"])
  })

  it("runs after the rows that its own refer to", async () => {
    const people = seedRows(User, [{ name: "Ada", house: "a", plan: "free" }], {
      key: ["name", "house"],
    })
    expect(await told(people, rows(free))).toEqual(["plans: 1 changed", "users: 1 changed"])
  })

  it("says which tables refer to each other", async () => {
    const a = pgTable("a", {
      id: integer().primaryKey(),
      b: integer().references((): AnyPgColumn => b.id),
    })
    const b = pgTable("b", { id: integer().primaryKey(), a: integer().references(() => a.id) })
    const seeds = [schema(a), schema(b)].map((each) => seedRows(each, [], { key: ["id"] }))
    await expect(seed(repo, seeds)).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_SEED",
      seed: "a",
    })
  })
})

describe("seedVolume", { timeout: 30_000 }, () => {
  let repo: Repo & AsyncDisposable
  beforeAll(async () => {
    repo = await openRepo({ driver: pglite({ dir: "memory://" }) }).start(AbortSignal.any([]))
  }, 60_000)
  afterAll(() => repo[Symbol.asyncDispose]())
  beforeEach(async () => {
    await repo.sql.query("drop table if exists plans, bennu_seeds")
    await repo.sql.query(
      "create table plans (slug text primary key, price int not null, note text)",
    )
  })

  it("makes the same rows from the same number, once, where it belongs", async () => {
    const plan = factory(Plan, (n) => ({ slug: `plan-${n}`, price: 1 }))
    const many = (name: string, randomSeed?: number) =>
      seedVolume(
        Plan,
        (n, random) => plan.build({ slug: `${name}-${n}`, price: Math.floor(random() * 1e6) }),
        {
          name,
          count: 2_500,
          environments: ["performance"],
          randomSeed,
        },
      )
    const heard: unknown[] = []
    using _ = seedStopped.subscribe(({ changed, randomSeed }) => heard.push([changed, randomSeed]))
    const run = (...seeds: ReturnType<typeof many>[]) =>
      seed(repo, seeds, { environment: "performance" })
    expect(await run(many("a", 7), many("b", 7), many("c", 8))).toEqual(["a", "b", "c"])
    expect(await run(many("a", 7))).toEqual([])
    expect(await seed(repo, [many("d")], { environment: "production" })).toEqual([])
    expect(heard).toEqual([
      [2_500, 7],
      [2_500, 7],
      [2_500, 8],
    ])
    const { rows } = await repo.sql.query(
      "select left(slug, 1) as of, sum(price)::int from plans group by 1 order by 1",
    )
    expect(rows[0]?.["sum"]).toBe(rows[1]?.["sum"])
    expect(rows[0]?.["sum"]).not.toBe(rows[2]?.["sum"])
  })

  it("makes as many rows as is asked, from the number that is asked", async () => {
    const made = (name: string) =>
      seedVolume(
        Plan,
        (n, random) => ({ slug: `${name}${n}`, price: Math.floor(random() * 1e6) }),
        {
          name,
          count: 9_000,
          environments: ["performance"],
        },
      )
    const prices = async (name: string) => {
      const rows = await repo.all(Plan, {
        where: like(plans.slug, `${name}%`),
        orderBy: plans.slug,
      })
      return rows.map(({ price }) => price)
    }
    const options = { environment: "performance", rows: 20, randomSeed: 3 }
    await seed(repo, [made("a"), made("b")], options)
    expect(await prices("a")).toHaveLength(20)
    expect(await prices("b")).toEqual(await prices("a"))
    expect(await seed(repo, [made("c")], { ...options, rows: -1 }).catch(String)).toContain("rows")
  })

  it("names its number where it fails", async () => {
    const twice = seedVolume(Plan, (n) => ({ slug: "same", price: n }), {
      name: "x",
      count: 2,
      environments: ["test"],
      randomSeed: 42,
    })
    await expect(seed(repo, [twice], { environment: "test" })).rejects.toThrow("randomSeed 42")
    expect(() =>
      seedVolume(Plan, (n) => ({ slug: `${n}`, price: n }), {
        name: "x",
        count: Number.NaN,
        environments: [],
      }),
    ).toThrow("count")
  })
})
