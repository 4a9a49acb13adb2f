import { spawn } from "node:child_process"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { openRepo, type Repo } from "@bennu/repo"
import { postgres } from "@bennu/repo/postgres"
import { createDatabase } from "bennu-testkit"
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import {
  createIndex,
  type MigrationsAwaited,
  migrate,
  migration,
  migrationsAwaited,
  seed,
} from "./index.ts"

const program = fileURLToPath(new URL("testing/migrate-program.ts", import.meta.url))

describe("processes that migrate at once", { timeout: 60_000 }, () => {
  let url = ""
  let drop = async () => {}
  beforeAll(async () => {
    const database = await createDatabase()
    url = database.url
    drop = () => database.drop()
  })
  afterAll(() => drop())

  const open = () => openRepo({ driver: postgres({ url, poolSize: 2 }) }).start(AbortSignal.any([]))
  beforeEach(async () => {
    await using repo = await open()
    await repo.sql.query("drop table if exists bennu_migrations, bennu_seeds, runs")
    await repo.sql.query("create table runs (step int, pid int)")
  })
  const runs = async () => {
    await using repo = await open()
    const { rows } = await repo.sql.query("select step from runs order by step")
    return rows.map(({ step }) => step)
  }
  function start(...more: string[]) {
    const args = ["--conditions=@bennu/source", program, url, ...more]
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] })
    return { child, lines: createInterface(child.stdout)[Symbol.asyncIterator]() }
  }

  it("run each migration once between them", async () => {
    const said = await Promise.all(Array.from({ length: 4 }, () => start().lines.next()))
    expect(said.flatMap(({ value }) => JSON.parse(String(value)))).toHaveLength(5)
    expect(await runs()).toEqual([1, 2, 3, 4, 5])
  })

  it("go on where one of them was killed", async () => {
    const first = start("hang")
    expect((await first.lines.next()).value).toBe("hanging")
    const second = start()
    first.child.kill("SIGKILL")
    // the server ends the sleep of a client that is gone only when it wakes up
    await using repo = await open()
    await repo.sql.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(60)'",
    )
    const { value } = await second.lines.next()
    expect(JSON.parse(String(value))).toEqual(["3_step", "4_step", "5_step"])
    expect(await runs()).toEqual([1, 2, 3, 4, 5])
  })

  it("tell whom they wait for, while they do", async () => {
    await using one = await open()
    await using other = await open()
    const [inside, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
    const slow = migration("1_slow", {
      async up() {
        inside.resolve()
        await go.promise
      },
    })
    const first = migrate(one.sql, [slow])
    await inside.promise
    const heard = Promise.withResolvers<MigrationsAwaited>()
    using _ = migrationsAwaited.subscribe((waiting) => heard.resolve(waiting))
    const second = migrate(other.sql, [slow])
    expect(await heard.promise).toEqual({
      holder: expect.stringMatching(/^backend \d+ \(postgres\.js/),
      waited: expect.any(Number),
    })
    go.resolve()
    await first
    expect(await second).toEqual([])
  })

  it("say who holds the lock when they give up", async () => {
    await using one = await open()
    await using other = await open()
    const inside = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const slow = migration("1_slow", {
      async up() {
        inside.resolve()
        await go.promise
      },
    })
    const first = migrate(one.sql, [slow])
    await inside.promise
    await expect(migrate(other.sql, [slow], { wait: 0 })).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_LOCKED",
      message: expect.stringMatching(/^backend \d+ \(postgres\.js.*holds the migrations' lock/),
    })
    go.resolve()
    await first
    expect(await migrate(other.sql, [slow])).toEqual([])
  })

  it("do not keep a concurrent index of the one from being built", async () => {
    const index = migration("1_index", {
      up: "create index concurrently if not exists runs_step on runs (step)",
      transaction: false,
    })
    await using one = await open()
    await using other = await open()
    const both = await Promise.all([migrate(one.sql, [index]), migrate(other.sql, [index])])
    expect(both.flat()).toEqual([index.id])
  })

  it("give up a statement that would keep all others waiting for its table", async () => {
    await using repo = await open()
    await using other = await open()
    const holding = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const reader = other.sql.transaction(async (sql) => {
      await sql.query("select * from runs")
      holding.resolve()
      await go.promise
    })
    await holding.promise
    const alter = migration("1_alter", { up: "alter table runs add more int" })
    const impatient = { lockTimeout: 50, lockRetries: 0 }
    await expect(migrate(repo.sql, [alter], impatient)).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_FAILED",
      hint: expect.stringContaining("lockTimeout"),
    })
    go.resolve()
    await reader
    expect(await migrate(repo.sql, [alter])).toEqual([alter.id])
  })

  it("try again until the table is free, and do not queue up behind an old transaction", async () => {
    await using repo = await open()
    await using other = await open()
    const holding = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const reader = other.sql.transaction(async (sql) => {
      await sql.query("select * from runs")
      await sql.query("select pg_sleep(1.1)")
      holding.resolve()
      await go.promise
    })
    await holding.promise
    const alter = migration("1_alter", { up: "alter table runs add more int" })
    const altered = migrate(repo.sql, [alter], { lockTimeout: 5_000 })
    // would wait behind an `alter table` that waits
    await other.sql.query("set statement_timeout = 1000")
    for (let read = 0; read < 20; read++) await other.sql.query("select * from runs")
    go.resolve()
    await reader
    expect(await altered).toEqual([alter.id])
  })

  it("take an index that was built after its process was killed for what it is", async () => {
    await using repo = await open()
    const index = migration("1_index", {
      transaction: false,
      up: createIndex("runs_step", { on: "runs", columns: ["step"] }),
    })
    const broken = migration(index.id, { up: "select 1/0", transaction: false })
    await expect(migrate(repo.sql, [broken])).rejects.toThrow("division")
    await repo.sql.query(createIndex("runs_step", { on: "runs", columns: ["step"] }))
    expect(await migrate(repo.sql, [index])).toEqual([index.id])
  })

  it("seed once between them", async () => {
    const repos = await Promise.all(Array.from({ length: 4 }, open))
    const rows = {
      name: "runs",
      run: (repo: Repo) => repo.sql.query("insert into runs values (1)"),
    }
    const ran = await Promise.all(repos.map((repo) => seed(repo, [rows])))
    expect(ran.flat()).toEqual(["runs"])
    expect(await runs()).toEqual([1])
    await Promise.all(repos.map((repo) => repo[Symbol.asyncDispose]()))
  })
})
