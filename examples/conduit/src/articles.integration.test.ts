import { afterAll, describe, expect, it } from "vitest"
import * as Articles from "./articles.ts"
import { conduitTests } from "./testing.ts"
import type { ReaderScope } from "./vocabulary.ts"

const conduit = await conduitTests()
afterAll(() => conduit[Symbol.asyncDispose]())
const { tests } = conduit

const params = (more: object = {}) => ({
  title: "Notes on the engine",
  description: "What it may do.",
  body: "It might act upon *other things* besides number.",
  tagList: "Machines, history, machines",
  ...more,
})
const created = async (scope: ReaderScope, more: object = {}) => {
  const result = await Articles.create(scope, params(more))
  if (!result.ok) throw new Error(JSON.stringify(result.error))
  return Articles.fetch(scope, result.value.slug)
}

describe("Articles", () => {
  it.concurrent(
    "are created with a slug of their title and each tag once",
    tests.test(async ({ ada }) => {
      const article = await created(ada, { title: "Ünïcode & other, odd -- things!" })
      expect(article.slug).toBe("u-ni-code-other-odd-things")
      expect(article.tags.map(({ name }) => name).sort()).toEqual(["history", "machines"])
      expect(article).toMatchObject({ author: "Ada", readerId: ada.reader.id })
    }),
  )

  it.concurrent(
    "get another slug when theirs is taken, also when two are written at the same moment",
    tests.test(async ({ ada }) => {
      const [one, two] = [
        await created(ada, { title: "Twice" }),
        await created(ada, { title: "Twice" }),
      ]
      expect(one.slug).toBe("twice")
      expect(two.slug).toMatch(/^twice-[0-9a-f]{8}$/)
      const both = await Promise.all(
        [1, 2, 3].map(() => Articles.create(ada, params({ title: "At once" }))),
      )
      expect(both.filter(({ ok }) => ok).length).toBeGreaterThan(0)
    }),
  )

  it.concurrent(
    "are refused with words when something is missing, and nothing is written",
    tests.test(async ({ ada, anyone }) => {
      const before = await Articles.list(anyone, { limit: 1, offset: 0 })
      const result = await Articles.create(ada, params({ title: " ", tagList: "a,b,c,d,e,f,g" }))
      expect(result.ok).toBe(false)
      if (!result.ok)
        expect(result.error.toJSON()).toEqual({
          errors: { title: ["can't be blank"], tagList: ["are more than six"] },
        })
      expect((await Articles.list(anyone, { limit: 1, offset: 0 })).total).toBe(before.total)
    }),
  )

  it.concurrent(
    "cannot be given an author, a slug or an id by what was sent",
    tests.test(async ({ ada, grace }) => {
      const forged = {
        author: "Mallory",
        slug: "mine",
        id: crypto.randomUUID(),
        readerId: grace.reader.id,
      }
      const article = await created(ada, { title: "Forged", ...forged })
      expect(article).toMatchObject({ author: "Ada", slug: "forged", readerId: ada.reader.id })
      expect(article.id).not.toBe(forged.id)
    }),
  )

  it.concurrent(
    "are listed newest first, by tag and by author, in pages",
    tests.test(async ({ ada, anyone }) => {
      await created(ada, { title: "Last", tagList: "only-here" })
      const { articles, total } = await Articles.list(anyone, {
        tag: "only-here",
        limit: 10,
        offset: 0,
      })
      expect({ total, titles: articles.map(({ title }) => title) }).toEqual({
        total: 1,
        titles: ["Last"],
      })
      const first = await Articles.list(anyone, { author: "Ada", limit: 1, offset: 0 })
      expect(first.articles[0]?.title).toBe("Last")
      expect((await Articles.list(anyone, { author: "Nobody", limit: 1, offset: 0 })).total).toBe(0)
      expect((await Articles.list(anyone, { limit: 5, offset: 10_000 })).articles).toEqual([])
    }),
  )

  it.concurrent(
    "are changed only by the browser that wrote them",
    tests.test(async ({ ada, anyone, grace }) => {
      const article = await created(ada, { title: "Whose" })
      await expect(Articles.fetchOwn(grace, article.slug)).rejects.toMatchObject({ status: 403 })
      const own = await Articles.fetchOwn(ada, article.slug)
      const changed = await Articles.update(ada, own, params({ title: "Mine", tagList: "" }))
      expect(changed).toMatchObject({ ok: true, value: { title: "Mine", slug: "whose" } })
      expect((await Articles.fetch(anyone, "whose")).tags).toEqual([])
    }),
  )

  it.concurrent(
    "that are not there are a 404",
    tests.test(async ({ anyone }) => {
      await expect(Articles.fetch(anyone, "__proto__")).rejects.toMatchObject({ status: 404 })
    }),
  )
})
