import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { hostname, tmpdir } from "node:os"
import { join } from "node:path"
import { err } from "@bennu/core"
import { type Driver, openRepo, type Repo } from "@bennu/repo"
import { pgTable, text } from "drizzle-orm/pg-core"
// biome-ignore lint/correctness/noUndeclaredDependencies: only this package's tests import this file
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import {
  addConstraint,
  checkMigrations,
  createIndex,
  dropConstraint,
  dropIndex,
  migrate,
  migration,
  migrationStopped,
  migrationsIn,
  renameConstraint,
  renameIndex,
  rollback,
  seed,
  sqlMigration,
  status,
  validateConstraint,
} from "../index.ts"

const names = pgTable("tags", { name: text().primaryKey() })
const tags = sqlMigration(
  "20261122000000_create_tags",
  "-- up\ncreate table tags (name text primary key);\n-- down\ndrop table tags;",
)
const colors = sqlMigration(
  "20261122000001_add_colors",
  "-- up\nalter table tags add color text;\n-- down\nalter table tags drop color;",
)

/** What migrating does on every driver. */
export function migrationsContract(name: string, driver: () => Promise<Driver>): void {
  describe(`migrations on ${name}`, { timeout: 30_000 }, () => {
    let repo: Repo & AsyncDisposable
    beforeAll(async () => {
      repo = await openRepo({ driver: await driver() }).start(new AbortController().signal)
    }, 60_000)
    afterAll(() => repo[Symbol.asyncDispose]())
    beforeEach(() =>
      repo.sql.session(async (sql) => {
        await sql.query("set client_min_messages = error")
        await sql.query("drop schema public cascade")
        await sql.query("create schema public")
      }),
    )
    const states = async (...all: Parameters<typeof status>[1]) =>
      (await status(repo.sql, all)).map(({ id, state }) => [id, state])
    const exists = async (table: string) =>
      (await repo.sql.query("select to_regclass($1) is not null as is", [table])).rows[0]?.["is"]

    it("are applied once, in order, and their status is told", async () => {
      expect(await states(tags, colors)).toEqual([
        [tags.id, "pending"],
        [colors.id, "pending"],
      ])
      expect(await migrate(repo.sql, [colors, tags])).toEqual([tags.id, colors.id])
      expect(await migrate(repo.sql, [colors, tags])).toEqual([])
      const [first] = await status(repo.sql, [tags, colors])
      expect(first).toMatchObject({ id: tags.id, state: "applied", appliedAt: expect.any(Date) })
      expect(await states(tags)).toContainEqual([colors.id, "missing"])
    })

    it("are remembered with who applied them, how long that took and which version of the app it was", async () => {
      const slow = migration("20261122000001_slow", { up: "select pg_sleep(0.05)" })
      await migrate(repo.sql, [tags, slow], { by: "ada", appVersion: "1.2.0" })
      const [, remembered] = await status(repo.sql, [tags, slow])
      expect(remembered).toMatchObject({ by: "ada", appVersion: "1.2.0" })
      expect(remembered?.duration).toBeGreaterThanOrEqual(50)

      const half = (then: string) =>
        migration("20261122000002_half", {
          up: `select pg_sleep(0.05); ${then}`,
          transaction: false,
        })
      const failing = migrate(repo.sql, [tags, slow, half("select 1/0")], { by: "ada" })
      await expect(failing).rejects.toMatchObject({ place: { statement: 2 } })
      await migrate(repo.sql, [tags, slow, half("select 1")], { by: "grace", appVersion: "1.2.1" })
      const [, , resumed] = await status(repo.sql, [tags, slow, half("select 1")])
      expect(resumed).toMatchObject({ by: "grace", appVersion: "1.2.1" })
      expect(resumed?.duration).toBeGreaterThanOrEqual(50)

      const other = migration(slow.id, { up: "select pg_sleep(0.051)" })
      await migrate(repo.sql, [tags, other], { by: "grace", drift: "accept" })
      expect((await status(repo.sql, [tags, other]))[1]).toMatchObject({ by: "ada" })
    })

    it("are known by user and host where nobody says who it is", async () => {
      await migrate(repo.sql, [tags])
      const [first] = await status(repo.sql, [tags])
      expect(first?.by).toMatch(new RegExp(`${hostname().replaceAll(".", "\\.")}$`))
    })

    it("of a ledger that did not yet remember that much go on with it", async () => {
      await migrate(repo.sql, [tags])
      await repo.sql.query(
        "alter table bennu_migrations drop duration_ms, drop applied_by, drop app_version",
      )
      const [before] = await status(repo.sql, [tags])
      expect(before).toMatchObject({ state: "applied", duration: null, by: null, appVersion: null })
      await migrate(repo.sql, [tags, colors], { by: "ada" })
      const both = await status(repo.sql, [tags, colors])
      expect(both).toMatchObject([{ by: null }, { by: "ada", duration: expect.any(Number) }])
    })

    it("that came late are applied all the same", async () => {
      const late = migration("20261121000000_late", { up: "create table late ()" })
      await migrate(repo.sql, [tags])
      expect(await migrate(repo.sql, [late, tags])).toEqual([late.id])
    })

    it("of two branches make the same, whichever is merged first", async () => {
      const ours = migration("20261122000001_ours", { up: "alter table tags add ours text" })
      const theirs = migration("20261122000002_theirs", { up: "alter table tags add theirs text" })
      const columns = async () => {
        const text =
          "select attname from pg_attribute where attrelid = 'tags'::regclass and attnum > 0 order by 1"
        return (await repo.sql.query(text)).rows.map(({ attname }) => attname)
      }
      await migrate(repo.sql, [tags, ours])
      expect(await migrate(repo.sql, [tags, ours, theirs])).toEqual([theirs.id])
      const first = await columns()
      await repo.sql.query("drop table tags, bennu_migrations")
      await migrate(repo.sql, [tags, theirs])
      expect(await migrate(repo.sql, [tags, ours, theirs])).toEqual([ours.id])
      expect(await columns()).toEqual(first)
    })

    it("wait for the end of a deployment where they say so", async () => {
      const drop = sqlMigration("20261122000001_drop", "-- phase: post\n-- up\ndrop table old;")
      const next = migration("20261122000002_next", { up: "create table next ()" })
      const old = migration("20261121000000_old", { up: "create table old ()" })
      const all = [old, drop, next]
      expect(await migrate(repo.sql, all, { phase: "pre" })).toEqual([old.id, next.id])
      expect(await checkMigrations(repo.sql, all)).toEqual([])
      expect(await migrate(repo.sql, all, { phase: "post" })).toEqual([drop.id])
      expect(await migrate(repo.sql, all)).toEqual([])
    })

    it("may be code, with a connection of its own and the repo in the same transaction", async () => {
      const code = migration("20261122000002_fill", {
        async up(sql) {
          await sql.query("insert into tags values ($1)", ["from sql"])
          await repo.drizzle.insert(names).values({ name: "from repo" })
        },
      })
      await migrate(repo.sql, [tags, code])
      expect(await repo.drizzle.$count(names)).toBe(2)
    })

    it("fail as a whole, naming the migration and the place", async () => {
      const source =
        "-- up\ncreate table a ();\ncreate table b (\n  id integer,\n  other nonsense\n);"
      const broken = sqlMigration("20261122000003_broken", source)
      await expect(migrate(repo.sql, [tags, broken])).rejects.toMatchObject({
        code: "ERR_MIGRATIONS_FAILED",
        migration: broken.id,
        direction: "up",
        place: { statement: 2, line: 5, column: 9 },
        message: expect.stringContaining("statement 2 (line 5, column 9)"),
      })
      expect(await exists("a")).toBe(false)
      expect(await states(tags, broken)).toEqual([
        [tags.id, "applied"],
        [broken.id, "pending"],
      ])
    })

    it("of a file that fail are told with its place there", async () => {
      const folder = mkdtempSync(join(tmpdir(), "bennu-migrations-"))
      const file = join(folder, "1_broken.sql")
      try {
        writeFileSync(file, "-- up\ncreate table a ();\nselect\n  nonsense;\n")
        await expect(migrate(repo.sql, await migrationsIn(folder))).rejects.toMatchObject({
          place: { file, statement: 2, line: 4, column: 3 },
          message: expect.stringContaining(`statement 2 (${file}:4:3)`),
        })
      } finally {
        rmSync(folder, { recursive: true })
      }
    })

    it("that were edited after they had been applied stop everything, until that is accepted", async () => {
      await migrate(repo.sql, [tags])
      const edited = migration(tags.id, {
        up: "create table tags (name text primary key, more int)",
      })
      await expect(migrate(repo.sql, [edited, colors])).rejects.toMatchObject({
        code: "ERR_MIGRATIONS_DRIFT",
        migrations: [tags.id],
      })
      expect(await states(edited, colors)).toEqual([
        [tags.id, "edited"],
        [colors.id, "pending"],
      ])
      expect(await migrate(repo.sql, [edited, colors], { drift: "accept" })).toEqual([colors.id])
      expect(await migrate(repo.sql, [edited, colors])).toEqual([])
    })

    it("that were edited are told with their file and line", async () => {
      const folder = mkdtempSync(join(tmpdir(), "bennu-migrations-"))
      const file = join(folder, "20261122000000_create_tags.sql")
      try {
        writeFileSync(file, "-- up\ncreate table tags (name text);\n")
        await migrate(repo.sql, await migrationsIn(folder))
        writeFileSync(file, "-- up\ncreate table tags (name text, more text);\n")
        await expect(migrate(repo.sql, await migrationsIn(folder))).rejects.toThrow(`(${file}:2)`)
        expect(await checkMigrations(repo.sql, await migrationsIn(folder))).toMatchObject([
          { problem: "edited", place: `${file}:2` },
        ])
      } finally {
        rmSync(folder, { recursive: true })
      }
    })

    it("are taken back, newest first, as far as asked", async () => {
      await migrate(repo.sql, [tags, colors])
      expect(await rollback(repo.sql, [tags, colors])).toEqual([colors.id])
      expect(await migrate(repo.sql, [tags, colors])).toEqual([colors.id])
      expect(await rollback(repo.sql, [tags, colors], { to: tags.version })).toEqual([colors.id])
      expect(await rollback(repo.sql, [tags, colors], { steps: 5 })).toEqual([tags.id])
      expect(await exists("tags")).toBe(false)
      expect(await rollback(repo.sql, [tags, colors])).toEqual([])
    })

    it("without a way back stop a rollback before it begins", async () => {
      const oneWay = migration("20261122000005_one_way", { up: "create table one_way ()" })
      await migrate(repo.sql, [tags, oneWay, colors])
      const irreversible = { code: "ERR_MIGRATIONS_IRREVERSIBLE", migration: oneWay.id }
      await expect(rollback(repo.sql, [tags, oneWay], { steps: 2 })).rejects.toMatchObject(
        irreversible,
      )
      await expect(rollback(repo.sql, [tags], { steps: 1 })).rejects.toMatchObject({
        code: "ERR_MIGRATIONS_IRREVERSIBLE",
        message: expect.stringContaining("its file is not there"),
      })
      expect(await exists("one_way")).toBe(true)
    })

    it("that need it run outside of a transaction, and say so where they need it", async () => {
      const sql = "create index concurrently tags_lower on tags (lower(name))"
      const inside = migration("20261122000006_index", { up: sql })
      await expect(migrate(repo.sql, [tags, inside])).rejects.toMatchObject({
        code: "ERR_MIGRATIONS_FAILED",
        hint: expect.stringContaining("-- transaction: off"),
      })
      const outside = migration(inside.id, { up: sql, transaction: false })
      expect(await migrate(repo.sql, [tags, outside])).toEqual([inside.id])
    })

    it("outside of a transaction go on where they failed", async () => {
      const start = "create table a (); create table b ();"
      const make = (sql: string) =>
        migration("20261122000007_steps", { up: sql, transaction: false })
      const broken = make(`${start} select 1/0;`)
      await expect(migrate(repo.sql, [broken])).rejects.toMatchObject({
        place: { statement: 3 },
        hint: expect.stringContaining("will not run again"),
      })
      expect(await states(broken)).toEqual([[broken.id, "partial"]])
      await expect(migrate(repo.sql, [make("create table other ()")])).rejects.toMatchObject({
        code: "ERR_MIGRATIONS_DRIFT",
      })
      expect(await migrate(repo.sql, [make(`${start} create table c ();`)])).toEqual([broken.id])
      expect(await exists("c")).toBe(true)
      expect(await migrate(repo.sql, [make(`${start} create table c ();`)])).toEqual([])
    })

    it("leave no invalid index of a concurrent build that failed", async () => {
      const rows = migration("20261122000008_rows", {
        up: "create table numbers (n int); insert into numbers values (1), (1)",
      })
      const unique = migration("20261122000009_unique", {
        up: "create unique index concurrently if not exists numbers_n on numbers (n)",
        transaction: false,
      })
      await expect(migrate(repo.sql, [rows, unique])).rejects.toMatchObject({
        code: "ERR_MIGRATIONS_FAILED",
      })
      await repo.sql.query("delete from numbers")
      await migrate(repo.sql, [rows, unique])
      const { rows: indexes } = await repo.sql.query(
        "select indisvalid as valid from pg_index where indexrelid = 'numbers_n'::regclass",
      )
      expect(indexes).toEqual([{ valid: true }])
    })

    it("may be about tables with any name", async () => {
      const odd = migration("1_odd", {
        up: [
          'create table "odd; one" ()',
          'alter table "odd; one" add a int',
          'drop table "odd; one"',
        ],
      })
      expect(await migrate(repo.sql, [odd])).toEqual([odd.id])
    })

    it("build, rename and drop indexes by name", async () => {
      const index = migration("20261122000010_index", {
        transaction: false,
        up: [
          createIndex("tags_lower", {
            on: "tags",
            columns: ["name"],
            expressions: ["lower(name)"],
            unique: true,
            using: "btree",
            where: "name <> ''",
          }),
          renameIndex("tags_lower", "tags of; name"),
        ],
        down: [dropIndex("tags of; name")],
      })
      await migrate(repo.sql, [tags, index])
      const { rows } = await repo.sql.query(
        "select indexdef from pg_indexes where indexname = 'tags of; name'",
      )
      expect(rows[0]?.["indexdef"]).toContain("USING btree (name, lower(name)) WHERE (name <> ''")
      expect(await rollback(repo.sql, [tags, index])).toEqual([index.id])
      expect(await exists('"tags of; name"')).toBe(false)
      expect(() => createIndex("none", { on: "tags" })).toThrow("neither columns")
    })

    it("add constraints that spare the rows there are, and validate, rename and drop them by name", async () => {
      const length = (name: string) => addConstraint("tags", name, "check (length(name) < 9)")
      await migrate(repo.sql, [
        tags,
        migration("20261122000011_one", { up: "insert into tags values ('a name too long')" }),
        migration("20261122000012_two", {
          up: [length("short"), renameConstraint("tags", "short", "brief")],
        }),
      ])
      await expect(repo.sql.query("insert into tags values ('another too long')")).rejects.toThrow(
        "brief",
      )
      const validate = migration("20261122000013_three", {
        up: validateConstraint("tags", "brief"),
      })
      await expect(migrate(repo.sql, [validate])).rejects.toMatchObject({ migration: validate.id })
      await repo.sql.query("delete from tags")
      await migrate(repo.sql, [
        validate,
        migration("20261122000014_four", { up: dropConstraint("tags", "brief") }),
        migration("20261122000015_five", { up: addConstraint("tags", "once", "unique (name)") }),
      ])
      await repo.sql.query("insert into tags values ('another too long')")
    })

    it("are checked: edited, missing, out of order and partial ones are found, pending ones are none of that", async () => {
      const late = migration("20261121000000_late", { up: "create table late ()" })
      const next = migration("20261123000000_next", { up: "create table next ()" })
      const half = migration("20261122000002_half", { up: "select 1/0", transaction: false })
      const gone = migration("20261122000001_gone", { up: "create table gone ()" })
      await migrate(repo.sql, [tags, gone, half]).catch(() => {})
      expect(await checkMigrations(repo.sql, [tags, gone, half, next])).toMatchObject([
        { migration: half.id, problem: "partial" },
      ])
      const edited = migration(tags.id, { up: "create table tags (name int)" })
      const found = await checkMigrations(repo.sql, [late, edited, half, next])
      expect(found.map(({ migration, problem }) => [migration, problem])).toEqual([
        [late.id, "outOfOrder"],
        [tags.id, "edited"],
        [gone.id, "missing"],
        [half.id, "partial"],
      ])
      expect(found[0]?.message).toContain(`comes before ${gone.id}`)
    })

    it("end a statement that takes longer than it may", async () => {
      const slow = migration("1_slow", { up: "select pg_sleep(20)" })
      // PGlite has one thread, which nothing interrupts
      if (name === "PGlite") return
      await expect(migrate(repo.sql, [slow], { statementTimeout: 20 })).rejects.toMatchObject({
        hint: expect.stringContaining("statementTimeout"),
      })
    })

    it("leave no setting and no lock behind", async () => {
      const outside = migration("20261122000001_out", { up: "select 1", transaction: false })
      await migrate(repo.sql, [tags, outside])
      const { rows } = await repo.sql.query(
        "select current_setting('lock_timeout') || current_setting('statement_timeout') as timeout, (select count(*)::int from pg_locks where locktype = 'advisory') as locks",
      )
      expect(rows).toEqual([{ timeout: "00", locks: 0 }])
    })

    it("stop when their signal aborts", async () => {
      const signal = AbortSignal.abort(new Error("enough"))
      await expect(migrate(repo.sql, [tags], { signal })).rejects.toThrow("enough")
      expect(await exists("tags")).toBe(false)
    })

    it("refuse options that cannot work", async () => {
      expect(() => migrate(repo.sql, [], { wait: Number.NaN })).toThrow()
      expect(() => rollback(repo.sql, [], { steps: 0 })).toThrow("steps")
    })

    it("are told of as they happen", async () => {
      const heard: string[] = []
      using _ = migrationStopped.subscribe(({ id, direction, error }) =>
        heard.push(`${id} ${direction} ${error === undefined}`),
      )
      await migrate(repo.sql, [tags])
      await rollback(repo.sql, [tags])
      expect(heard).toEqual([`${tags.id} up true`, `${tags.id} down true`])
    })
  })

  describe(`seeds on ${name}`, { timeout: 30_000 }, () => {
    let repo: Repo & AsyncDisposable
    beforeAll(async () => {
      repo = await openRepo({ driver: await driver() }).start(new AbortController().signal)
    }, 60_000)
    afterAll(() => repo[Symbol.asyncDispose]())
    beforeEach(async () => {
      await repo.sql.query("drop table if exists tags, bennu_seeds")
      await repo.sql.query("create table tags (name text primary key)")
    })
    const add = (name: string) => ({
      name,
      run: (repo: Repo) => repo.drizzle.insert(names).values({ name }).onConflictDoNothing(),
    })

    it("run once, or each time if they say so", async () => {
      const seeds = [add("a"), { ...add("b"), when: "always" as const }]
      expect(await seed(repo, seeds)).toEqual(["a", "b"])
      await repo.sql.query("delete from tags")
      expect(await seed(repo, seeds)).toEqual(["b"])
      expect(await repo.drizzle.$count(names)).toBe(1)
    })

    it("run only where they belong", async () => {
      const seeds = [add("everywhere"), { ...add("demo"), environments: ["development"] }]
      expect(await seed(repo, seeds, { environment: "production" })).toEqual(["everywhere"])
      expect(await seed(repo, seeds, { environment: "development" })).toEqual(["demo"])
    })

    it("keep nothing when they fail, and run again next time", async () => {
      let broken = true
      const flaky = {
        name: "flaky",
        async run(repo: Repo) {
          await repo.drizzle.insert(names).values({ name: "x" })
          if (broken) throw new Error("boom")
        },
      }
      await expect(seed(repo, [flaky])).rejects.toMatchObject({
        code: "ERR_MIGRATIONS_SEED",
        seed: "flaky",
        message: expect.stringContaining("boom"),
      })
      expect(await repo.drizzle.$count(names)).toBe(0)
      broken = false
      expect(await seed(repo, [flaky])).toEqual(["flaky"])
    })

    it("take a refused changeset for a failure", async () => {
      const bad = {
        name: "bad",
        run: async () => err("not valid"),
      }
      await expect(seed(repo, [bad])).rejects.toMatchObject({ code: "ERR_MIGRATIONS_SEED" })
    })

    it("have different names", async () => {
      await expect(seed(repo, [add("a"), add("a")])).rejects.toMatchObject({
        code: "ERR_MIGRATIONS_SEED",
      })
    })
  })
}
