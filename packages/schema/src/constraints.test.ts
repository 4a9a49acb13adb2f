import {
  foreignKey,
  integer,
  pgTable,
  primaryKey,
  text,
  unique,
  uniqueIndex,
} from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import {
  type Changeset,
  change,
  constraintError,
  type NamedConstraints,
  SchemaDefinitionError,
  schema,
} from "./index.ts"

interface Options {
  readonly constraints: NamedConstraints<keyof typeof articles.$inferSelect>
}

const users = pgTable("users", { id: integer().primaryKey() })
const articles = pgTable(
  "articles",
  {
    id: integer().primaryKey(),
    authorId: integer().references(() => users.id),
    editorId: integer(),
    slug: text(),
    title: text().unique("one_title"),
    language: text(),
    price: integer(),
  },
  (table) => [
    unique("per_language").on(table.title, table.language),
    uniqueIndex("slugs").on(table.slug),
    foreignKey({ name: "edited_by", columns: [table.editorId], foreignColumns: [users.id] }),
  ],
)
const Article = schema(articles, {
  constraints: {
    unique: { x: "price", prices: ["price", "language"] },
    exclusion: { one_at_a_time: "price" },
  },
})
const article = () => change(Article, {})
const errorOf = (changeset: Changeset<typeof Article>, code: string, constraint: string) =>
  constraintError(changeset, { code, constraint })?.errors[0] ?? null

describe("a constraint", () => {
  it.each([
    "articles_slug_unique",
    "articles_slug_key",
    "articles_slug_index",
    "articles_slug_idx",
    "slugs",
  ])("on one column is known as %s", (name) => {
    expect(errorOf(article().uniqueConstraint("slug"), "23505", name)).toEqual({
      message: "has already been taken",
      path: ["slug"],
      code: "unique",
      params: {},
    })
  })

  it("is known by the name that the table gives it", () => {
    expect(errorOf(article().uniqueConstraint("title"), "23505", "one_title")).not.toBeNull()
    const both = article().uniqueConstraint(["title", "language"])
    expect(errorOf(both, "23505", "per_language")?.path).toEqual(["title"])
    expect(errorOf(article().foreignKeyConstraint("editorId"), "23503", "edited_by")).not.toBeNull()
  })

  it.each(["articles_authorId_fkey", "articles_author_id_fkey", "articles_author_id_users_id_fk"])(
    "is known in snake case, should Drizzle write it so: %s",
    (name) => {
      const changeset = article().foreignKeyConstraint("authorId")
      expect(errorOf(changeset, "23503", name)?.message).toBe("does not exist")
    },
  )

  it("is known by the name it is given, and by no other then", () => {
    const changeset = article().uniqueConstraint("price", { name: "x", message: "is taken" })
    expect(errorOf(changeset, "23505", "x")?.message).toBe("is taken")
    expect(errorOf(changeset, "23505", "articles_price_key")).toBeNull()
  })

  it("may be the primary key", () => {
    expect(errorOf(article().uniqueConstraint("id"), "23505", "articles_pkey")).not.toBeNull()
    const pairs = pgTable("pairs", { a: integer(), b: integer() }, (table) => [
      primaryKey({ columns: [table.a, table.b] }),
    ])
    const pair = change(schema(pairs), {}).uniqueConstraint(["a", "b"])
    expect(constraintError(pair, { code: "23505", constraint: "pairs_pkey" })).not.toBeNull()
  })

  it("is of a kind: a broken check is no broken uniqueness", () => {
    const changeset = article().checkConstraint("price").exclusionConstraint("slug")
    expect(errorOf(changeset, "23514", "articles_price_check")?.message).toBe("is invalid")
    expect(errorOf(changeset, "23P01", "articles_slug_excl")).not.toBeNull()
    expect(errorOf(changeset, "23505", "articles_price_check")).toBeNull()
    expect(errorOf(changeset, "08006", "articles_price_check")).toBeNull()
  })

  it("is known by as much of a long name as PostgreSQL keeps", () => {
    const long = "x".repeat(80)
    const Long = schema(articles, { constraints: { unique: { [long]: "slug" } } })
    const changeset = change(Long, {}).uniqueConstraint("slug", { name: long })
    const violation = { code: "23505", constraint: long.slice(0, 63) }
    expect(constraintError(changeset, violation)).not.toBeNull()
  })

  it("that the schema names is an error of its field, without a word and with one", () => {
    expect(errorOf(article(), "23P01", "one_at_a_time")).toMatchObject({
      path: ["price"],
      code: "exclusion",
    })
    const busy = article().exclusionConstraint("price", { message: "is taken then" })
    expect(errorOf(busy, "23P01", "one_at_a_time")?.message).toBe("is taken then")
    const both = article().uniqueConstraint(["price", "language"], { message: "is there" })
    expect(errorOf(both, "23505", "prices")?.message).toBe("is there")
    expect(errorOf(article(), "23505", "one_at_a_time")).toBeNull()
  })

  it("that nobody declares cannot be named by a changeset, nor one of another kind", () => {
    const unknown =
      /names the constraint "y", which neither it \(\S+constraints\.test\.ts:\d+:\d+\) nor its table declares/
    // @ts-expect-error the schema names no such constraint
    expect(() => article().uniqueConstraint("price", { name: "y" })).toThrow(unknown)
    // @ts-expect-error it is one of exclusion
    expect(() => article().uniqueConstraint("price", { name: "one_at_a_time" })).toThrow(
      SchemaDefinitionError,
    )
    expect(() => article().exclusionConstraint("price", { name: "one_at_a_time" })).not.toThrow()
    // @ts-expect-error a constraint is about columns
    const options = { constraints: { check: { y: "prize" } } } satisfies Options
    expect(() => schema(articles, options as never)).toThrow('about "prize", which is no column')
  })

  it("that neither the changeset nor the table declares is nobody's answer", () => {
    expect(errorOf(article(), "23505", "articles_price_key")).toBeNull()
  })

  it("of another table that refers to this one is told by the relation", () => {
    const User = schema(users, {
      hasMany: { articles: { to: () => articles, by: "authorId" } },
    })
    const gone = change(User, { id: 1 }).noAssocConstraint("articles")
    const violation = { code: "23503", table: "articles", constraint: "articles_author_id_fkey" }
    expect(constraintError(gone, violation)?.errors).toMatchObject([
      { path: ["articles"], code: "noAssoc", message: "is still associated with this entry" },
    ])
    expect(constraintError(change(User, { id: 1 }), violation)).toBeNull()
    // @ts-expect-error an unknown relation
    expect(() => change(User, {}).noAssocConstraint("posts")).toThrow(/no field "posts"/)
  })
})
