import {
  boolean,
  integer,
  jsonb,
  pgEnum,
  pgTable,
  text,
  timestamp,
  uuid,
  varchar,
} from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { AsyncRulesError, cast, change, schema, UnknownFieldError } from "./index.ts"

const tone = pgEnum("tone", ["dry", "warm"])
const articles = pgTable("articles", {
  id: uuid().primaryKey().defaultRandom(),
  authorId: uuid(),
  title: text().notNull(),
  summary: text(),
  code: varchar({ length: 3 }),
  words: integer().notNull().default(0),
  rating: integer(),
  draft: boolean().notNull().default(true),
  tone: tone(),
  publishedAt: timestamp(),
  tags: text().array().notNull().default([]),
  extra: jsonb(),
})
const Article = schema(articles, { virtual: { notify: z.boolean() } })
const rules = z.object({
  title: z.string().trim().min(1, "can't be blank").max(20),
  summary: z.string().nullish(),
  words: z.int().min(0).optional(),
  rating: z.int().nullish(),
  draft: z.boolean().optional(),
  publishedAt: z.date().nullish(),
  tags: z.array(z.string()).optional(),
})
const stored = { id: "5b1c9f3e-0000-4000-8000-000000000000", title: "Old", words: 7, rating: 3 }

describe("cast", () => {
  it("takes only what the rules name, transformed by them", () => {
    const { changes, valid } = cast(
      Article,
      {},
      { title: "  New ", id: stored.id, authorId: stored.id, admin: true },
      rules,
    )
    expect({ changes, valid }).toEqual({ changes: { title: "New" }, valid: true })
  })

  it("does not count what equals the row as a change", () => {
    const row = { ...stored, publishedAt: new Date("2026-11-22T10:00Z"), tags: ["a"] }
    const params = { title: "Old", words: "7", publishedAt: "2026-11-22T10:00", tags: ["a"] }
    expect(cast(Article, row, params, rules).changes).toEqual({})
  })

  it("reads text as the columns' types before the rules see it", () => {
    const params = {
      title: "t",
      words: "42",
      draft: "on",
      publishedAt: "2026-11-22T10:00",
      tags: ["", "a"],
    }
    expect(cast(Article, {}, params, rules).changes).toEqual({
      title: "t",
      words: 42,
      draft: true,
      publishedAt: new Date("2026-11-22T10:00:00Z"),
      tags: ["a"],
    })
  })

  it("leaves what it cannot read to the rules, which refuse it", () => {
    const params = { title: "t", words: "4x", publishedAt: "2026-02-30", draft: "maybe" }
    const { errors } = cast(Article, {}, params, rules)
    expect(errors.map(({ path }) => path?.[0])).toEqual(["words", "draft", "publishedAt"])
  })

  it("says what is wrong and changes nothing while something is", () => {
    const { changes, errors, valid } = cast(Article, {}, { title: " ", summary: "s" }, rules)
    expect({ changes, errors, valid }).toMatchObject({
      changes: {},
      errors: [{ message: "can't be blank", path: ["title"] }],
      valid: false,
    })
  })

  it("is content with the row's own value where nothing was sent", () => {
    const { changes, valid } = cast(Article, stored, { summary: "s" }, rules)
    expect({ changes, valid }).toEqual({ changes: { summary: "s" }, valid: true })
  })

  it("does not reset a stored value to a rule's default", () => {
    const withDefault = z.object({ title: z.string(), words: z.int().default(1) })
    expect(cast(Article, stored, { title: "x" }, withDefault).changes).toEqual({ title: "x" })
    expect(cast(Article, {}, { title: "x" }, withDefault).changes).toEqual({ title: "x", words: 1 })
  })

  it("takes what the rules compute, for a stored row too", () => {
    const computed = z.object({ title: z.string() }).transform(({ title }) => ({
      title,
      summary: title.toUpperCase(),
    }))
    const changes = { title: "x", summary: "X" }
    expect(cast(Article, {}, { title: "x" }, computed).changes).toEqual(changes)
    expect(cast(Article, { ...stored, summary: "OLD" }, { title: "x" }, computed).changes).toEqual(
      changes,
    )
  })

  it("works with strict rules, although forms send more than fields", () => {
    const params = { title: "x", _unused_title: "", _target: ["title"], _csrf_token: "t" }
    const strict = z.strictObject({ title: z.string() })
    expect(cast(Article, stored, params, strict).changes).toEqual({ title: "x" })
  })

  it("shows rules over two fields the stored one beside the sent one", () => {
    const ordered = z
      .object({ words: z.int(), rating: z.int() })
      .refine(({ words, rating }) => words > rating, { message: "too few", path: ["words"] })
    expect(cast(Article, stored, { words: "2" }, ordered).errors).toMatchObject([
      { message: "too few", path: ["words"] },
    ])
    expect(cast(Article, stored, { words: "9" }, ordered).valid).toBe(true)
  })

  describe("an empty input", () => {
    it("is null in a nullable column, as in Ecto", () => {
      const row = { ...stored, summary: "s" }
      const params = { summary: "  ", rating: "" }
      expect(cast(Article, row, params, rules).changes).toEqual({ summary: null, rating: null })
    })

    it("is null too where the rules say optional instead of nullable", () => {
      const optional = z.object({ summary: z.string().optional(), rating: z.int().optional() })
      const row = { ...stored, summary: "s" }
      const params = { summary: "", rating: "" }
      expect(cast(Article, row, params, optional).changes).toEqual({ summary: null, rating: null })
    })

    it("stays text where text is required, so that the rule's own words are shown", () => {
      const required = z.object({ summary: z.string().min(1, "can't be blank") })
      expect(cast(Article, {}, { summary: "" }, required).errors[0]?.message).toBe("can't be blank")
    })

    it("takes the rule's default where the column takes no null", () => {
      const withDefault = z.object({ words: z.int().default(5) })
      expect(cast(Article, stored, { words: "" }, withDefault).changes).toEqual({ words: 5 })
    })

    it("cannot clear what the column requires", () => {
      expect(cast(Article, stored, { words: "" }, rules).errors).toMatchObject([
        { message: "can't be blank", path: ["words"] },
      ])
    })

    it("leaves a new row's column to the database's default", () => {
      const { changes, valid } = cast(Article, {}, { title: "t", words: "" }, rules)
      expect({ changes, valid }).toEqual({ changes: { title: "t" }, valid: true })
    })
  })

  describe("what a column could not hold", () => {
    const anything = z.looseObject({})
    it.each([
      ["a NUL in text", { title: "a\0b" }, "is invalid"],
      ["a list for text", { title: ["a"] }, "is invalid"],
      ["a map for text", { title: { a: "b" } }, "is invalid"],
      ["null where it is required", { title: null }, "can't be blank"],
      ["text that is too long", { code: "𝒶𝒷𝒸𝒹" }, "should be at most 3 character(s)"],
      ["an integer out of range", { words: "2147483648" }, "is invalid"],
      ["a fraction for an integer", { words: 1.5 }, "is invalid"],
      ["a word that is no uuid", { authorId: "me" }, "is invalid"],
      ["a word that is not in the enum", { tone: "wet" }, "is invalid"],
      ["a date that PostgreSQL cannot read", { publishedAt: new Date(NaN) }, "is invalid"],
      ["a NUL deep in json", { extra: { a: [{ b: "\0" }] } }, "is invalid"],
      ["a list with a map in it", { tags: [{ a: "b" }] }, "is invalid"],
    ])("is an error and not an exception: %s", (_, params, message) => {
      const { errors, changes } = cast(Article, {}, params, anything)
      expect({ errors, changes }).toMatchObject({
        errors: [{ message, path: Object.keys(params) }],
        changes: {},
      })
    })

    it("is not what fits exactly", () => {
      const params = { code: "𝒶𝒷𝒸", words: "-2147483648", tone: "dry", authorId: stored.id }
      expect(cast(Article, {}, params, anything).valid).toBe(true)
    })

    it("is json without end", () => {
      let extra: unknown = "x"
      for (let depth = 0; depth < 10_000; depth++) extra = [extra]
      expect(cast(Article, {}, { extra }, anything).valid).toBe(false)
    })
  })

  it.each([
    ["2026-11-22 10:00:00+00", "2026-11-22T10:00:00Z"],
    ["2026-11-22T10:00+05:30", "2026-11-22T04:30:00Z"],
    ["2026-11-22 10:00:00.5-0300", "2026-11-22T13:00:00.500Z"],
    ["2024-02-29", "2024-02-29T00:00:00Z"],
  ])("reads the time %s", (publishedAt, time) => {
    const { changes } = cast(Article, stored, { publishedAt }, rules)
    expect(changes).toEqual({ publishedAt: new Date(time) })
  })

  it.each(["2026-13-01", "2026-11-22T25:00", "22.11.2026", "2026-11-22T10:00+5", "tomorrow"])(
    "does not guess what time %s is",
    (publishedAt) => {
      expect(cast(Article, stored, { publishedAt }, rules).valid).toBe(false)
    },
  )

  it("does not mind what is in the row already", () => {
    const odd = { ...stored, authorId: "not a uuid" }
    const { valid, changes } = cast(Article, odd, { authorId: "not a uuid" }, z.looseObject({}))
    expect({ valid, changes }).toEqual({ valid: true, changes: {} })
  })

  it("takes virtual fields", () => {
    const { changes } = cast(Article, {}, { notify: true }, z.object({ notify: z.boolean() }))
    expect(changes).toEqual({ notify: true })
  })

  it.each([
    ["a list", [{ title: "x" }]],
    ["text", "title=x"],
    ["a number", 3],
  ])("answers %s instead of fields with an error", (_, params) => {
    const { errors, changes } = cast(Article, stored, params, rules)
    expect({ errors, changes }).toMatchObject({
      errors: [{ message: "is invalid", path: [] }],
      changes: {},
    })
  })

  it("takes nothing at all as an empty form", () => {
    expect(cast(Article, stored, null, rules).valid).toBe(true)
  })

  it("is not fooled by prototype names", () => {
    const params = JSON.parse('{"__proto__":{"title":"evil","admin":true},"title":"x"}')
    const { changes } = cast(Article, {}, params, z.looseObject({ title: z.string() }))
    expect(changes).toEqual({ title: "x" })
    expect(Reflect.get({}, "admin")).toBeUndefined()
    const asks = z.object({
      title: z.string(),
      constructor: z.string().optional(),
      toString: z.string().optional(),
    })
    expect(cast(Article, {}, { title: "x" }, asks).valid).toBe(true)
  })

  it("refuses asynchronous rules, and says what to do instead", () => {
    const slow = z.object({ title: z.string().refine(async () => false) })
    expect(() => cast(Article, {}, { title: "x" }, slow)).toThrow(AsyncRulesError)
  })

  it("takes the rules of any library", () => {
    const own = {
      "~standard": {
        version: 1,
        vendor: "own",
        validate: (value: unknown) =>
          typeof value === "object" && value !== null && "title" in value
            ? { value: { title: String(value.title) } }
            : { issues: [{ message: "is missing", path: [{ key: "title" }] }] },
      },
    } as const
    expect(cast(Article, {}, { title: 3 }, own).changes).toEqual({ title: "3" })
    expect(cast(Article, {}, {}, own).errors).toMatchObject([
      { message: "is missing", path: ["title"] },
    ])
  })
})

describe("change", () => {
  it("holds what differs", () => {
    expect(change(Article, stored, { title: "Old", words: 8 }).changes).toEqual({ words: 8 })
  })

  it("refuses a field that is not there", () => {
    const wrong: object = { tilte: "x" }
    expect(() => change(Article, stored, wrong)).toThrow(UnknownFieldError)
  })
})
