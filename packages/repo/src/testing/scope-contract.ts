import { change, schema, unscoped } from "@bennu/schema"
import { eq, gt, like, sql } from "drizzle-orm"
import { describe, expect, it } from "vitest"
import type { Repo } from "../repo.ts"
import { failure, statementsOf, value } from "./support.ts"
import {
  Article,
  articles,
  newArticle,
  newUser,
  samples,
  Tag,
  tags,
  User,
  users,
} from "./tables.ts"

/** What a repo reads and changes, where not all rows are meant. */
export function scopeContract(repo: () => Repo): void {
  const Popular = schema(articles, {
    filter: gt(articles.likes, 0),
    belongsTo: { author: { to: () => users, by: "authorId" } },
  })
  const Writer = schema(users, { hasMany: { articles: { to: () => Popular, by: "authorId" } } })

  describe("a schema with a filter", () => {
    const write = async () => {
      const ada = await value(repo().insert(newUser("ada")))
      const mine = { authorId: ada.id }
      await repo().insertAll(Article, [
        { slug: "a", title: "a", likes: 1, ...mine },
        { slug: "b", title: "b", likes: 0, ...mine },
      ])
      return ada
    }

    it("has no other rows, however they are asked for", async () => {
      await write()
      const [row] = await repo().all(Popular)
      expect(await repo().all(Popular)).toMatchObject([{ slug: "a" }])
      expect(await repo().count(Popular)).toBe(1)
      expect(await repo().exists(Popular, { where: eq(articles.slug, "b") })).toBe(false)
      const hidden = await value(repo().insert(newArticle("c")))
      expect(await repo().get(Popular, hidden.id)).toBeNull()
      expect(await repo().getBy(Popular, { slug: "b" })).toBeNull()
      expect(await repo().aggregate(Popular, "sum", "likes")).toBe(1)
      expect(await repo().updateAll(Popular, { title: "x" }, { where: sql`true` })).toBe(1)
      expect(await repo().deleteAll(Popular, { where: sql`true` })).toBe(1)
      expect(row?.slug).toBe("a")
      expect(await repo().count(unscoped(Popular))).toBe(2)
    })

    it("has no others among the rows of a relation", async () => {
      const { id } = await write()
      const writer = await repo().fetch(Writer, id, { preload: ["articles"] })
      expect(writer.articles.map(({ slug }) => slug)).toEqual(["a"])
    })
  })

  describe("a schema whose rows are deleted softly", () => {
    const Sample = schema(samples, { softDelete: "at" })

    it("keeps them, and shows them only to who asks for all", async () => {
      await repo().insertAll(Sample, [{ id: 1 }, { id: 2 }, { id: 3 }])
      const first = await repo().fetch(Sample, 1)
      expect(await value(repo().delete(change(Sample, first)))).toMatchObject({
        at: expect.any(Date),
      })
      expect(await repo().deleteAll(Sample, { where: eq(samples.id, 2) })).toBe(1)
      expect((await repo().all(Sample)).map(({ id }) => id)).toEqual([3])
      expect(await repo().count(unscoped(Sample))).toBe(3)
      expect(await repo().deleteAll(Sample, { where: eq(samples.id, 2) })).toBe(0)
    })

    it("removes them for good, unscoped", async () => {
      await repo().insertAll(Sample, [{ id: 1 }])
      const row = await repo().fetch(Sample, 1)
      await value(repo().delete(change(unscoped(Sample), row)))
      expect(await repo().count(unscoped(Sample))).toBe(0)
    })
  })

  describe("a scoped repo", () => {
    it("touches no other table, by whatever method", async () => {
      const accounts = repo().scoped({ tables: [users] })
      await value(accounts.insert(newUser("ada")))
      const refused = {
        code: "ERR_REPO_SCOPE",
        table: "articles",
        hint: expect.stringContaining("users"),
      }
      const [user] = await accounts.all(User)
      if (user === undefined) throw new Error("no user")
      const tries = [
        () => accounts.all(Article),
        () => accounts.getBy(Article, { slug: "a" }),
        () => accounts.count(Article),
        () => accounts.insert(newArticle("a")),
        () => accounts.insertAll(Article, []),
        () => accounts.updateAll(Article, { title: "x" }, { where: sql`true` }),
        () => accounts.deleteAll(Article, { where: sql`true` }),
        () => accounts.preload(User, [user], ["articles"]),
        () => accounts.transaction((inside) => inside.all(Article)),
      ]
      const asked = await statementsOf(async () => {
        for (const attempt of tries) expect(await failure(attempt())).toMatchObject(refused)
      })
      expect(asked.filter((statement) => statement.includes("articles"))).toEqual([])
    })

    it("says where the table is at home that it refuses", async () => {
      const refused = await failure(
        repo()
          .scoped({ tables: [users] })
          .all(Article),
      )
      const home = expect.stringMatching(
        /the context that owns articles \(.*tables\.[jt]s:\d+:\d+\)/,
      )
      expect(refused).toMatchObject({ hint: home })
    })

    it("sees and changes the rows of its tenant only, narrower with each scope", async () => {
      await repo().insertAll(Tag, [{ name: "a:1" }, { name: "a:2" }, { name: "b:1" }])
      const tenant = repo().scoped({
        filter: ({ table }) => (table === tags ? like(tags.name, "a:%") : undefined),
      })
      expect(await tenant.count(Tag)).toBe(2)
      expect(await tenant.count(User)).toBe(0)
      const narrow = tenant.scoped({ filter: () => like(tags.name, "%:1") })
      expect((await narrow.all(Tag)).map(({ name }) => name)).toEqual(["a:1"])
      expect(await tenant.deleteAll(unscoped(Tag), { where: sql`true` })).toBe(2)
      expect((await repo().all(Tag)).map(({ name }) => name)).toEqual(["b:1"])
    })
  })
}
