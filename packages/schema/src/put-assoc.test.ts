import { integer, pgTable, text } from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import { type AnyChangeset, change, NotLoadedError, schema, writeOf } from "./index.ts"

const users = pgTable("users", { id: integer().primaryKey(), name: text() })
const articles = pgTable("articles", {
  id: integer().primaryKey(),
  authorId: integer().references(() => users.id),
  title: text(),
})
const tags = pgTable("tags", { id: integer().primaryKey(), name: text() })
const joins = pgTable("joins", {
  articleId: integer().references(() => articles.id),
  tagId: integer().references(() => tags.id),
})
const Tag = schema(tags)
const Article = schema(articles, {
  belongsTo: { author: () => users },
  manyToMany: { tags: { to: () => Tag, through: () => joins } },
})
const [red, blue, green] = [
  { id: 1, name: "red" },
  { id: 2, name: "blue" },
  { id: 3, name: "green" },
]
const stored = { id: 9, title: "x", tags: [red, blue] }
const rowsOf = (changeset: AnyChangeset) =>
  writeOf(changeset).nested.flatMap(({ rows }) =>
    rows.map(({ action, changeset }) => [action, changeset.apply()]),
  )

describe("putAssoc", () => {
  it("links stored rows, inserts new ones, and leaves alone those that are there", () => {
    const rows = [red, blue, green, change(Tag, {}, { name: "new" })]
    expect(rowsOf(change(Article, stored).putAssoc("tags", rows))).toEqual([
      ["update", red],
      ["update", blue],
      ["link", green],
      ["insert", { name: "new" }],
    ])
  })

  it("refuses to drop rows, unless told what becomes of them", () => {
    const refused = change(Article, stored).putAssoc("tags", [red])
    expect(refused.errors).toMatchObject([{ path: ["tags"], code: "replace" }])
    expect(
      rowsOf(change(Article, stored).putAssoc("tags", [red], { onReplace: "delete" })),
    ).toEqual([
      ["update", red],
      ["delete", blue],
    ])
    expect(rowsOf(change(Article, stored).putAssoc("tags", [], { onReplace: "nilify" }))).toEqual([
      ["unlink", red],
      ["unlink", blue],
    ])
  })

  it("takes a changeset of a new row whose key code chose as new, when it is to be inserted", () => {
    const made = change(Tag, { id: 5, name: "five" }).withAction("insert")
    const put = change(Article, {}, { title: "t" }).putAssoc("tags", [made])
    expect(rowsOf(put)).toEqual([["insert", { id: 5, name: "five" }]])
    expect(put.apply()).toEqual({ title: "t", tags: [{ id: 5, name: "five" }] })
  })

  it("sets the one row of a relation that has one, or none", () => {
    const put = change(Article, {}).putAssoc("author", { id: 4, name: "Ada" })
    expect(rowsOf(put)).toEqual([["link", { id: 4, name: "Ada" }]])
    const author = { id: 4, name: "Ada" }
    const none = change(Article, { id: 9, author }).putAssoc("author", null, {
      onReplace: "nilify",
    })
    expect(rowsOf(none)).toEqual([["unlink", author]])
  })

  it("is invalid when one of its rows is", () => {
    const odd = change(Tag, {}, { name: "x" }).addError("name", "is odd")
    const put = change(Article, {}).putAssoc("tags", [odd])
    expect(put.errors).toMatchObject([{ path: ["tags", 0, "name"], message: "is odd" }])
  })

  it("throws for what is no row of the relation", () => {
    const article = change(Article, {})
    // @ts-expect-error a list for one row
    expect(() => article.putAssoc("author", [red, blue])).toThrow(/has one row/)
    // @ts-expect-error text is no row
    expect(() => article.putAssoc("tags", ["red"])).toThrow(/rows and changesets/)
    expect(() => article.putAssoc("tags", [change(Article, {})])).toThrow(/rows of "tags"/)
    // @ts-expect-error an unknown relation
    expect(() => article.putAssoc("tag", [])).toThrow(/no field "tag"/)
    expect(() => change(Article, { id: 9 }).putAssoc("tags", [])).toThrow(NotLoadedError)
  })
})
