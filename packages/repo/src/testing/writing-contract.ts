import { cast, change } from "@bennu/schema"
import { factory } from "@bennu/schema/factory"
import { eq, sql } from "drizzle-orm"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import type { Repo } from "../repo.ts"
import { failure, refusal, statementsOf, value } from "./support.ts"
import {
  Article,
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

export function writingContract(repo: () => Repo): void {
  describe("writing", () => {
    it("inserts a changeset and gives the row with what the database added", async () => {
      const article = await value(repo().insert(newArticle("a")))
      expect(article).toEqual({
        id: expect.stringMatching(/^[\da-f-]{36}$/),
        slug: "a",
        title: "a",
        authorId: null,
        likes: 0,
      })
      expect(await repo().all(Article)).toEqual([article])
    })

    it("takes the rows of a factory", async () => {
      const people = factory(User, (sequence) => ({ email: `person${sequence}@example.com` }))
      const made = await people.insertMany(repo(), 3)
      expect(await repo().all(User, { orderBy: users.email })).toEqual(made)
    })

    it("gives an invalid changeset back and asks the database nothing", async () => {
      const rules = z.object({ email: z.string().min(3, "is too short") })
      const changeset = cast(User, {}, { email: "x" }, rules)
      const asked = await statementsOf(async () => {
        for (const tried of ["insert", "update", "delete"] as const)
          expect(await refusal(repo()[tried](changeset))).toMatchObject({
            valid: false,
            action: tried,
            errors: [{ message: "is too short", path: ["email"] }],
          })
      })
      expect(asked).toEqual([])
    })

    it("turns declared constraints into errors of their fields", async () => {
      await value(repo().insert(newArticle("a")))
      const taken = newArticle("a").uniqueConstraint("slug", { message: "is taken" })
      expect(await refusal(repo().insert(taken))).toMatchObject({
        action: "insert",
        errors: [{ message: "is taken", path: ["slug"] }],
      })
      const orphan = newArticle("b", { authorId: nobody }).foreignKeyConstraint("authorId")
      expect(await refusal(repo().insert(orphan))).toMatchObject({
        errors: [{ message: "does not exist", path: ["authorId"] }],
      })
      const negative = newArticle("c", { likes: -1 }).checkConstraint("likes")
      expect(await refusal(repo().insert(negative))).toMatchObject({
        errors: [{ message: "is invalid", path: ["likes"] }],
      })
    })

    it("throws what was not declared, with the line to declare it", async () => {
      await value(repo().insert(newArticle("a")))
      expect(await failure(repo().insert(newArticle("a")))).toMatchObject({
        code: "ERR_REPO_CONSTRAINT",
        constraint: "articles_slug_key",
        sqlState: "23505",
        hint: expect.stringContaining('constraints: { unique: { "articles_slug_key": field } }'),
      })
      const other = newArticle("a").uniqueConstraint("title")
      expect(await failure(repo().insert(other))).toMatchObject({ code: "ERR_REPO_CONSTRAINT" })
    })

    it("updates only what changes, and asks nothing when nothing does", async () => {
      const article = await value(repo().insert(newArticle("a")))
      await repo().updateAll(Article, { likes: 7 }, { where: eq(articles.id, article.id) })
      const updated = await value(repo().update(change(Article, article, { title: "New" })))
      expect(updated).toMatchObject({ title: "New", likes: 7 })
      const asked = await statementsOf(async () => {
        const same = change(Article, article, { title: article.title })
        expect(await value(repo().update(same))).toEqual(article)
      })
      expect(asked).toEqual([])
    })

    it("throws when the row to update or delete is gone", async () => {
      const article = await value(repo().insert(newArticle("a")))
      expect(await value(repo().delete(change(Article, article)))).toEqual(article)
      const stale = { code: "ERR_REPO_STALE", table: "articles", status: 409 }
      const update = repo().update(change(Article, article, { title: "x" }))
      expect(await failure(update)).toMatchObject(stale)
      expect(await failure(repo().delete(change(Article, article)))).toMatchObject(stale)
    })

    it("refuses to update a row whose key is unknown", async () => {
      const update = repo().update(change(Article, {}, { title: "x" }))
      expect(await failure(update)).toMatchObject({ code: "ERR_REPO_USAGE" })
    })

    it("reports a row that others still refer to when it is to be deleted", async () => {
      const ada = await value(repo().insert(newUser("ada")))
      await value(repo().insert(newArticle("a", { authorId: ada.id })))
      const deletion = change(User, ada).noAssocConstraint("articles", { message: "has articles" })
      expect(await refusal(repo().delete(deletion))).toMatchObject({
        errors: [{ message: "has articles", path: ["articles"] }],
      })
    })

    it("inserts many rows at once, more than a statement can have parameters", async () => {
      const rows = Array.from({ length: 7_000 }, (_, id) => ({ id, numbers: [id] }))
      expect(await repo().insertAll(Sample, rows)).toHaveLength(7_000)
      expect(await repo().count(Sample)).toBe(7_000)
      expect(await repo().insertAll(Sample, [])).toEqual([])
    })

    it("seeds: leaves rows that exist, or replaces what differs, and gives only what it wrote", async () => {
      const rows = [
        { slug: "a", title: "A" },
        { slug: "b", title: "B" },
      ]
      expect(await repo().insertAll(Article, rows)).toHaveLength(2)
      expect(await repo().insertAll(Article, rows, { onConflict: "nothing" })).toEqual([])
      const onConflict = { target: ["slug"], replace: "all" } as const
      expect(await repo().insertAll(Article, rows, { onConflict })).toEqual([])
      const changed = [{ slug: "a", title: "New" }, ...rows.slice(1)]
      const written = await repo().insertAll(Article, changed, { onConflict })
      expect(written).toMatchObject([{ slug: "a", title: "New" }])
      expect(await repo().count(Article)).toBe(2)
    })

    it("changes and deletes by condition and tells how many, never all by accident", async () => {
      await repo().insertAll(
        Article,
        ["a", "b", "c"].map((slug) => ({ slug, title: slug })),
      )
      const some = { where: sql`${articles.slug} > 'a'` }
      expect(await repo().updateAll(Article, { likes: 1 }, some)).toBe(2)
      const more = { likes: sql`${articles.likes} + 2`, title: "counted" }
      expect(await repo().updateAll(Article, more, some)).toBe(2)
      expect(await repo().aggregate(Article, "sum", "likes")).toBe(6)
      expect(await repo().deleteAll(Article, some)).toBe(2)
      expect(await failure(repo().deleteAll(Article, { where: undefined }))).toMatchObject({
        code: "ERR_REPO_USAGE",
      })
      expect(await repo().count(Article)).toBe(1)
    })
  })

  describe("nested rows", () => {
    const profile = (row: object, params: unknown) =>
      cast(Profile, row, params, z.object({ bio: z.string() }))
    const tag = (row: object, params: unknown) =>
      cast(Tag, row, params, z.object({ name: z.string() })).uniqueConstraint("name")

    it("are written with their parent, keys filled in, or not at all", async () => {
      const user = cast(
        User,
        {},
        { email: "ada", profile: { bio: "counts" } },
        z.object({ email: z.string() }),
      ).castNested("profile", profile)
      const ada = await value(repo().insert(user))
      const loaded = await repo().fetch(User, ada.id, { preload: ["profile"] })
      expect(loaded.profile).toMatchObject({ bio: "counts", userId: ada.id })
    })

    it("that a row belongs to come first, and give it their key", async () => {
      const author = (row: object, params: unknown) =>
        cast(User, row, params, z.object({ email: z.string() })).uniqueConstraint("email")
      const rules = z.object({ slug: z.string(), title: z.string() })
      const article = (slug: string) =>
        cast(Article, {}, { slug, title: slug, author: { email: "ada" } }, rules).castNested(
          "author",
          author,
        )
      const made = await value(repo().insert(article("a")))
      const loaded = await repo().fetch(Article, made.id, { preload: ["author"] })
      expect(loaded.author).toMatchObject({ id: made.authorId, email: "ada" })
      expect(await refusal(repo().insert(article("b")))).toMatchObject({
        errors: [{ message: "has already been taken", path: ["author", "email"] }],
      })
      expect(await repo().count(Article)).toBe(1)
    })

    it("are added, changed and removed in one go", async () => {
      const ada = await value(repo().insert(newUser("ada")))
      const [a, b] = await repo().insertAll(
        Article,
        ["a", "b"].map((slug) => ({ slug, title: slug, authorId: ada.id })),
      )
      const user = await repo().fetch(User, ada.id, { preload: ["articles"] })
      const each = (row: object, params: unknown) =>
        cast(Article, row, params, z.object({ slug: z.string(), title: z.string() }))
      const sent = [
        { id: a?.id, title: "A" },
        { slug: "c", title: "C" },
      ]
      const update = cast(User, user, { articles: sent }, z.object({})).castNested(
        "articles",
        each,
        {
          onReplace: "delete",
        },
      )
      const asked = await statementsOf(() => value(repo().update(update)))
      expect(asked.map((statement) => statement.split(" ")[0])).toEqual(
        expect.arrayContaining(["begin", "update", "insert", "delete", "commit"]),
      )
      const after = await repo().all(Article, { orderBy: articles.title })
      expect(after.map(({ title, authorId }) => [title, authorId === ada.id])).toEqual([
        ["A", true],
        ["C", true],
      ])
      expect(after.map(({ id }) => id)).not.toContain(b?.id)
    })

    it("show the database's refusal where they stand in the form", async () => {
      await repo().insertAll(Tag, [{ name: "taken" }])
      const params = { slug: "a", title: "a", tags: [{ name: "new" }, { name: "taken" }] }
      const rules = z.object({ slug: z.string(), title: z.string() })
      const article = cast(Article, {}, params, rules).castNested("tags", tag)
      expect(await refusal(repo().insert(article))).toMatchObject({
        errors: [{ message: "has already been taken", path: ["tags", 1, "name"] }],
      })
      expect(await repo().count(Article)).toBe(0)
      expect(await repo().count(Tag)).toBe(1)
    })

    it("of a many to many relation are joined, changed, and parted without being deleted", async () => {
      const rules = z.object({ slug: z.string(), title: z.string() })
      const params = { slug: "a", title: "a", tags: [{ name: "x" }, { name: "y" }] }
      const made = await value(
        repo().insert(cast(Article, {}, params, rules).castNested("tags", tag)),
      )
      const article = await repo().fetch(Article, made.id, { preload: ["tags"] })
      const kept = article.tags.find(({ name }) => name === "x")
      const update = cast(Article, article, { tags: [{ id: kept?.id, name: "z" }] }, rules)
      await value(repo().update(update.castNested("tags", tag, { onReplace: "delete" })))
      const after = await repo().fetch(Article, made.id, { preload: ["tags"] })
      expect(after.tags.map(({ name }) => name)).toEqual(["z"])
      expect(await repo().count(Tag)).toBe(2)
    })
  })
}
