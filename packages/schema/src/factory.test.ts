import { err, ok } from "@bennu/core"
import { boolean, integer, pgTable, serial, text, timestamp, uuid } from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import { FactoryError, factory, type Inserts } from "./factory.ts"
import { schema, writeOf } from "./index.ts"

const users = pgTable("users", {
  id: uuid().primaryKey().defaultRandom(),
  number: serial(),
  email: text().notNull(),
  nick: text(),
  age: integer(),
  admin: boolean().notNull().default(false),
  code: text()
    .notNull()
    .$defaultFn(() => "generated"),
  joinedAt: timestamp().notNull().defaultNow(),
})
const User = schema(users)
const now = () => Date.parse("2026-11-22T10:00Z")
const user = () => factory(User, (n) => ({ email: `user${n}@example.com` }), { now })

/** Keeps what it is asked to insert. */
function fakeRepo() {
  const inserted: unknown[] = []
  const repo: Inserts = {
    async insert(changeset) {
      const { row, changes } = writeOf(changeset)
      inserted.push({ ...row, ...changes })
      // proof: the tests look at nothing that the database would add
      return ok({ ...row, ...changes } as never)
    },
  }
  return { repo, inserted }
}

describe("a factory", () => {
  it("builds whole rows, each with its own sequence number", () => {
    const users = user()
    expect(users.build({ nick: "ada" })).toEqual({
      id: "00000000-0000-4000-8000-000000000001",
      number: 1,
      email: "user1@example.com",
      nick: "ada",
      age: null,
      admin: false,
      code: "generated",
      joinedAt: new Date("2026-11-22T10:00Z"),
    })
    expect(users.build((n) => ({ age: n }))).toMatchObject({ email: "user2@example.com", age: 2 })
  })

  it("inserts what it was told and leaves defaults to the database", async () => {
    const { repo, inserted } = fakeRepo()
    await user().insert(repo, { age: 30 })
    expect(inserted).toEqual([{ email: "user1@example.com", age: 30 }])
  })

  it("inserts many, one after the other", async () => {
    const { repo, inserted } = fakeRepo()
    const rows = await user().insertMany(repo, 3, (n) => ({ age: n }))
    expect(rows).toHaveLength(3)
    expect(inserted).toMatchObject([{ age: 1 }, { age: 2 }, { age: 3 }])
  })

  it("says what its defaults leave out", () => {
    expect(() => factory(User, () => ({ nick: "x" })).build()).toThrow(/email can't be blank/)
    expect(() => user().build({ age: 1.5 })).toThrow(FactoryError)
  })

  it("throws when a row is refused, since a test or a seed has no form to show it in", async () => {
    const repo: Inserts = {
      insert: async (changeset) => err(changeset.addError("email", "has already been taken")),
    }
    await expect(user().insert(repo)).rejects.toThrow(/email has already been taken/)
  })
})
