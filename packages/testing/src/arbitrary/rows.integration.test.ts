import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Driver, openRepo } from "@bennu/repo"
import { pglite } from "@bennu/repo/pglite"
import { postgres } from "@bennu/repo/postgres"
import { openSandbox } from "@bennu/repo/testing"
import { change, schema } from "@bennu/schema"
import { createDatabase } from "bennu-testkit"
import { sql } from "drizzle-orm"
import {
  bigint,
  boolean,
  char,
  customType,
  date,
  doublePrecision,
  inet,
  integer,
  interval,
  jsonb,
  macaddr,
  numeric,
  pgTable,
  point,
  real,
  serial,
  smallint,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "drizzle-orm/pg-core"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { arbitrary } from "../arbitrary.ts"

const samples = pgTable("samples", {
  id: serial().primaryKey(),
  bits16: smallint("bits16"),
  bits32: integer("bits32").notNull(),
  bits53: bigint("bits53", { mode: "number" }),
  bits64: bigint("bits64", { mode: "bigint" }),
  four: real("four"),
  eight: doublePrecision("eight"),
  exact: numeric("exact", { precision: 10, scale: 2 }),
  money: numeric("money", { precision: 8, scale: 3, mode: "number" }),
  words: text("words").notNull(),
  few: varchar("few", { length: 3 }),
  two: char("two", { length: 2 }),
  kind: text("kind", { enum: ["a", "b"] }),
  flag: boolean("flag"),
  key: uuid("key"),
  json: jsonb("json"),
  day: date("day"),
  dayAsDate: date("day_as_date", { mode: "date" }),
  at: timestamp("at", { withTimezone: true }),
  atText: timestamp("at_text", { mode: "string" }),
  clock: time("clock"),
  span: interval("span"),
  host: inet("host"),
  mac: macaddr("mac"),
  place: point("place"),
  tags: text("tags").array(),
  grid: integer("grid").array(2),
  made: integer("made").generatedAlwaysAs(sql`bits32`),
  small: integer("small").notNull().default(1),
})
const Sample = schema(samples)
const createTable = `create table samples (id serial primary key, bits16 smallint, bits32 integer not null, bits53 bigint,
  bits64 bigint, four real, eight double precision, exact numeric(10, 2), money numeric(8, 3), words text not null,
  few varchar(3), two char(2), kind text check (kind in ('a', 'b')), flag boolean, key uuid, json jsonb, day date,
  day_as_date date, at timestamptz, at_text timestamp, clock time, span interval, host inet, mac macaddr, place point,
  tags text[], grid integer[], made integer generated always as (bits32) stored, small integer not null default 1)`

const home = mkdtempSync(join(tmpdir(), "bennu-arbitrary-"))
let database: Awaited<ReturnType<typeof createDatabase>>
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(async () => {
  await database.drop()
  rmSync(home, { recursive: true, force: true })
})

describe.each([
  ["PostgreSQL", () => postgres({ url: database.url, poolSize: 2 })],
  ["PGlite", () => pglite({ dir: join(home, "db") })],
] satisfies [string, () => Driver][])("arbitrary rows on %s", { timeout: 60_000 }, (_, driver) => {
  it("are all accepted, by changesets and by the database, in every type of column", async () => {
    {
      await using repo = await openRepo({ driver: driver() }).start(new AbortController().signal)
      await repo.sql.query(createTable)
    }
    await using sandbox = await openSandbox({ driver: driver() })
    await sandbox.run(async ({ repo }) => {
      await fc.assert(
        fc.asyncProperty(arbitrary(Sample), async (row) => {
          expect(change(Sample, {}, row).errors).toEqual([])
          expect(await repo.insertAll(Sample, [row])).toHaveLength(1)
        }),
        { numRuns: 60 },
      )
      expect(await repo.count(Sample)).toBe(60)
    })
  })
})

it("of a column that nobody knows asks what makes it", () => {
  const odd = customType<{ data: string }>({ dataType: () => "tsquery" })
  const Odd = schema(pgTable("odd", { query: odd().notNull() }))
  expect(() => arbitrary(Odd)).toThrow(/what "odd"."query" holds/)
  const given = { query: fc.constant("a & b") }
  expect(fc.sample(arbitrary(Odd, { given }), 1)).toEqual([{ query: "a & b" }])
})
