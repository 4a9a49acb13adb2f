import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
// biome-ignore lint/correctness/noUndeclaredDependencies: only this package's tests import this file
import { expect, it } from "vitest"
import { checkMigrations, migrate, migration, migrationsIn } from "../index.ts"
import { colors, type Migrated, tags } from "./migrated.ts"

/** What is noticed where the files are no longer what was applied. */
export function driftContract(db: Migrated): void {
  it("that were edited after they had been applied stop everything, until that is accepted", async () => {
    await migrate(db.repo.sql, [tags])
    const edited = migration(tags.id, {
      up: "create table tags (name text primary key, more int)",
    })
    await expect(migrate(db.repo.sql, [edited, colors])).rejects.toMatchObject({
      code: "ERR_MIGRATIONS_DRIFT",
      migrations: [tags.id],
    })
    expect(await db.states(edited, colors)).toEqual([
      [tags.id, "edited"],
      [colors.id, "pending"],
    ])
    expect(await migrate(db.repo.sql, [edited, colors], { drift: "accept" })).toEqual([colors.id])
    expect(await migrate(db.repo.sql, [edited, colors])).toEqual([])
  })

  it("that were edited are told with their file and line", async () => {
    const folder = mkdtempSync(join(tmpdir(), "bennu-migrations-"))
    const file = join(folder, "20261122000000_create_tags.sql")
    try {
      writeFileSync(file, "-- up\ncreate table tags (name text);\n")
      await migrate(db.repo.sql, await migrationsIn(folder))
      writeFileSync(file, "-- up\ncreate table tags (name text, more text);\n")
      await expect(migrate(db.repo.sql, await migrationsIn(folder))).rejects.toThrow(`(${file}:2)`)
      expect(await checkMigrations(db.repo.sql, await migrationsIn(folder))).toMatchObject([
        { problem: "edited", place: `${file}:2` },
      ])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })

  it("are checked: edited, missing, out of order and partial ones are found, pending ones are none of that", async () => {
    const late = migration("20261121000000_late", { up: "create table late ()" })
    const next = migration("20261123000000_next", { up: "create table next ()" })
    const half = migration("20261122000002_half", { up: "select 1/0", transaction: false })
    const gone = migration("20261122000001_gone", { up: "create table gone ()" })
    await migrate(db.repo.sql, [tags, gone, half]).catch(() => {})
    expect(await checkMigrations(db.repo.sql, [tags, gone, half, next])).toMatchObject([
      { migration: half.id, problem: "partial" },
    ])
    const edited = migration(tags.id, { up: "create table tags (name int)" })
    const found = await checkMigrations(db.repo.sql, [late, edited, half, next])
    expect(found.map(({ migration, problem }) => [migration, problem])).toEqual([
      [late.id, "outOfOrder"],
      [tags.id, "edited"],
      [gone.id, "missing"],
      [half.id, "partial"],
    ])
    expect(found[0]?.message).toContain(`comes before ${gone.id}`)
  })
}
