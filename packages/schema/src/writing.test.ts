import { inspect } from "node:util"
import { and, eq, isNotNull, isNull, sql } from "drizzle-orm"
import {
  check,
  index,
  integer,
  pgTable,
  text,
  timestamp,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import {
  cast,
  change,
  checkSchemas,
  constraintError,
  declaredConstraints,
  embeddedSchema,
  redact,
  schema,
  staleError,
  toForm,
  writeOf,
} from "./index.ts"

const users = pgTable(
  "users",
  {
    id: integer().primaryKey(),
    email: text().notNull().unique(),
    passwordHash: text("password_hash"),
    slug: text(),
    visits: integer().notNull().default(0),
    version: integer().notNull().default(1),
    bornAt: timestamp(),
  },
  (table) => [
    uniqueIndex("users_slug_once").on(table.slug),
    check("visits_count_up", sql`${table.visits} >= 0`),
  ],
)
const options = {
  virtual: { password: z.string() },
  redact: ["passwordHash", "password"],
  writable: { slug: "insert", visits: "never" },
} as const
const User = schema(users, options)
const stored = {
  id: 1,
  email: "ada@x.org",
  passwordHash: "h-old",
  slug: "ada",
  visits: 3,
  version: 7,
}

describe("a redacted field", () => {
  it("is not shown by console.log and loggers, of a changeset or of a row", () => {
    const changeset = change(User, stored, { passwordHash: "h-new", password: "hunter2" })
    const shown = inspect(changeset, { depth: 9 })
    expect(shown).toContain("[redacted]")
    expect(shown).not.toMatch(/hunter2|h-old|h-new/)
    expect(redact(User, { ...stored, passwordHash: null })).toEqual({
      ...stored,
      passwordHash: null,
    })
    expect(redact(User, stored)).toEqual({ ...stored, passwordHash: "[redacted]" })
  })

  it("has to exist", () => {
    // @ts-expect-error no such field
    expect(() => schema(users, { redact: ["pasword"] })).toThrow(/"pasword" is no column/)
    // @ts-expect-error only a column can be read-only
    expect(() => schema(users, { writable: { password: "never" } })).toThrow(/is no column/)
  })
})

describe("a field that is not writable", () => {
  it("is left out where it may not be written, whoever changed it", () => {
    const made = change(User, {}, { email: "a@x", slug: "a", visits: 9 })
    expect(writeOf(made, "insert").changes).toEqual({ email: "a@x", slug: "a" })
    const changed = change(User, stored, { email: "b@x", slug: "b", visits: 9 })
    expect(writeOf(changed, "update").changes).toEqual({ email: "b@x" })
    expect(writeOf(change(User, { visits: 4 }), "insert").row).toEqual({})
  })

  it("throws instead where the schema says so, with the fields' names", () => {
    const Strict = schema(users, { ...options, onWritableViolation: "raise" })
    expect(() => writeOf(change(Strict, stored, { slug: "b", visits: 1 }), "update")).toThrow(
      expect.objectContaining({ code: "ERR_SCHEMA_READ_ONLY", fields: ["slug", "visits"] }),
    )
  })
})

describe("permitted fields", () => {
  const rules = z.object({ email: z.string(), slug: z.string().default("none") })
  const permits = { admin: ["email", "slug"], self: ["email"] } as const

  it("are those that reach the changes, whatever was sent", () => {
    const params = { email: "b@x", slug: "b" }
    const self = cast(User, stored, params, rules, { permit: permits.self })
    expect([self.changes, self.valid, self.params]).toEqual([{ email: "b@x" }, true, params])
    const admin = cast(User, stored, params, rules, { permit: permits.admin })
    expect(admin.changes).toEqual({ email: "b@x", slug: "b" })
  })

  it("are fields of the schema", () => {
    // @ts-expect-error no such field
    cast(User, stored, {}, rules, { permit: ["admin"] })
  })
})

describe("an optimistic lock", () => {
  it("holds the value that was read and writes the next, beginning again after the last", () => {
    const locks = (version: number) =>
      writeOf(change(User, { ...stored, version }, { email: "b" }).optimisticLock("version")).locks
    expect(locks(7).get("version")).toEqual({ held: 7, next: 8 })
    expect(locks(2 ** 31 - 1).get("version")).toEqual({ held: 2 ** 31 - 1, next: 1 })
  })

  it("goes on as its function says, and asks for one where it cannot know", () => {
    const at = new Date(0)
    const row = change(User, { ...stored, bornAt: at })
    const locked = row.optimisticLock("bornAt", () => new Date(5))
    expect(writeOf(locked).locks.get("bornAt")).toEqual({ held: at, next: new Date(5) })
    expect(() => row.optimisticLock("bornAt")).toThrow(/give it a function/)
  })

  it("tells three ways what differs when somebody was faster", () => {
    const mine = change(User, stored, { email: "mine@x", slug: "mine" })
    const current = { ...stored, email: "theirs@x", version: 8, bornAt: null }
    const stale = staleError(mine, current)
    expect(stale.errors).toMatchObject([{ code: "stale", path: [] }])
    expect(stale.conflict).toEqual({
      current,
      fields: {
        email: { base: "ada@x.org", mine: "mine@x", theirs: "theirs@x" },
        slug: { base: "ada", mine: "mine", theirs: "ada" },
        version: { base: 7, mine: 7, theirs: 8 },
        bornAt: { base: undefined, mine: undefined, theirs: null },
      },
    })
    expect(staleError(mine, null).conflict).toEqual({ current: null, fields: {} })
  })
})

describe("what the table declares itself", () => {
  const issue = (code: string, constraint: string) =>
    constraintError(change(User, {}), { code, constraint })?.errors.at(-1)

  it("is an error of its field, undeclared in the changeset", () => {
    expect(issue("23505", "users_email_unique")).toMatchObject({ path: ["email"], code: "unique" })
    expect(issue("23505", "users_slug_once")).toMatchObject({ path: ["slug"] })
    expect(issue("23505", "users_pkey")).toMatchObject({ path: ["id"] })
    expect(issue("23514", "visits_count_up")).toMatchObject({ path: ["visits"], code: "check" })
    expect(issue("23505", "visits_count_up")).toBeUndefined()
  })

  it("includes that there must be something", () => {
    const missing = (table: string, column: string) =>
      constraintError(change(User, {}), { code: "23502", table, column })?.errors
    expect(missing("users", "email")).toMatchObject([{ path: ["email"], code: "required" }])
    expect(missing("users", "password_hash")).toMatchObject([{ path: ["passwordHash"] }])
    expect(missing("posts", "email")).toBeUndefined()
  })

  it("is listed, for who compares it with a database", () => {
    const listed = declaredConstraints(User).map(({ kind, names, fields }) => [
      kind,
      names[0],
      fields,
    ])
    expect(listed).toEqual([
      ["unique", "users_pkey", ["id"]],
      ["unique", "users_email_unique", ["email"]],
      ["unique", "users_slug_once", ["slug"]],
      ["check", "visits_count_up", ["visits"]],
    ])
  })
})

describe("a changeset", () => {
  it("tells what changes, makes another value of it, and forces a write of what is there", () => {
    const changeset = change(User, stored, { email: "B@X" })
    expect(changeset.getChange("email")).toBe("B@X")
    expect(changeset.getChange("slug")).toBeUndefined()
    expect(changeset.updateChange("email", (email) => email.toLowerCase()).changes.email).toBe(
      "b@x",
    )
    expect(changeset.updateChange("slug", () => "x").changes).toEqual({ email: "B@X" })
    expect(changeset.forceChange("slug", "ada").changes).toEqual({ email: "B@X", slug: "ada" })
  })

  it("takes in what another says of the same row", () => {
    const first = change(User, stored, { email: "a", slug: "a" }).addError("email", "is odd")
    const merged = first.merge(change(User, stored, { email: "b" }).addError("slug", "is short"))
    expect(merged.changes).toEqual({ email: "b", slug: "a" })
    expect(merged.errors.map(({ message }) => message)).toEqual(["is odd", "is short"])
    const Other = schema(pgTable("others", { id: integer() }))
    // @ts-expect-error a changeset of another schema
    expect(() => first.merge(change(Other, {}))).toThrow(/cannot be merged/)
  })

  it("keeps what is to be prepared, in order", () => {
    const prepare = (changeset: typeof first) => changeset
    const first = change(User, stored)
    expect(writeOf(first.prepareChanges(prepare).prepareChanges(prepare)).prepare).toHaveLength(2)
  })
})

describe("embeddedSchema", () => {
  const Search = embeddedSchema("search", { query: z.string(), page: z.coerce.number() })
  const rules = z.object({ query: z.string().min(2), page: z.coerce.number().default(1) })

  it("casts, validates and shows what is never stored", () => {
    const changeset = cast(Search, {}, { query: "ot", page: "3", admin: "1" }, rules)
    expect(changeset.validateExclusion("query", ["ot"]).errors).toMatchObject([{ path: ["query"] }])
    expect(changeset.apply()).toEqual({ query: "ot", page: 3 })
    const form = toForm(cast(Search, {}, { query: "o" }, rules), { as: "search" })
    expect(form.fields.query).toMatchObject({ name: "search[query]", value: "o" })
    expect(form.fields.query.errors).toHaveLength(1)
  })
})

describe("checkSchemas", () => {
  it("names every relation that cannot be joined", () => {
    const posts = pgTable("posts", { id: integer().primaryKey() })
    const Broken = schema(posts, {
      belongsTo: { author: () => users },
      hasMany: { readers: () => users },
    })
    expect(() => checkSchemas(User)).not.toThrow()
    expect(() => checkSchemas(User, Broken)).toThrow(/"author" needs.*"readers" needs/)
  })

  it("names what is unique among rows that are deleted softly, with the index to write", () => {
    const notes = pgTable(
      "notes",
      {
        id: integer().primaryKey(),
        slug: text().unique(),
        number: integer(),
        title: text(),
        deletedAt: timestamp(),
      },
      (table) => [
        unique("notes_number_key").on(table.number),
        unique("notes_again").on(table.number, table.deletedAt),
        uniqueIndex("notes_title").on(table.title).where(isNotNull(table.number)),
        uniqueIndex("notes_lower").on(sql`lower(${table.title})`).where(sql`number > 0`),
        uniqueIndex("notes_live").on(table.title).where(isNull(table.deletedAt)),
        uniqueIndex("notes_first")
          .on(table.title)
          .where(and(eq(table.number, 1), isNull(table.deletedAt)) ?? sql``),
        uniqueIndex("notes_text").on(table.title).where(sql`"deleted_at" is null`),
        index("notes_index").on(table.title),
      ],
    )
    const problemsOf = (uniqueAmongDeleted?: readonly string[]): unknown => {
      try {
        checkSchemas(schema(notes, { softDelete: "deletedAt", uniqueAmongDeleted }))
        return null
      } catch (error) {
        return error
      }
    }
    expect(problemsOf()).toMatchObject({
      code: "ERR_SCHEMA_DEFINITION",
      message: expect.stringMatching(
        /"notes_slug_unique" is unique among deleted rows too; .*"notes_number_key" .*; .*"notes_title" .*; [^;]*"notes_lower" is unique among deleted rows too/,
      ),
      hint: expect.stringContaining(
        'Make it partial: uniqueIndex("notes_title").on(table.title).where(isNull(table.deletedAt)); or, where that is meant, uniqueAmongDeleted: ["notes_title"].',
      ),
    })
    const meant = ["notes_slug_unique", "notes_number_key", "notes_title"]
    expect(problemsOf(meant)).toMatchObject({
      message: expect.stringMatching(/: "notes_lower" is unique/),
    })
    expect(problemsOf([...meant, "notes_lower"])).toBeNull()
    expect(problemsOf([...meant, "notes_lower", "notes_titel"])).toMatchObject({
      message: expect.stringContaining('uniqueAmongDeleted names "notes_titel"'),
    })
    expect(() => checkSchemas(schema(notes))).not.toThrow()
  })
})

describe("a form in another language", () => {
  it("says what the function makes of each code", () => {
    const changeset = change(User, {}).validateRequired("email").withAction("insert")
    const form = toForm(changeset, { translate: ({ code }) => `§${code}` })
    expect(form.fields.email.errors).toEqual(["§required"])
  })
})
