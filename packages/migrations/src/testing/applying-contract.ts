import { hostname } from "node:os"
// biome-ignore lint/correctness/noUndeclaredDependencies: only this package's tests import this file
import { expect, it } from "vitest"
import {
  checkMigrations,
  migrate,
  migration,
  migrationStopped,
  rollback,
  sqlMigration,
  status,
} from "../index.ts"
import { colors, type Migrated, names, tags } from "./migrated.ts"

/** What is applied when, and what is remembered of it. */
export function applyingContract(db: Migrated): void {
  it("are applied once, in order, and their status is told", async () => {
    expect(await db.states(tags, colors)).toEqual([
      [tags.id, "pending"],
      [colors.id, "pending"],
    ])
    expect(await migrate(db.repo.sql, [colors, tags])).toEqual([tags.id, colors.id])
    expect(await migrate(db.repo.sql, [colors, tags])).toEqual([])
    const [first] = await status(db.repo.sql, [tags, colors])
    expect(first).toMatchObject({ id: tags.id, state: "applied", appliedAt: expect.any(Date) })
    expect(await db.states(tags)).toContainEqual([colors.id, "missing"])
  })

  it("are remembered with who applied them, how long that took and which version of the app it was", async () => {
    const slow = migration("20261122000001_slow", { up: "select pg_sleep(0.05)" })
    await migrate(db.repo.sql, [tags, slow], { by: "ada", appVersion: "1.2.0" })
    const [, remembered] = await status(db.repo.sql, [tags, slow])
    expect(remembered).toMatchObject({ by: "ada", appVersion: "1.2.0" })
    expect(remembered?.duration).toBeGreaterThanOrEqual(50)

    const half = (then: string) =>
      migration("20261122000002_half", {
        up: `select pg_sleep(0.05); ${then}`,
        transaction: false,
      })
    const failing = migrate(db.repo.sql, [tags, slow, half("select 1/0")], { by: "ada" })
    await expect(failing).rejects.toMatchObject({ place: { statement: 2 } })
    await migrate(db.repo.sql, [tags, slow, half("select 1")], { by: "grace", appVersion: "1.2.1" })
    const [, , resumed] = await status(db.repo.sql, [tags, slow, half("select 1")])
    expect(resumed).toMatchObject({ by: "grace", appVersion: "1.2.1" })
    expect(resumed?.duration).toBeGreaterThanOrEqual(50)

    const other = migration(slow.id, { up: "select pg_sleep(0.051)" })
    await migrate(db.repo.sql, [tags, other], { by: "grace", drift: "accept" })
    expect((await status(db.repo.sql, [tags, other]))[1]).toMatchObject({ by: "ada" })
  })

  it("are known by user and host where nobody says who it is", async () => {
    await migrate(db.repo.sql, [tags])
    const [first] = await status(db.repo.sql, [tags])
    expect(first?.by).toMatch(new RegExp(`${hostname().replaceAll(".", "\\.")}$`))
  })

  it("of a ledger that did not yet remember that much go on with it", async () => {
    await migrate(db.repo.sql, [tags])
    await db.repo.sql.query(
      "alter table bennu_migrations drop duration_ms, drop applied_by, drop app_version",
    )
    const [before] = await status(db.repo.sql, [tags])
    expect(before).toMatchObject({ state: "applied", duration: null, by: null, appVersion: null })
    await migrate(db.repo.sql, [tags, colors], { by: "ada" })
    const both = await status(db.repo.sql, [tags, colors])
    expect(both).toMatchObject([{ by: null }, { by: "ada", duration: expect.any(Number) }])
  })

  it("that came late are applied all the same", async () => {
    const late = migration("20261121000000_late", { up: "create table late ()" })
    await migrate(db.repo.sql, [tags])
    expect(await migrate(db.repo.sql, [late, tags])).toEqual([late.id])
  })

  it("of two branches make the same, whichever is merged first", async () => {
    const ours = migration("20261122000001_ours", { up: "alter table tags add ours text" })
    const theirs = migration("20261122000002_theirs", { up: "alter table tags add theirs text" })
    const columns = async () => {
      const text =
        "select attname from pg_attribute where attrelid = 'tags'::regclass and attnum > 0 order by 1"
      return (await db.repo.sql.query(text)).rows.map(({ attname }) => attname)
    }
    await migrate(db.repo.sql, [tags, ours])
    expect(await migrate(db.repo.sql, [tags, ours, theirs])).toEqual([theirs.id])
    const first = await columns()
    await db.repo.sql.query("drop table tags, bennu_migrations")
    await migrate(db.repo.sql, [tags, theirs])
    expect(await migrate(db.repo.sql, [tags, ours, theirs])).toEqual([ours.id])
    expect(await columns()).toEqual(first)
  })

  it("wait for the end of a deployment where they say so", async () => {
    const drop = sqlMigration("20261122000001_drop", "-- phase: post\n-- up\ndrop table old;")
    const next = migration("20261122000002_next", { up: "create table next ()" })
    const old = migration("20261121000000_old", { up: "create table old ()" })
    const all = [old, drop, next]
    expect(await migrate(db.repo.sql, all, { phase: "pre" })).toEqual([old.id, next.id])
    expect(await checkMigrations(db.repo.sql, all)).toEqual([])
    expect(await migrate(db.repo.sql, all, { phase: "post" })).toEqual([drop.id])
    expect(await migrate(db.repo.sql, all)).toEqual([])
  })

  it("may be code, with a connection of its own and the repo in the same transaction", async () => {
    const code = migration("20261122000002_fill", {
      async up(sql) {
        await sql.query("insert into tags values ($1)", ["from sql"])
        await db.repo.drizzle.insert(names).values({ name: "from repo" })
      },
    })
    await migrate(db.repo.sql, [tags, code])
    expect(await db.repo.drizzle.$count(names)).toBe(2)
  })

  it("may be about tables with any name", async () => {
    const odd = migration("1_odd", {
      up: [
        'create table "odd; one" ()',
        'alter table "odd; one" add a int',
        'drop table "odd; one"',
      ],
    })
    expect(await migrate(db.repo.sql, [odd])).toEqual([odd.id])
  })

  it("leave no setting and no lock behind", async () => {
    const outside = migration("20261122000001_out", { up: "select 1", transaction: false })
    await migrate(db.repo.sql, [tags, outside])
    const { rows } = await db.repo.sql.query(
      "select current_setting('lock_timeout') || current_setting('statement_timeout') as timeout, (select count(*)::int from pg_locks where locktype = 'advisory') as locks",
    )
    expect(rows).toEqual([{ timeout: "00", locks: 0 }])
  })

  it("stop when their signal aborts", async () => {
    const signal = AbortSignal.abort(new Error("enough"))
    await expect(migrate(db.repo.sql, [tags], { signal })).rejects.toThrow("enough")
    expect(await db.exists("tags")).toBe(false)
  })

  it("refuse options that cannot work", async () => {
    expect(() => migrate(db.repo.sql, [], { wait: Number.NaN })).toThrow()
    expect(() => rollback(db.repo.sql, [], { steps: 0 })).toThrow("steps")
  })

  it("are told of as they happen", async () => {
    const heard: string[] = []
    using _ = migrationStopped.subscribe(({ id, direction, error }) =>
      heard.push(`${id} ${direction} ${error === undefined}`),
    )
    await migrate(db.repo.sql, [tags])
    await rollback(db.repo.sql, [tags])
    expect(heard).toEqual([`${tags.id} up true`, `${tags.id} down true`])
  })
}
