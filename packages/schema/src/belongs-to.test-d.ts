import { pgTable, text, uuid } from "drizzle-orm/pg-core"
import { describe, expectTypeOf, test } from "vitest"
import { schema } from "./index.ts"

const users = pgTable("users", { id: uuid().primaryKey(), name: text().notNull() })
type User = typeof users.$inferSelect
const posts = pgTable("posts", {
  id: uuid().primaryKey(),
  userId: uuid().notNull(),
  editorId: uuid(),
  writtenBy: uuid().notNull(),
  checkedBy: uuid(),
})

describe("what a row belongs to", () => {
  const Post = schema(posts, {
    belongsTo: {
      user: () => users,
      editor: () => users,
      author: { to: () => users, by: "writtenBy" },
      checker: { to: () => users, by: "checkedBy" },
      unknown: () => users,
    },
    hasOne: { note: () => users },
  })
  type Relations = typeof Post.$relations

  test("is there where its key is required, by convention or by name", () => {
    expectTypeOf<Relations["user"]>().toEqualTypeOf<User>()
    expectTypeOf<Relations["author"]>().toEqualTypeOf<User>()
  })

  test("may be missing where the key may be null", () => {
    expectTypeOf<Relations["editor"]>().toEqualTypeOf<User | null>()
    expectTypeOf<Relations["checker"]>().toEqualTypeOf<User | null>()
    // @ts-expect-error a post without an editor would be a TypeError in the page
    const name = (post: Relations): string => post.editor.name
    void name
  })

  test("may be missing where only Drizzle knows the key, if any column may be null", () => {
    expectTypeOf<Relations["unknown"]>().toEqualTypeOf<User | null>()
    const strict = pgTable("strict", { id: uuid().primaryKey(), by: uuid().notNull() })
    const Strict = schema(strict, { belongsTo: { unknown: () => users } })
    expectTypeOf<(typeof Strict.$relations)["unknown"]>().toEqualTypeOf<User>()
  })
})
