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
import { type Changeset, change, constraintError, schema } from "./index.ts"

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
const Article = schema(articles)
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
    const changeset = article().uniqueConstraint("slug", { name: long })
    expect(errorOf(changeset, "23505", long.slice(0, 63))).not.toBeNull()
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
