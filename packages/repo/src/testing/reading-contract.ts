import { desc, eq, gt, sql } from "drizzle-orm"
import { describe, expect, it } from "vitest"
import type { Repo } from "../repo.ts"
import { failure, statementsOf, value } from "./support.ts"
import {
  Article,
  ArticleTag,
  articles,
  newArticle,
  newUser,
  nobody,
  Profile,
  Sample,
  Tag,
  User,
  users,
} from "./tables.ts"

export function readingContract(repo: () => Repo): void {
  describe("reading", () => {
    it("gives all rows that a condition names, in order, page by page", async () => {
      await repo().insertAll(
        Article,
        ["a", "b", "c", "d"].map((slug) => ({ slug, title: slug })),
      )
      const page = await repo().all(Article, {
        where: sql`${articles.slug} <> 'b'`,
        orderBy: desc(articles.slug),
        limit: 2,
        offset: 1,
      })
      expect(page.map(({ slug }) => slug)).toEqual(["c", "a"])
    })

    it("gets a row by its key, or null, or fetches it with a 404", async () => {
      const ada = await value(repo().insert(newUser("ada@example.com")))
      expect(await repo().get(User, ada.id)).toEqual(ada)
      expect(await repo().get(User, nobody)).toBeNull()
      expect(await failure(repo().fetch(User, nobody))).toMatchObject({
        code: "ERR_REPO_NOT_FOUND",
        status: 404,
        table: "users",
      })
    })

    it("finds nothing under what cannot be a key, without asking the database", async () => {
      const asked = await statementsOf(async () => {
        for (const id of ["", "1", "a'; drop table users", "\0", "__proto__", 1, 12n])
          expect(await repo().get(User, id)).toBeNull()
        for (const id of ["x", "1e3", "2147483648", "99999999999999999999999", " 1", 1.5])
          expect(await repo().get(Sample, id)).toBeNull()
      })
      expect(asked).toEqual([])
    })

    it("asks for a key of several columns by an object", async () => {
      const article = await value(repo().insert(newArticle("a")))
      const [tag] = await repo().insertAll(Tag, [{ name: "t" }])
      const id = { articleId: article.id, tagId: tag?.id ?? "" }
      await repo().insertAll(ArticleTag, [id])
      expect(await repo().get(ArticleTag, id)).toEqual(id)
      expect(await failure(repo().get(ArticleTag, article.id))).toMatchObject({
        code: "ERR_REPO_USAGE",
        hint: "Ask with an object: { articleId, tagId }.",
      })
    })

    it("counts, knows whether there are any, and gives the one or refuses several", async () => {
      await repo().insertAll(User, [{ email: "a" }, { email: "b" }])
      expect(await repo().count(User)).toBe(2)
      expect(await repo().count(User, { where: eq(users.email, "a") })).toBe(1)
      expect(await repo().exists(User, { where: eq(users.email, "c") })).toBe(false)
      expect(await repo().one(User, { where: eq(users.email, "b") })).toMatchObject({ email: "b" })
      expect(await repo().one(User, { where: eq(users.email, "c") })).toBeNull()
      expect(await failure(repo().one(User))).toMatchObject({ code: "ERR_REPO_MULTIPLE_ROWS" })
    })

    it("gets a row by the values of its columns, null too", async () => {
      await value(repo().insert(newArticle("a")))
      await repo().insertAll(Article, [{ slug: "b", title: "same", likes: 3 }])
      await repo().insertAll(Article, [{ slug: "c", title: "same", likes: 4 }])
      expect(await repo().getBy(Article, { slug: "a", authorId: null })).toMatchObject({
        slug: "a",
      })
      expect(await repo().getBy(Article, { slug: "z" })).toBeNull()
      expect(await repo().getBy(Article, { id: "no uuid" }, { preload: ["tags"] })).toBeNull()
      expect(await failure(repo().getBy(Article, { title: "same" }))).toMatchObject({
        code: "ERR_REPO_MULTIPLE_ROWS",
      })
      expect(await failure(repo().getBy(Article, {}))).toMatchObject({ code: "ERR_REPO_USAGE" })
    })

    it("gives all rows with some values, with the conditions and relations of any query", async () => {
      const [ada] = await repo().insertAll(User, [{ email: "ada" }, { email: "bob" }])
      const authorId = ada?.id ?? ""
      await repo().insertAll(Article, [
        { slug: "a", title: "t", authorId, likes: 1 },
        { slug: "b", title: "t", authorId, likes: 2 },
        { slug: "c", title: "t" },
      ])
      const slugs = (rows: readonly { slug: string }[]) => rows.map(({ slug }) => slug).sort()
      expect(slugs(await repo().allBy(Article, { authorId, title: "t" }))).toEqual(["a", "b"])
      expect(slugs(await repo().allBy(Article, { authorId: null }))).toEqual(["c"])
      const where = eq(articles.likes, 2)
      expect(
        await repo().allBy(Article, { authorId }, { where, preload: ["author"] }),
      ).toMatchObject([{ slug: "b", author: { email: "ada" } }])
      expect(await repo().allBy(Article, { id: "no uuid" })).toEqual([])
    })

    it("gives rows as they are now, in the order they were", async () => {
      const [b, a] = await repo().insertAll(Article, [
        { slug: "b", title: "b" },
        { slug: "a", title: "a" },
      ])
      if (a === undefined || b === undefined) throw new Error("not written")
      await repo().updateAll(Article, { likes: 5 }, { where: eq(articles.slug, "a") })
      const now = await repo().reload(Article, [a, b, a], { preload: ["tags"] })
      expect(now.map(({ slug, likes, tags }) => [slug, likes, tags])).toEqual([
        ["a", 5, []],
        ["b", 0, []],
        ["a", 5, []],
      ])
      await repo().deleteAll(Article, { where: eq(articles.slug, "a") })
      expect(await failure(repo().reload(Article, [b, a]))).toMatchObject({ status: 404 })
      expect(await repo().reload(Article, [])).toEqual([])
    })

    it("gives the least, the greatest, the sum and the average, and null of no rows", async () => {
      const of = (what: "min" | "max" | "sum" | "avg") => repo().aggregate(Article, what, "likes")
      expect([await of("min"), await of("sum"), await of("avg")]).toEqual([null, null, null])
      await repo().insertAll(Article, [
        { slug: "a", title: "a", likes: 1 },
        { slug: "b", title: "b", likes: 2 },
      ])
      expect([await of("min"), await of("max"), await of("sum"), await of("avg")]).toEqual([
        1, 2, 3, 1.5,
      ])
      const where = eq(articles.slug, "b")
      expect(await repo().aggregate(Article, "max", "title", { where })).toBe("b")
      await repo().insertAll(Sample, [
        { id: 1, big: 9_007_199_254_740_993n, at: new Date(5) },
        { id: 2, exact: "0.10" },
      ])
      expect(await repo().aggregate(Sample, "sum", "big")).toBe("9007199254740993")
      expect(await repo().aggregate(Sample, "sum", "exact")).toBe("0.10")
      expect(await repo().aggregate(Sample, "max", "big")).toBe(9_007_199_254_740_993n)
      expect(await repo().aggregate(Sample, "max", "at")).toEqual(new Date(5))
    })

    it("refuses a limit that is no number before it reaches the database", async () => {
      for (const limit of [Number.NaN, -1, 1.5])
        expect(await failure(repo().all(User, { limit }))).toMatchObject({ code: "ERR_REPO_USAGE" })
    })

    it("reads back every kind of value as it was written", async () => {
      const written = {
        id: 1,
        at: new Date("2026-11-22T15:04:05.678Z"),
        local: new Date("1969-12-31T23:59:59.001Z"),
        day: "2026-11-22",
        json: { text: 'quote " \\ \u2028 é 🙂', list: [1, null, { deep: true }] },
        words: ["plain", "", "NULL", 'a "quote"', "back\\slash", "comma, {brace}", "é🙂\n"],
        numbers: [1, -2, 2147483647],
        flags: [true, false],
        exact: "12345678901234567890.123456789",
        big: 9223372036854775807n,
        flag: false,
        bytes: Buffer.from([0, 1, 254, 255]),
      }
      const [row] = await repo().insertAll(Sample, [written])
      expect(row).toEqual(written)
      expect(await repo().get(Sample, 1)).toEqual(written)
    })

    it("keeps text in JSON what it is, even where it looks like a number", async () => {
      const values = ["123", "null", '"quoted"', "[]", 123, null, true, [], {}]
      await repo().insertAll(
        Sample,
        values.map((json, id) => ({ id, json })),
      )
      const rows = await repo().all(Sample, { orderBy: sql`id` })
      expect(rows.map(({ json }) => json)).toEqual(values)
    })

    it("answers a raw query with named columns and values of JavaScript", async () => {
      const hostile = "'; drop table users; --"
      const [row] =
        await repo().query(sql`select ${hostile}::text as text, 1 as int, 1.5::float8 as float,
        timestamptz '2026-11-22 16:04+01' as at, date '2026-11-22' as day, '{"a":[1]}'::jsonb as json,
        array[1,null,3] as list, array[['a','b'],['c','d']] as deep, true as yes, null as nothing,
        9007199254740993 as big, 0.1::numeric as exact, '\\x00ff'::bytea as bytes, 1 as "__proto__"`)
      expect(row).toEqual({
        text: hostile,
        int: 1,
        float: 1.5,
        at: new Date("2026-11-22T15:04:00Z"),
        day: "2026-11-22",
        json: { a: [1] },
        list: [1, null, 3],
        deep: [
          ["a", "b"],
          ["c", "d"],
        ],
        yes: true,
        nothing: null,
        big: "9007199254740993",
        exact: "0.1",
        bytes: Buffer.from([0, 255]),
        ["__proto__"]: 1,
      })
    })

    it("lets Drizzle's builder say the rest, through the same door", async () => {
      await repo().insertAll(Article, [{ slug: "a", title: "A", likes: 3 }])
      const asked = await statementsOf(async () => {
        const rows = await repo()
          .drizzle.select({
            title: articles.title,
            both: sql<object>`json_build_object('n', likes)`,
          })
          .from(articles)
        expect(rows).toEqual([{ title: "A", both: { n: 3 } }])
      })
      expect(asked).toHaveLength(1)
    })

    it("refuses several statements in one query", async () => {
      expect(await failure(repo().query(sql`select 1; select 2`))).toMatchObject({
        code: "ERR_REPO_QUERY",
        sqlState: "42601",
      })
    })

    it("tells what is wrong with a statement, and never its parameters", async () => {
      const error = await failure(
        repo().query(sql`select * from nowhere where password = ${"s3cret"}`),
      )
      expect(error).toMatchObject({
        code: "ERR_REPO_QUERY",
        sqlState: "42P01",
        statement: "select * from nowhere where password = $1",
        hint: expect.stringContaining("migration"),
      })
      const { inspect } = await import("node:util")
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("s3cret")
      const throughDrizzle = await failure(
        Promise.resolve(repo().drizzle.select().from(articles).where(sql`nope = ${"s3cret"}`)),
      )
      expect(throughDrizzle).toMatchObject({ code: "ERR_REPO_QUERY", sqlState: "42703" })
      expect(inspect(throughDrizzle, { depth: 9, showHidden: true })).not.toContain("s3cret")
    })

    it("shows no value of a row that a constraint refuses, nor one that cannot be read, but to who asks", async () => {
      const { inspect } = await import("node:util")
      await repo().insertAll(Article, [{ slug: "s3cret", title: "t" }])
      const asked = [
        repo().insertAll(Article, [{ slug: "s3cret", title: "t" }]),
        repo().query(sql`update articles set title = null`),
        repo().query(sql`select ${"s3cret"}::text::int`),
      ]
      for (const error of await Promise.all(asked.map((each) => failure(each)))) {
        expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("s3cret")
        expect(JSON.stringify(error)).not.toContain("s3cret")
        expect(error).toMatchObject({ report: { detail: expect.stringContaining("s3cret") } })
      }
    })
  })

  describe("preloading", () => {
    it("loads each relation of all rows with one query", async () => {
      const [ada, bob] = await repo().insertAll(User, [{ email: "ada" }, { email: "bob" }])
      await repo().insertAll(Profile, [{ userId: ada?.id ?? "", bio: "counts" }])
      await repo().insertAll(Article, [
        { slug: "a", title: "a", authorId: ada?.id },
        { slug: "b", title: "b", authorId: ada?.id },
        { slug: "c", title: "c", authorId: bob?.id },
      ])
      const asked = await statementsOf(async () => {
        const found = await repo().all(User, {
          preload: ["articles", "profile"],
          orderBy: users.email,
        })
        expect(
          found.map(({ email, articles, profile }) => ({
            email,
            slugs: articles.map(({ slug }) => slug).sort(),
            bio: profile?.bio ?? null,
          })),
        ).toEqual([
          { email: "ada", slugs: ["a", "b"], bio: "counts" },
          { email: "bob", slugs: ["c"], bio: null },
        ])
      })
      expect(asked).toHaveLength(3)
    })

    it("loads what a row belongs to, and many to many, in one go with fetch", async () => {
      const ada = await value(repo().insert(newUser("ada")))
      const article = await value(repo().insert(newArticle("a", { authorId: ada.id })))
      const orphan = await value(repo().insert(newArticle("o")))
      const added = await repo().insertAll(Tag, [{ name: "x" }, { name: "y" }, { name: "z" }])
      await repo().insertAll(
        ArticleTag,
        added.slice(0, 2).map(({ id }) => ({ articleId: article.id, tagId: id })),
      )
      const loaded = await repo().fetch(Article, article.id, { preload: ["author", "tags"] })
      expect(loaded.author).toEqual(ada)
      expect(loaded.tags.map(({ name }) => name).sort()).toEqual(["x", "y"])
      const alone = await repo().fetch(Article, orphan.id, { preload: ["author", "tags"] })
      expect(alone).toMatchObject({ author: null, tags: [] })
    })

    it("loads some rows in another order, and what is nested in them, with one query more", async () => {
      const [ada, bob] = await repo().insertAll(User, [{ email: "ada" }, { email: "bob" }])
      const written = await repo().insertAll(Article, [
        { slug: "a", title: "a", likes: 1, authorId: ada?.id },
        { slug: "b", title: "b", likes: 2, authorId: ada?.id },
        { slug: "c", title: "c", likes: 0, authorId: bob?.id },
      ])
      const [tag] = await repo().insertAll(Tag, [{ name: "x" }])
      await repo().insertAll(
        ArticleTag,
        written.map(({ id }) => ({ articleId: id, tagId: tag?.id ?? "" })),
      )
      const asked = await statementsOf(async () => {
        const [first, second] = await repo().all(User, {
          orderBy: users.email,
          preload: {
            articles: {
              where: gt(articles.likes, 0),
              orderBy: desc(articles.likes),
              load: (rows, inner) => inner.preload(Article, rows, ["tags"]),
            },
            profile: true,
          },
        })
        expect(
          first?.articles.map(({ slug, tags }) => [slug, tags.map(({ name }) => name)]),
        ).toEqual([
          ["b", ["x"]],
          ["a", ["x"]],
        ])
        expect(second).toEqual({ id: bob?.id, email: "bob", articles: [], profile: null })
      })
      expect(asked).toHaveLength(4)
    })

    it("leaves rows out where load does, and refuses rows that it makes up", async () => {
      const [ada] = await repo().insertAll(User, [{ email: "ada" }])
      const row = { slug: "a", title: "a", authorId: ada?.id }
      await repo().insertAll(Article, [row, { ...row, slug: "b" }])
      const [few] = await repo().all(User, {
        preload: { articles: { load: (rows) => rows.filter(({ slug }) => slug === "b") } },
      })
      expect(few?.articles.map(({ slug }) => slug)).toEqual(["b"])
      expect(Object.getOwnPropertySymbols(few?.articles[0] ?? {})).toEqual([])
      const made = repo().all(User, {
        preload: {
          articles: { load: (rows) => rows.map((row) => JSON.parse(JSON.stringify(row))) },
        },
      })
      expect(await failure(made)).toMatchObject({ code: "ERR_REPO_USAGE" })
    })

    it("loads relations of rows that are there, and asks nothing for none", async () => {
      const asked = await statementsOf(async () => {
        expect(await repo().preload(User, [], ["articles"])).toEqual([])
      })
      expect(asked).toEqual([])
    })
  })
}
