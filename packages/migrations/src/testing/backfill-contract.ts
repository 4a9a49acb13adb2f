import { type Driver, openRepo, type Repo } from "@bennu/repo"
import { schema } from "@bennu/schema"
import { sql as expression } from "drizzle-orm"
import { check, integer, pgTable, text, unique, uniqueIndex } from "drizzle-orm/pg-core"
// biome-ignore lint/correctness/noUndeclaredDependencies: only this package's tests import this file
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest"
import {
  backfill,
  backfillProgressed,
  checkConstraints,
  type MissingConstraint,
  MissingConstraintsError,
  migration,
  proveConstraints,
} from "../index.ts"

const owners = pgTable("owners", { id: integer().primaryKey(), name: text().unique() })
const pets = pgTable(
  "pets",
  {
    id: integer().primaryKey(),
    ownerId: integer("owner_id").references(() => owners.id),
    tag: text(),
  },
  (table) => [
    unique("pets_tag").on(table.tag, table.ownerId),
    uniqueIndex("pets_only_tag").on(table.tag),
    check("pets_positive", expression`${table.id} > ${0}`),
  ],
)

/** What backfills and the check of constraints do on every driver. */
export function backfillContract(name: string, driver: () => Promise<Driver>): void {
  describe(`on ${name}`, { timeout: 30_000 }, () => {
    let repo: Repo & AsyncDisposable
    beforeAll(async () => {
      repo = await openRepo({ driver: await driver() }).start(AbortSignal.any([]))
    }, 60_000)
    afterAll(() => repo[Symbol.asyncDispose]())
    beforeEach(() =>
      repo.sql.session(async (sql) => {
        await sql.query("set client_min_messages = error")
        await sql.query("drop table if exists words, bennu_backfills, pets, owners")
        await sql.query(
          "create table words (id int primary key, word text, times int not null default 0)",
        )
        await sql.query("insert into words select n, 'w' || n from generate_series(1, 25) n")
      }),
    )
    const times = async () =>
      (await repo.sql.query("select times, count(*)::int from words group by 1 order by 1")).rows
    const plan = { name: "count", table: "words", change: "times = times + 1", batch: 10, load: 1 }

    describe("backfill", () => {
      it("changes every row once, in batches by key, and tells of each", async () => {
        const heard: unknown[] = []
        using _ = backfillProgressed.subscribe(({ rows, total, cursor, finished }) =>
          heard.push([rows, total, cursor, finished]),
        )
        expect(await backfill(repo.sql, plan)).toBe(25)
        expect(heard).toEqual([
          [10, 10, "10", false],
          [10, 20, "20", false],
          [5, 25, "25", true],
        ])
        expect(await backfill(repo.sql, plan)).toBe(0)
        expect(await times()).toEqual([{ times: 1, count: 25 }])
      })

      it("goes on after the last batch that was kept", async () => {
        let batches = 0
        const change = async (sql: typeof repo.sql, keys: readonly string[]) => {
          await sql.query(
            "update words set times = times + 1 where id between $1::int and $2::int",
            [keys[0], keys.at(-1)],
          )
          batches += 1
          if (batches === 2) throw new Error("the power is gone")
        }
        await expect(backfill(repo.sql, { ...plan, change })).rejects.toThrow("the power is gone")
        expect(await times()).toEqual([
          { times: 0, count: 15 },
          { times: 1, count: 10 },
        ])
        expect(await backfill(repo.sql, { ...plan, change })).toBe(15)
        expect(await times()).toEqual([{ times: 1, count: 25 }])
      })

      it("may be about some rows, by a key that is text", async () => {
        const some = { ...plan, key: "word", where: "id > 20" }
        expect(await backfill(repo.sql, some)).toBe(5)
      })

      it("is done once by those who do it at once", async () => {
        const all = await Promise.all([backfill(repo.sql, plan), backfill(repo.sql, plan)])
        expect(all.reduce((sum, rows) => sum + rows)).toBe(25)
        expect(await times()).toEqual([{ times: 1, count: 25 }])
      })

      it("stops by its signal, also in a pause", async () => {
        const stop = new AbortController()
        using _ = backfillProgressed.subscribe(() => setTimeout(() => stop.abort(), 1))
        const paused = { ...plan, batch: 1, load: 0.000_001, signal: stop.signal }
        await expect(backfill(repo.sql, paused)).rejects.toMatchObject({ name: "AbortError" })
      })

      it("refuses what cannot work", async () => {
        await expect(backfill(repo.sql, { ...plan, key: "nothing" })).rejects.toMatchObject({
          code: "ERR_MIGRATIONS_BACKFILL",
          message: expect.stringContaining("words has no column nothing"),
        })
        await expect(backfill(repo.sql, { ...plan, load: 0 })).rejects.toThrow("load")
        await expect(backfill(repo.sql, { ...plan, batch: Number.NaN })).rejects.toThrow("batch")
      })
    })

    describe("checkConstraints", () => {
      const schemas = [schema(owners), schema(pets)]
      const found = (): Promise<readonly MissingConstraint[]> =>
        checkConstraints(repo.sql, schemas).then(
          () => [],
          (error: unknown) => {
            if (error instanceof MissingConstraintsError) return error.missing
            throw error
          },
        )

      it("names each that is missing, with its table and the SQL that adds it", async () => {
        await repo.sql.query("create table owners (id int primary key, name text)")
        await repo.sql.query("create table pets (id int, owner_id int, tag text)")
        const missing = await found()
        expect(missing.map(({ constraint }) => constraint)).toEqual([
          "owners_name_unique",
          "pets_pkey",
          "pets_tag",
          "pets_only_tag",
          "pets_owner_id_owners_id_fk",
          "pets_positive",
        ])
        for (const { sql } of missing) await repo.sql.query(sql)
        expect(await found()).toEqual([])
        expect(missing[4]).toEqual({
          table: "pets",
          declaredAt: expect.stringMatching(/backfill-contract\.[jt]s:\d+:\d+$/),
          constraint: "pets_owner_id_owners_id_fk",
          sql: 'alter table "pets" add constraint "pets_owner_id_owners_id_fk" foreign key ("owner_id") references "owners" ("id") not valid;',
        })
      })

      it("looks for what only a schema names, each as the kind that it is", async () => {
        await repo.sql.query(`create table owners (id int primary key, name text unique,
          constraint named check (name <> ''), constraint once exclude using btree (name with =))`)
        const constraints = {
          check: { named: "name", shouted: "name" },
          exclusion: { once: "name", named: "name" },
        } as const
        const checked = checkConstraints(repo.sql, [schema(owners, { constraints })])
        await expect(checked).rejects.toMatchObject({
          missing: [
            {
              constraint: "shouted",
              declaredAt: expect.stringMatching(/contract\.[jt]s:\d+:\d+$/),
            },
            { constraint: "named", sql: expect.stringContaining("exclude using gist (…)") },
          ],
        })
      })

      it("is asked of migrations before a deployment, too, by proveConstraints", async () => {
        const one = migration("1_owners", {
          up: "create table owners (id int primary key, name text unique)",
        })
        const proved = proveConstraints(repo.sql, [one], [schema(owners)])
        expect(await proved).toBeUndefined()
        const all = proveConstraints(repo.sql, [one], schemas)
        await expect(all).rejects.toMatchObject({
          code: "ERR_MIGRATIONS_CONSTRAINTS",
          message: expect.stringMatching(
            /pets_tag on pets \(\S+backfill-contract\.[jt]s:\d+:\d+\)/,
          ),
        })
        const { rows } = await repo.sql.query("select to_regclass('owners') as owners")
        expect(rows).toEqual([{ owners: null }])
      })

      it("takes the names that PostgreSQL gives for those", async () => {
        await repo.sql.query("create table owners (id int primary key, name text unique)")
        await repo.sql.query(`create table pets (id int primary key, owner_id int references owners, tag text,
          constraint pets_tag unique (tag, owner_id), constraint pets_positive check (id > 0))`)
        expect(await found()).toMatchObject([{ constraint: "pets_only_tag" }])
      })
    })
  })
}
