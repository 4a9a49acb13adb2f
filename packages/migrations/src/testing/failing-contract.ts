import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
// biome-ignore lint/correctness/noUndeclaredDependencies: only this package's tests import this file
import { expect, it } from "vitest"
import { migrate, migration, migrationsIn, sqlMigration } from "../index.ts"
import { type Migrated, tags } from "./migrated.ts"

/** What is left of a migration that fails, and what is said of it. */
export function failingContract(db: Migrated): void {
  it("fail as a whole, naming the migration and the place", async () => {
    const source =
      "-- up\ncreate table a ();\ncreate table b (\n  id integer,\n  other nonsense\n);"
    const broken = sqlMigration("20261122000003_broken", source)
    await expect(migrate(db.repo.sql, [tags, broken])).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_FAILED",
      migration: broken.id,
      direction: "up",
      place: { statement: 2, line: 5, column: 9 },
      message: expect.stringContaining("statement 2 (line 5, column 9)"),
    })
    expect(await db.exists("a")).toBe(false)
    expect(await db.states(tags, broken)).toEqual([
      [tags.id, "applied"],
      [broken.id, "pending"],
    ])
  })

  it("of a file that fail are told with its place there", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bennu-migrations-"))
    const file = join(folder, "1_broken.sql")
    try {
      writeFileSync(file, "-- up\ncreate table a ();\nselect\n  nonsense;\n")
      await expect(migrate(db.repo.sql, await migrationsIn(folder))).rejects.toMatchObject({
        place: { file, statement: 2, line: 4, column: 3 },
        message: expect.stringContaining(`statement 2 (${file}:4:3)`),
      })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it("that need it run outside of a transaction, and say so where they need it", async () => {
    const sql = "create index concurrently tags_lower on tags (lower(name))"
    const inside = migration("20261122000006_index", { up: sql })
    await expect(migrate(db.repo.sql, [tags, inside])).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_FAILED",
      hint: expect.stringContaining("-- transaction: off"),
    })
    const outside = migration(inside.id, { up: sql, transaction: false })
    expect(await migrate(db.repo.sql, [tags, outside])).toEqual([inside.id])
  })

  it("outside of a transaction go on where they failed", async () => {
    const start = "create table a (); create table b ();"
    const make = (sql: string) => migration("20261122000007_steps", { up: sql, transaction: false })
    const broken = make(`${start} select 1/0;`)
    await expect(migrate(db.repo.sql, [broken])).rejects.toMatchObject({
      place: { statement: 3 },
      hint: expect.stringContaining("will not run again"),
    })
    expect(await db.states(broken)).toEqual([[broken.id, "partial"]])
    await expect(migrate(db.repo.sql, [make("create table other ()")])).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_DRIFT",
    })
    expect(await migrate(db.repo.sql, [make(`${start} create table c ();`)])).toEqual([broken.id])
    expect(await db.exists("c")).toBe(true)
    expect(await migrate(db.repo.sql, [make(`${start} create table c ();`)])).toEqual([])
  })

  it("leave no invalid index of a concurrent build that failed", async () => {
    const rows = migration("20261122000008_rows", {
      up: "create table numbers (n int); insert into numbers values (1), (1)",
    })
    const unique = migration("20261122000009_unique", {
      up: "create unique index concurrently if not exists numbers_n on numbers (n)",
      transaction: false,
    })
    await expect(migrate(db.repo.sql, [rows, unique])).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_FAILED",
    })
    await db.repo.sql.query("delete from numbers")
    await migrate(db.repo.sql, [rows, unique])
    const { rows: indexes } = await db.repo.sql.query(
      "select indisvalid as valid from pg_index where indexrelid = 'numbers_n'::regclass",
    )
    expect(indexes).toEqual([{ valid: true }])
  })

  it("end a statement that takes longer than it may", async () => {
    const slow = migration("1_slow", { up: "select pg_sleep(20)" })
    // PGlite has one thread, which nothing interrupts
    if (db.driver === "PGlite") return
    await expect(migrate(db.repo.sql, [slow], { statementTimeout: 20 })).rejects.toMatchObject({
      hint: expect.stringContaining("statementTimeout"),
    })
  })
}
