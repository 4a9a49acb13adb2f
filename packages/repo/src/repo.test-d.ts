import { change, schema } from "@bennu/schema"
import { and, eq } from "drizzle-orm"
import { pgTable, text, uuid } from "drizzle-orm/pg-core"
import { describe, expectTypeOf, it } from "vitest"
import { postgres } from "./drivers/postgres.ts"
import { openRepo, type Repo, type ScopedRepo } from "./index.ts"
import { Article, articles, newUser, Sample, User, type users } from "./testing/tables.ts"

const repo = {} as Repo
const id = ""

describe("a repo's types", () => {
  it("give rows as the table has them", async () => {
    const rows = await repo.all(User)
    expectTypeOf(rows).toEqualTypeOf<(typeof users.$inferSelect)[]>()
    const row = await repo.get(User, id)
    expectTypeOf(row).toEqualTypeOf<typeof users.$inferSelect | null>()
    expectTypeOf((await repo.fetch(Sample, 1)).big).toEqualTypeOf<bigint | null>()
  })

  it("give relations only where they were asked for", async () => {
    const article = await repo.fetch(Article, id, { preload: ["author", "tags"] })
    // its key may be null
    expectTypeOf(article.author).toEqualTypeOf<typeof users.$inferSelect | null>()
    expectTypeOf(article.tags).toEqualTypeOf<{ id: string; name: string }[]>()
    const plain = await repo.fetch(Article, id)
    // @ts-expect-error it was not loaded
    plain.author
    const user = await repo.fetch(User, id, { preload: ["profile"] })
    // @ts-expect-error there may be none
    user.profile.bio
    // @ts-expect-error another was loaded
    user.articles
    // @ts-expect-error no such relation
    await repo.all(User, { preload: ["friends"] })
    // @ts-expect-error columns are there anyhow
    await repo.all(User, { preload: ["email"] })
  })

  it("carry what a preload makes of its rows", async () => {
    const user = await repo.fetch(User, id, {
      preload: {
        articles: { load: (rows, inner) => inner.preload(Article, rows, ["tags"]) },
        profile: true,
      },
    })
    expectTypeOf(user.articles[0]?.tags[0]?.name).toEqualTypeOf<string | undefined>()
    expectTypeOf(user.profile?.bio).toEqualTypeOf<string | undefined>()
    const one = await repo.fetch(User, id, {
      preload: { profile: { load: (rows) => rows.map((row) => ({ ...row, long: true })) } },
    })
    expectTypeOf(one.profile?.long).toEqualTypeOf<boolean | undefined>()
    // @ts-expect-error no such relation
    await repo.fetch(User, id, { preload: { friends: true } })
    // @ts-expect-error it was not loaded
    one.articles
  })

  it("know which values a column has", async () => {
    await repo.getBy(Article, { slug: "a", authorId: null })
    // @ts-expect-error no such column
    await repo.getBy(Article, { slugs: "a" })
    expectTypeOf(await repo.aggregate(Article, "max", "title")).toEqualTypeOf<string | null>()
    expectTypeOf(await repo.aggregate(Article, "sum", "likes")).toEqualTypeOf<
      number | string | null
    >()
    // @ts-expect-error no such column
    await repo.aggregate(Article, "sum", "like")
  })

  it("tell a refused changeset from a row", async () => {
    const result = await repo.insert(newUser("ada"))
    // @ts-expect-error it may have been refused
    result.value
    if (result.ok) expectTypeOf(result.value.email).toBeString()
    else expectTypeOf(result.error.changes.email).toEqualTypeOf<string | undefined>()
    // @ts-expect-error a row alone does not say of which table
    await repo.insert({ email: "ada" })
    await repo.delete(change(User, { id, email: "ada" }))
  })

  it("know what a table takes", async () => {
    await repo.insertAll(Article, [{ slug: "a", title: "A" }])
    // @ts-expect-error the title is missing
    await repo.insertAll(Article, [{ slug: "a" }])
    // @ts-expect-error a misspelled column
    await repo.insertAll(Article, [{ slug: "a", title: "A", like: 1 }])
    const onConflict = { target: ["slug"], replace: "all" } as const
    await repo.insertAll(Article, [], { onConflict })
    // @ts-expect-error no such column to conflict in
    await repo.insertAll(Article, [], { onConflict: { target: ["slugs"], replace: "all" } })
    // @ts-expect-error likes are a number
    await repo.updateAll(Article, { likes: "many" }, { where: eq(articles.slug, "a") })
    // @ts-expect-error a condition has to be given
    await repo.deleteAll(Article)
  })

  it("carry what a transaction returns", async () => {
    expectTypeOf(await repo.transaction(async () => 1)).toBeNumber()
    // @ts-expect-error what it does has to be awaited
    await repo.transaction(() => 1)
    // @ts-expect-error there is no such isolation
    await repo.transaction(async () => 1, { isolation: "chaos" })
    // @ts-expect-error transactions are the repo's, so that they are known to it
    repo.drizzle.transaction
  })

  it("keep an unscoped query out of a context that asks for a scoped repo", async () => {
    const titles = async (scope: { readonly repo: ScopedRepo }) => {
      // @ts-expect-error the scope does not reach the query builder
      scope.repo.drizzle
      // @ts-expect-error nor statements
      scope.repo.query
      // @ts-expect-error nor the port of other packages
      scope.repo.sql
      // @ts-expect-error also in a transaction
      await scope.repo.transaction(async (tx) => tx.query)
      return scope.repo.transaction(async (tx) => tx.inLane("background").all(Article))
    }
    const scoped = repo.scoped({ tables: [articles] })
    expectTypeOf(await titles({ repo: scoped })).toEqualTypeOf<(typeof articles.$inferSelect)[]>()
    await titles({ repo: scoped.scoped({ filter: () => undefined }) })
    // @ts-expect-error this one sees everything
    await titles({ repo })
    // who knows better has all doors still
    expectTypeOf(scoped).toExtend<Repo>()
  })

  it("take conditions that may be none, as lists with filters have them", async () => {
    const filter: string | undefined = undefined
    const where = and(eq(articles.likes, 1), filter ? eq(articles.slug, filter) : undefined)
    await repo.all(Article, { where, orderBy: [articles.slug, articles.title] })
  })

  it("take options that may be undefined, and no others", () => {
    openRepo({ driver: postgres({ url: "", poolSize: undefined }), casing: undefined })
    // @ts-expect-error a misspelled option
    postgres({ url: "", poolsize: 1 })
    // @ts-expect-error a repo has a driver
    openRepo({})
    schema(pgTable("t", { id: uuid().primaryKey(), name: text() }))
  })
})
