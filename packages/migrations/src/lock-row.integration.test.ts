import { openRepo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { createDatabase, startPgBouncer } from "bennu-testkit"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import { createIndex, migrate, migration, rollback } from "./index.ts"

const bouncer = await startPgBouncer()
afterAll(() => bouncer?.stop())
const why = bouncer === undefined ? " (not tested: pgbouncer is not installed)" : ""

describe.each([
  { where: "behind a pooler of transactions", port: undefined, missing: false },
  {
    where: `behind PgBouncer${why}`,
    port: bouncer && new URL(bouncer.url).port,
    missing: !bouncer,
  },
])("migrations $where", ({ port, missing }) => {
  if (missing) return it.skip("are run", () => {})
  let database: Awaited<ReturnType<typeof createDatabase>>
  beforeAll(async () => {
    database = await createDatabase()
  })
  afterAll(() => database.drop())
  const urlOf = (direct: string) => {
    const url = new URL(direct)
    if (port !== undefined) url.port = port
    return url.href
  }
  const open = (poolSize = 3) =>
    openRepo({
      driver: postgres({
        url: urlOf(database.url),
        pooler: "transaction",
        poolSize,
        queryTimeout: "5s",
      }),
    }).start(AbortSignal.any([]))
  beforeEach(async () => {
    await using repo = await open()
    await repo.sql.query("drop schema public cascade")
    await repo.sql.query("create schema public")
  })
  const lock = "row"
  const migrations = [
    migration("1_words", { up: "create table words (word text)", down: "drop table words" }),
    migration("2_index", {
      transaction: false,
      up: [createIndex("words_index", { on: "words", columns: ["word"] })],
    }),
    migration("3_first", { up: "insert into words values ('first')", down: "delete from words" }),
  ]

  it("have no session for the usual lock, and say so", async () => {
    await using repo = await open()
    await expect(migrate(repo.sql, migrations)).rejects.toMatchObject({ code: "ERR_REPO_USAGE" })
  })

  it("run once, whoever comes at the same time, on one connection too, and back", async () => {
    const repos = await Promise.all([open(), open(), open(1)])
    const applied = await Promise.all(repos.map(({ sql }) => migrate(sql, migrations, { lock })))
    expect(applied.flat().toSorted()).toEqual(["1_words", "2_index", "3_first"])
    const [repo] = repos
    const { rows } = (await repo?.sql.query("select word from words")) ?? {}
    expect(rows).toEqual([{ word: "first" }])
    if (repo) expect(await rollback(repo.sql, migrations, { lock })).toEqual(["3_first"])
    const left = await repo?.sql.query("select from bennu_migration_lock")
    expect(left?.count).toBe(0)
    await Promise.all(repos.map((each) => each[Symbol.asyncDispose]()))
  })

  it("wait for who has the lock, and name it; who is gone for half a minute has it no more", async () => {
    await using repo = await open()
    await migrate(repo.sql, [], { lock })
    await repo.sql.query(
      "insert into bennu_migration_lock (holder, expires_at) values ('somebody', now() + interval '1 minute')",
    )
    await expect(migrate(repo.sql, migrations, { lock, wait: 200 })).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_LOCKED",
      message: expect.stringContaining("somebody"),
    })
    await repo.sql.query("update bennu_migration_lock set expires_at = now() - interval '1 second'")
    expect(await migrate(repo.sql, migrations, { lock })).toHaveLength(3)
  })

  it("keep nothing of one whose lock was taken over before it began, and of no later one", async () => {
    await using repo = await open()
    const robbed = migration("2_robbed", {
      transaction: false,
      up: async () => {
        await repo.sql.query("update bennu_migration_lock set holder = 'a thief'")
      },
    })
    const [words, , first] = migrations
    if (words === undefined || first === undefined) throw new Error("they are there")
    await expect(migrate(repo.sql, [words, robbed, first], { lock })).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_LOCK_LOST",
    })
    const { rows } = await repo.sql.query("select word from words")
    expect(rows).toEqual([])
  })

  it("are not taken over in the middle of a transaction, even when their time is over", async () => {
    await using repo = await open()
    await using other = await open()
    const slow = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<void>()
    const slowly = migration("1_slowly", {
      up: async (sql) => {
        await sql.query("create table runs (n int)")
        begun.resolve()
        await slow.promise
      },
    })
    const first = migrate(repo.sql, [slowly], { lock })
    await begun.promise
    await other.sql.query(
      "update bennu_migration_lock set expires_at = now() - interval '1 second'",
    )
    const second = migrate(other.sql, [slowly], { lock })
    expect(
      await Promise.race([second, new Promise((done) => setTimeout(done, 300, "waits"))]),
    ).toBe("waits")
    slow.resolve()
    expect([await first, await second]).toEqual([["1_slowly"], []])
  })
})
