import { integer, pgTable, text, uuid } from "drizzle-orm/pg-core"
import { describe, expectTypeOf, it } from "vitest"
import { factory } from "./factory.ts"
import { schema } from "./index.ts"

const users = pgTable("users", { id: uuid().primaryKey(), email: text().notNull(), age: integer() })
const posts = pgTable("posts", { id: uuid().primaryKey(), userId: uuid().notNull() })
const User = schema(users, { hasMany: { posts: () => posts } })
const Post = schema(posts, { belongsTo: { user: () => users } })
const user = factory(User, (n) => ({ email: `${n}@example.com` }))
const post = factory(Post, () => ({}))

describe("a factory's types", () => {
  it("know its rows", () => {
    expectTypeOf(user.build()).toEqualTypeOf<{ id: string; email: string; age: number | null }>()
    expectTypeOf(user.with().build).returns.toEqualTypeOf<typeof User.$inferSelect>()
  })

  it("refuse a column that is not there, and a value of another type", () => {
    // @ts-expect-error an unknown column
    user.build({ emial: "" })
    // @ts-expect-error a number
    user.build({ age: "7" })
    // @ts-expect-error the defaults too
    factory(User, () => ({ age: "7" }))
    // @ts-expect-error by sequence as well
    user.build((n) => ({ email: n }))
  })

  it("know its traits by name, and their values", () => {
    const grown = user.trait("old", { age: 80 }).trait("young", (n) => ({ age: n }))
    grown.with("old", "young").build()
    // @ts-expect-error no such trait
    grown.with("odl")
    // @ts-expect-error it has none
    user.with("old")
    // @ts-expect-error a number
    user.trait("old", { age: "80" })
  })

  it("know whom its rows belong to", () => {
    post.belongsTo({ user }).build({ user: user.build() })
    // @ts-expect-error no such relation
    post.belongsTo({ author: user })
    // @ts-expect-error nor beside one that is
    post.belongsTo({ user, author: user })
    // @ts-expect-error rows of another table
    post.belongsTo({ user: post })
    // @ts-expect-error a user has posts, it does not belong to them
    user.belongsTo({ posts: post })
    // @ts-expect-error rows of another table
    post.build({ user: post.build() })
  })
})
