import { createDatabase } from "bennu-testkit"
import {
  bigint,
  boolean,
  char,
  date,
  doublePrecision,
  integer,
  jsonb,
  numeric,
  pgEnum,
  pgTable,
  real,
  smallint,
  text,
  time,
  timestamp,
  uuid,
  varchar,
} from "drizzle-orm/pg-core"
import { drizzle } from "drizzle-orm/postgres-js"
import fc from "fast-check"
import postgres from "postgres"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as z from "zod"
import { cast, change, constraintError, schema, writeOf } from "./index.ts"

const mood = pgEnum("mood", ["calm", "wild"])
const wide = pgTable("wide", {
  id: uuid(),
  text: text(),
  short: varchar({ length: 3 }),
  fixed: char({ length: 2 }),
  mood: mood(),
  small: smallint(),
  int: integer(),
  far: bigint({ mode: "number" }),
  farther: bigint({ mode: "bigint" }),
  real: real(),
  double: doublePrecision(),
  numeric: numeric(),
  price: numeric({ precision: 5, scale: 2 }),
  priceNumber: numeric({ precision: 3, mode: "number" }),
  huge: numeric({ mode: "bigint" }),
  flag: boolean(),
  day: date({ mode: "date" }),
  dayText: date(),
  at: timestamp(),
  atText: timestamp({ mode: "string" }),
  clock: time(),
  atZone: timestamp({ withTimezone: true }),
  tags: text().array(),
  counts: integer().array(),
  extra: jsonb(),
})
const Wide = schema(wide)

let database: Awaited<ReturnType<typeof createDatabase>>
let client: postgres.Sql
beforeAll(async () => {
  database = await createDatabase()
  client = postgres(database.url, { max: 1, onnotice: () => {} })
  await client.unsafe(`
    create type mood as enum ('calm', 'wild');
    create table wide (id uuid, text text, short varchar(3), fixed char(2), mood mood, small smallint, int integer,
      far bigint, farther bigint, real real, double double precision, numeric numeric, price numeric(5, 2), "priceNumber" numeric(3), huge numeric, flag boolean, day date,
      "dayText" date, at timestamp, "atText" timestamp, clock time, "atZone" timestamptz, tags text[], counts integer[], extra jsonb);
    create table owners (id integer primary key);
    create table pets (
      id integer primary key, owner_id integer references owners (id), name text unique, age integer check (age >= 0),
      kind text, unique (kind, age));
    create unique index pets_kind_index on pets (kind) where age > 100;`)
})
afterAll(async () => {
  await client.end()
  await database.drop()
})

const odd = fc.constantFrom(
  "",
  "\0",
  "\ud800",
  "1e400",
  "999.99",
  "999.995",
  "999.5",
  "-1000",
  "24:00",
  "23:59:59.9999999",
  "12:30",
  "-32769",
  "32768",
  "2147483648",
  "-2147483648",
  "9007199254740993",
  "9223372036854775808",
  "1e39",
  "NaN",
  "Infinity",
  "0001-01-01",
  "9999-12-31T23:59:59.999999Z",
  "0000-01-01",
  "2026-02-29",
  "2024-02-29T24:00",
  "on",
  "wild",
  "calm ",
  "𝒶𝒷𝒸",
  "00000000-0000-4000-8000-00000000000A",
)
const value = fc.oneof(
  odd,
  fc.string(),
  fc.integer().map(String),
  fc.double().map(String),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
  fc.array(odd, { maxLength: 3 }),
  fc.jsonValue({ maxDepth: 2 }),
)
const sent = fc.dictionary(fc.constantFrom(...Wide.columns.keys()), value, { maxKeys: 6 })

describe("PostgreSQL", () => {
  it("takes all that a valid changeset wants to write", async () => {
    const db = drizzle(client)
    await fc.assert(
      fc.asyncProperty(sent, async (params) => {
        const changeset = cast(Wide, {}, params, z.looseObject({}))
        const fields = new Set(changeset.errors.map(({ path }) => path?.[0]))
        const good = Object.fromEntries(Object.entries(params).filter(([key]) => !fields.has(key)))
        const again = cast(Wide, {}, good, z.looseObject({}))
        expect(again.errors).toMatchObject([])
        await db.insert(wide).values({ ...writeOf(again).changes })
      }),
      { numRuns: 500 },
    )
  })

  it("names constraints as a changeset expects", async () => {
    const Pet = schema(
      pgTable("pets", {
        id: integer().primaryKey(),
        ownerId: integer("owner_id"),
        name: text(),
        age: integer(),
        kind: text(),
      }),
    )
    const changeset = change(Pet, {})
      .uniqueConstraint("id")
      .foreignKeyConstraint("ownerId")
      .uniqueConstraint("name")
      .checkConstraint("age")
      .uniqueConstraint(["kind", "age"])
      .uniqueConstraint("kind")
    await client`insert into pets (id, name, age, kind) values (1, 'Rex', 3, 'dog'), (2, 'Tor', 150, 'tortoise')`
    const errorOf = async (values: object) => {
      const refused: unknown = await client`insert into pets ${client({ id: 9, ...values })}`.catch(
        (error: unknown) => error,
      )
      if (!(refused instanceof postgres.PostgresError)) throw new Error("it was not refused")
      const { code, constraint_name: constraint = "" } = refused
      return constraintError(changeset, { code, constraint })?.errors[0]
    }
    const taken = "has already been taken"
    expect(await errorOf({ id: 1 })).toMatchObject({ message: taken, path: ["id"] })
    expect(await errorOf({ name: "Rex" })).toMatchObject({ message: taken, path: ["name"] })
    expect(await errorOf({ kind: "dog", age: 3 })).toMatchObject({ message: taken, path: ["kind"] })
    expect(await errorOf({ kind: "tortoise", age: 151 })).toMatchObject({
      message: taken,
      path: ["kind"],
    })
    expect(await errorOf({ owner_id: 7 })).toMatchObject({
      message: "does not exist",
      path: ["ownerId"],
    })
    expect(await errorOf({ age: -1 })).toMatchObject({ message: "is invalid", path: ["age"] })
  })
})
