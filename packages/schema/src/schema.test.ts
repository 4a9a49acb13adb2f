import { integer, jsonb, pgTable, text, uuid } from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { SchemaDefinitionError, schema } from "./index.ts"

const users = pgTable("users", { id: uuid().primaryKey() })
const posts = pgTable("blog_posts", {
  id: uuid().primaryKey(),
  userId: uuid(),
  writtenBy: uuid().references(() => users.id),
})
const remarks = pgTable("remarks", {
  id: uuid().primaryKey(),
  blogPostId: uuid(),
  about: uuid(),
})
const tags = pgTable("tags", { id: uuid().primaryKey() })
const taggings = pgTable("taggings", { blogPostId: uuid(), tagId: uuid() })

describe("schema", () => {
  it("knows the table's columns and primary key by property", () => {
    const { name, columns, primaryKey } = schema(posts)
    expect([name, [...columns.keys()], primaryKey]).toEqual([
      "blog_posts",
      ["id", "userId", "writtenBy"],
      ["id"],
    ])
  })

  it("joins a relation by the key that Drizzle declares, by convention, or by the one named", () => {
    const Remark = schema(remarks, {
      belongsTo: { blogPost: () => posts, subject: { to: () => posts, by: "about" } },
    })
    const Post = schema(posts, {
      belongsTo: { author: () => users },
      hasMany: { remarks: () => Remark },
      manyToMany: { tags: { to: () => tags, through: () => taggings } },
    })
    const joins = (relations: typeof Post.relations) =>
      [...relations.values()].map(({ kind, join }) => {
        const { from, to, through } = join()
        return [kind, from, to, through && [through.from, through.to]]
      })
    expect(joins(Post.relations)).toEqual([
      ["belongsTo", "writtenBy", "id", null],
      ["hasMany", "id", "blogPostId", null],
      ["manyToMany", "id", "id", ["blogPostId", "tagId"]],
    ])
    expect(joins(Remark.relations)).toEqual([
      ["belongsTo", "blogPostId", "id", null],
      ["belongsTo", "about", "id", null],
    ])
  })

  it("says which key is missing, once somebody needs it", () => {
    const Tag = schema(tags, { hasMany: { posts: () => posts } })
    expect(() => Tag.relations.get("posts")?.join()).toThrow(/"blog_posts" has no tagId/)
  })

  it("refuses an embed without a json column, and a name that is there twice", () => {
    const address = z.object({ city: z.string() })
    expect(() => schema(users, { embeds: { address } })).toThrow(SchemaDefinitionError)
    const places = pgTable("places", { id: integer().primaryKey(), address: jsonb(), name: text() })
    expect(schema(places, { embeds: { address } }).embeds.has("address")).toBe(true)
    expect(() => schema(places, { virtual: { name: z.string() } })).toThrow(SchemaDefinitionError)
    expect(() => schema(places, { hasMany: { name: () => users } })).toThrow(SchemaDefinitionError)
  })
})
