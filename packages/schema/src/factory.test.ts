import { err, ok } from "@bennu/core"
import { boolean, integer, pgTable, serial, text, timestamp, uuid } from "drizzle-orm/pg-core"
import { describe, expect, it } from "vitest"
import { FactoryError, factory, type Inserts, UnknownTraitError } from "./factory.ts"
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
const articles = pgTable("articles", {
  id: uuid().primaryKey().defaultRandom(),
  title: text().notNull(),
  score: integer(),
  publishedAt: timestamp(),
  authorId: uuid().notNull(),
  editorId: uuid(),
})
const Article = schema(articles, {
  belongsTo: {
    author: { to: () => users, by: "authorId" },
    editor: { to: () => User, by: "editorId" },
  },
  hasMany: { reviews: { to: () => users, by: "number" } },
})
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

  it("gives random numbers that are the same for the same row in every run", () => {
    const scored = (seed?: number) =>
      factory(User, (n, random) => ({ email: `${n}@x`, age: Math.floor(random() * 1e6) }), { seed })
    const ages = (seed?: number) =>
      scored(seed)
        .buildMany(5)
        .map(({ age }) => age)
    expect(ages()).toEqual(ages())
    expect(new Set(ages()).size).toBe(5)
    expect(ages(2)).not.toEqual(ages())
    const faulty = factory(User, (_, random) => ({ email: "x", age: random() }), { seed: 42 })
    expect(() => faulty.build()).toThrow(/seed 42/)
  })
})

describe("traits", () => {
  const people = () =>
    user()
      .trait("admin", { admin: true, nick: "root" })
      .trait("old", (n) => ({ age: 80 + n, nick: "elder" }))

  it("compose, the later over the earlier, and a row's own values over all", () => {
    const old = people().with("admin", "old")
    expect(old.build()).toMatchObject({ admin: true, age: 81, nick: "elder" })
    expect(people().with("old", "admin").build()).toMatchObject({ age: 81, nick: "root" })
    expect(people().with("admin").with("old").build({ nick: "x" })).toMatchObject({ nick: "x" })
  })

  it("leave the factory as it was, and share its sequence", () => {
    const all = people()
    const rows = [all.with("admin").build(), all.build(), all.with("old").build()]
    expect(rows.map(({ email }) => email)).toEqual([1, 2, 3].map((n) => `user${n}@example.com`))
    expect(rows.map(({ admin }) => admin)).toEqual([true, false, false])
  })

  it("make what belongs to a row once it is there, and not for one that is only built", async () => {
    const { repo, inserted } = fakeRepo()
    const befriended = user().trait("befriended", { nick: "x" }, (row, repo) =>
      people().insertMany(repo, 2, { nick: `friend of ${row.email}` }),
    )
    await befriended.with("befriended").insert(repo)
    expect(inserted).toMatchObject([
      { nick: "x" },
      { nick: "friend of user1@example.com" },
      { nick: "friend of user1@example.com" },
    ])
    befriended.with("befriended").build()
    expect(inserted).toHaveLength(3)
  })

  it("that are not there are named, with those that are", () => {
    const name: string = "__proto__"
    // @ts-expect-error its traits are "admin" and "old"
    expect(() => people().with(name)).toThrow(UnknownTraitError)
  })
})

describe("rows that a factory's rows belong to", () => {
  const ada = () => user().build({ email: "ada@example.com" })
  const article = () => factory(Article, (n) => ({ title: `Title ${n}` }))

  it("are built with them, or given", () => {
    const authors = user()
    const built = article().belongsTo({ author: authors }).build()
    expect(built.authorId).toMatch(/0001$/)
    expect(authors.build().email).toBe("user2@example.com")
    const given = ada()
    expect(article().build({ author: given }).authorId).toBe(given.id)
    expect(article().belongsTo({ author: authors }).build({ authorId: given.id }).authorId).toBe(
      given.id,
    )
    expect(authors.build().email).toBe("user3@example.com")
  })

  it("are inserted before them, by a trait as well", async () => {
    const { repo, inserted } = fakeRepo()
    const source = {
      ...user(),
      insert: async (into: Inserts) => user().insert(into, { id: crypto.randomUUID() }),
    }
    const edited = article()
      .belongsTo({ author: source })
      .trait("edited", { editor: ada() })
      .with("edited")
    const row = await edited.insert(repo)
    expect(inserted).toMatchObject([{ email: "user1@example.com" }, { title: "Title 1" }])
    expect(inserted[0]).toMatchObject({ id: row.authorId })
    expect(row.editorId).toBe(ada().id)
  })

  it("are missed where nobody says who they are", () => {
    expect(() => article().build()).toThrow(/authorId can't be blank/)
  })

  it("cannot be rows that belong to them", () => {
    const parents = { reviews: user() }
    // @ts-expect-error reviews belong to an article
    expect(() => article().belongsTo(parents)).toThrow(/does not belong to its "reviews"/)
  })
})
