import { change } from "@bennu/schema"
import { desc, like } from "drizzle-orm"
import { describe, expect, it } from "vitest"
import type { Repo } from "../repo.ts"
import { failure, statementsOf, value } from "./support.ts"
import { Article, ArticleTag, articles, newArticle, newUser, Tag, User, users } from "./tables.ts"

export function streamContract(repo: () => Repo): void {
  describe("stream", () => {
    const fill = (count: number) =>
      repo().insertAll(
        User,
        Array.from({ length: count }, (_, at) => ({
          email: `${String(at).padStart(2, "0")}@example.com`,
        })),
      )
    const emails = async (rows: AsyncIterable<{ email: string }>) => {
      const read: string[] = []
      for await (const { email } of rows) read.push(email)
      return read
    }

    for (const by of ["key", "cursor"] as const) {
      it(`gives all rows once, in batches, and their relations (${by})`, async () => {
        const rows = await fill(7)
        await value(repo().insert(newArticle("otters", { authorId: rows[3]?.id ?? null })))
        const read: number[] = []
        const ids: string[] = []
        for await (const user of repo().stream(User, { by, batch: 3, preload: ["articles"] })) {
          ids.push(user.id)
          read.push(user.articles.length)
        }
        expect(ids.toSorted()).toEqual(rows.map(({ id }) => id).toSorted())
        expect(read.toSorted()).toEqual([0, 0, 0, 0, 0, 0, 1])
      })

      it(`fetches no batch before it is wanted, and none after the loop was left (${by})`, async () => {
        await fill(9)
        const asked = await statementsOf(async () => {
          for await (const _ of repo().stream(User, { by, batch: 2 })) break
        })
        expect(asked.filter((text) => /^(fetch|select)/.test(text))).toHaveLength(1)
        expect(await repo().count(User)).toBe(9)
      })
    }

    it("takes conditions, and any order by a cursor", async () => {
      await fill(5)
      const where = like(users.email, "0%")
      const query = { where, orderBy: desc(users.email), limit: 4, batch: 3 }
      expect(await emails(repo().stream(User, query))).toEqual(
        ["04", "03", "02", "01"].map((name) => `${name}@example.com`),
      )
      expect(await emails(repo().stream(User, { where: like(users.email, "03%") }))).toEqual([
        "03@example.com",
      ])
    })

    it("goes along a key of several columns", async () => {
      const [one, two] = [newArticle("one"), newArticle("two")]
      const found = [await value(repo().insert(one)), await value(repo().insert(two))]
      const names = await repo().insertAll(Tag, [{ name: "a" }, { name: "b" }, { name: "c" }])
      const pairs = found.flatMap(({ id }) =>
        names.map((tag) => ({ articleId: id, tagId: tag.id })),
      )
      await repo().insertAll(ArticleTag, pairs)
      const read = []
      for await (const pair of repo().stream(ArticleTag, { batch: 2 })) read.push(pair)
      expect(read).toHaveLength(6)
      expect(new Set(read.map((pair) => JSON.stringify(pair))).size).toBe(6)
    })

    it("is a part of the transaction around it, several at once too", async () => {
      await repo().transaction(async (tx) => {
        await fill(3)
        for await (const user of tx.stream(User, { batch: 1, orderBy: users.email })) {
          const others = await emails(tx.stream(User, { batch: 2 }))
          expect(others).toHaveLength(3)
          await value(tx.update(change(User, user, { email: `x${user.email}` })))
        }
      })
      expect(await repo().count(User, { where: like(users.email, "x%") })).toBe(3)
    })

    it("throws what goes wrong, and leaves no transaction open", async () => {
      await fill(3)
      const wrong = repo().stream(User, { orderBy: articles.slug })
      expect(await failure(wrong.next())).toMatchObject({ code: "ERR_REPO_QUERY" })
      const broken = failure(
        (async () => {
          for await (const _ of repo().stream(User, { by: "cursor" })) throw new Error("mine")
        })(),
      )
      expect(String(await broken)).toContain("mine")
      expect(await failure(repo().stream(User, { by: "key", limit: 1 }).next())).toMatchObject({
        code: "ERR_REPO_USAGE",
      })
      expect(await repo().count(User)).toBe(3)
    })
  })

  describe("insertAll of a source", () => {
    async function* source(count: number) {
      for (let at = 0; at < count; at++) yield { name: `tag ${at}` }
    }

    it("writes all of it, some at a time", async () => {
      expect(await repo().insertAll(Tag, source(1_203))).toBe(1_203)
      expect(await repo().count(Tag)).toBe(1_203)
    })

    it("writes nothing of a source that breaks", async () => {
      async function* breaking() {
        yield* source(700)
        throw new Error("gone")
      }
      expect(String(await failure(repo().insertAll(Tag, breaking())))).toContain("gone")
      expect(await repo().count(Tag)).toBe(0)
    })
  })

  describe("insert with onConflict", () => {
    const counted = (slug: string, likes: number) => newArticle(slug, { likes })
    const onConflict = { target: ["slug"], replace: ["likes"] } as const

    it("changes the row that is there, and gives it as it is then", async () => {
      const first = await value(repo().insert(counted("otters", 1), { onConflict }))
      const again = await value(repo().insert(counted("otters", 5), { onConflict }))
      expect(again).toEqual({ ...first, likes: 5 })
      expect(await repo().count(Article)).toBe(1)
    })

    it("gives a row that is equal without writing it, and one that is to be kept", async () => {
      const first = await value(repo().insert(counted("otters", 1)))
      expect(await value(repo().insert(counted("otters", 1), { onConflict }))).toEqual(first)
      const keep = { target: ["slug"], replace: [] } as const
      expect(await value(repo().insert(counted("otters", 9), { onConflict: keep }))).toEqual(first)
    })

    it("is not meant for the rows within it", async () => {
      const ada = await value(repo().insert(newUser("ada@example.com")))
      const user = change(User, {}, { email: ada.email }).putAssoc("articles", [
        counted("otters", 1),
      ])
      const target = { target: ["email"], replace: [] } as const
      await value(repo().insert(user, { onConflict: target }))
      const [article] = await repo().all(Article, { preload: ["author"] })
      expect(article?.author?.id).toBe(ada.id)
    })
  })
}
