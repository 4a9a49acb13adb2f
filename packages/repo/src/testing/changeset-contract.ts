import { change, schema } from "@bennu/schema"
import { eq } from "drizzle-orm"
import { describe, expect, it } from "vitest"
import type { Repo } from "../repo.ts"
import { failure, refusal, statementsOf, value } from "./support.ts"
import { Article, articles, newArticle, newUser, nobody, Tag, tags, User, users } from "./tables.ts"

/** What a changeset asks of the repo that writes it. */
export function changesetContract(repo: () => Repo): void {
  const Author = schema(users, { hasMany: { articles: { to: () => Article, by: "authorId" } } })

  describe("what the table declares", () => {
    it("is an error of its field without a word in the changeset", async () => {
      await value(repo().insert(newUser("ada")))
      expect(await refusal(repo().insert(newUser("ada")))).toMatchObject({
        action: "insert",
        errors: [{ path: ["email"], code: "unique", message: "has already been taken" }],
      })
      expect(await refusal(repo().insert(change(User, {})))).toMatchObject({
        errors: [{ path: ["email"], code: "required", message: "can't be blank" }],
      })
      const lost = newArticle("a", { authorId: nobody })
      expect(await refusal(repo().insert(lost))).toMatchObject({
        errors: [{ path: ["authorId"], code: "foreignKey" }],
      })
    })

    it("tells of rows that still belong to one that is to go", async () => {
      const ada = await value(repo().insert(newUser("ada")))
      await value(repo().insert(newArticle("a", { authorId: ada.id })))
      const gone = change(Author, ada).noAssocConstraint("articles")
      expect(await refusal(repo().delete(gone))).toMatchObject({
        action: "delete",
        errors: [{ path: ["articles"], code: "noAssoc" }],
      })
      expect(await repo().count(User)).toBe(1)
    })
  })

  describe("validateUnique", () => {
    const taken = [{ path: ["slug"], code: "unique", message: "has already been taken" }]

    it("says at the field that another row has its value, and says nothing of the row itself", async () => {
      const article = await value(repo().insert(newArticle("a")))
      await value(repo().insert(newArticle("b")))
      const checked = await repo().validateUnique(newArticle("a"), "slug")
      expect(checked).toMatchObject({ valid: false, errors: taken })
      const worded = await repo().validateUnique(newArticle("a"), "slug", { message: "is taken" })
      expect(worded.errors).toMatchObject([{ message: "is taken" }])
      expect((await repo().validateUnique(newArticle("c"), "slug")).errors).toEqual([])
      const same = change(Article, article, {}).forceChange("slug", "a")
      expect((await repo().validateUnique(same, "slug")).errors).toEqual([])
      const renamed = change(Article, article, { slug: "b" })
      expect((await repo().validateUnique(renamed, "slug")).errors).toMatchObject(taken)
    })

    it("looks at several fields together, and asks nothing where none changes, one is null or one is wrong", async () => {
      const article = await value(repo().insert(newArticle("a", { title: "t" })))
      const both = ["slug", "title"] as const
      const other = change(Article, {}, { slug: "a", title: "other" })
      expect((await repo().validateUnique(other, both)).errors).toEqual([])
      const equal = change(Article, {}, { slug: "a", title: "t" })
      expect((await repo().validateUnique(equal, both)).errors).toMatchObject(taken)
      const asked = await statementsOf(async () => {
        await repo().validateUnique(change(Article, article, { title: "x" }), "slug")
        await repo().validateUnique(newArticle("a").addError("slug", "is odd"), "slug")
        await repo().validateUnique(newArticle("a"), ["slug", "authorId"])
      })
      expect(asked).toEqual([])
    })
  })

  describe("an optimistic lock", () => {
    const retitle = (article: typeof Article.$inferSelect, title: string) =>
      change(Article, article, { title }).optimisticLock("likes")

    it("lets one of two writers through and tells the other what differs", async () => {
      const article = await value(repo().insert(newArticle("a")))
      expect(await value(repo().update(retitle(article, "first")))).toMatchObject({ likes: 1 })
      const refused = await refusal(repo().update(retitle(article, "second")))
      expect(refused).toMatchObject({
        action: "update",
        errors: [{ path: [], code: "stale" }],
        conflict: {
          current: { title: "first", likes: 1 },
          fields: { title: { base: "a", mine: "second", theirs: "first" } },
        },
      })
      expect(await repo().fetch(Article, article.id)).toMatchObject({ title: "first" })
    })

    it("counts how many of many at once got through: one", async () => {
      const article = await value(repo().insert(newArticle("a")))
      const titles = Array.from({ length: 8 }, (_, n) => `title ${n}`)
      const results = await Promise.all(
        titles.map((title) => repo().update(retitle(article, title))),
      )
      expect(results.filter(({ ok }) => ok)).toHaveLength(1)
    })

    it("holds for an update of nothing but rows within it, and not for one of nothing at all", async () => {
      const { id } = await value(repo().insert(newArticle("a")))
      const [one] = await repo().insertAll(Tag, [{ name: "one" }])
      const read = () => repo().fetch(Article, id, { preload: ["tags"] })
      const before = await read()
      const tagged = (article: typeof before, names: readonly (typeof Tag.$inferSelect)[]) =>
        repo().update(change(Article, article).putAssoc("tags", names).optimisticLock("likes"))
      expect(await value(tagged(before, one ? [one] : []))).toMatchObject({ likes: 1 })
      const late = await refusal(tagged(before, one ? [one] : []))
      expect(late).toMatchObject({
        errors: [{ code: "stale" }],
        conflict: { fields: { likes: {} } },
      })
      const there = await read()
      expect(there).toMatchObject({ likes: 1, tags: [{ name: "one" }] })
      expect(await value(tagged(there, there.tags))).toMatchObject({ likes: 1 })
    })

    it("refuses a delete too, and says when the row is gone", async () => {
      const article = await value(repo().insert(newArticle("a")))
      await repo().updateAll(Article, { likes: 5 }, { where: eq(articles.id, article.id) })
      const gone = change(Article, article).optimisticLock("likes")
      expect(await refusal(repo().delete(gone))).toMatchObject({
        conflict: { current: { likes: 5 } },
      })
      await repo().deleteAll(Article, { where: eq(articles.id, article.id) })
      expect(await refusal(repo().delete(gone))).toMatchObject({ conflict: { current: null } })
    })
  })

  describe("prepareChanges", () => {
    it("runs in the transaction of the write, and what it makes is written", async () => {
      const numbered = newArticle("a").prepareChanges(async (changeset, inside: Repo) => {
        await value(inside.insert(newUser("made on the way")))
        return changeset.putChange("likes", await inside.count(User))
      })
      expect(await value(repo().insert(numbered))).toMatchObject({ likes: 1 })
    })

    it("takes back what it wrote when the write is refused, or when it refuses itself", async () => {
      await value(repo().insert(newUser("taken")))
      const write = async (changeset: ReturnType<typeof newUser>, inside: Repo) => {
        await value(inside.insert(newArticle("on the way")))
        return changeset
      }
      expect(await refusal(repo().insert(newUser("taken").prepareChanges(write)))).toMatchObject({
        errors: [{ path: ["email"] }],
      })
      const refuses = newUser("new")
        .prepareChanges(write)
        .prepareChanges((changeset) => changeset.addError("email", "is not welcome"))
        .prepareChanges(() => {
          throw new Error("nothing runs after a refusal")
        })
      expect(await refusal(repo().insert(refuses))).toMatchObject({
        errors: [{ message: "is not welcome" }],
      })
      expect([await repo().count(Article), await repo().count(User)]).toEqual([0, 1])
    })

    it("does not run for a changeset that is not valid", async () => {
      const never = newUser("a")
        .addError("email", "is odd")
        .prepareChanges(() => {
          throw new Error("it ran")
        })
      expect(await refusal(repo().insert(never))).toMatchObject({ valid: false })
    })
  })

  describe("a field that is not writable", () => {
    const Locked = schema(articles, { writable: { slug: "insert", likes: "never" } })
    const Strict = schema(articles, {
      writable: { slug: "insert" },
      onWritableViolation: "raise",
    })

    it("keeps its value, also when prepareChanges sets it", async () => {
      const row = { slug: "a", title: "a", likes: 9 }
      const made = await value(repo().insert(change(Locked, {}, row)))
      expect(made).toMatchObject({ slug: "a", likes: 0 })
      const sneaky = change(Locked, made, { title: "b" }).prepareChanges((changeset) =>
        changeset.putChange("slug", "sneaky").putChange("likes", 9),
      )
      expect(await value(repo().update(sneaky))).toMatchObject({ slug: "a", title: "b", likes: 0 })
    })

    it("throws instead where the schema says so, and nothing is written", async () => {
      const made = await value(repo().insert(change(Strict, {}, { slug: "a", title: "a" })))
      const update = repo().update(change(Strict, made, { slug: "b", title: "b" }))
      expect(await failure(update)).toMatchObject({
        code: "ERR_SCHEMA_READ_ONLY",
        fields: ["slug"],
      })
      expect(await repo().fetch(Strict, made.id)).toEqual(made)
    })
  })

  describe("putAssoc", () => {
    it("joins rows that are stored with rows that are new, and parts others", async () => {
      const [x, y] = [await tag("x"), await tag("y")]
      const put = newArticle("a").putAssoc("tags", [x, change(Tag, {}, { name: "z" })])
      const made = await value(repo().insert(put))
      const article = await repo().fetch(Article, made.id, { preload: ["tags"] })
      expect(article.tags.map(({ name }) => name).sort()).toEqual(["x", "z"])
      const again = change(Article, article).putAssoc("tags", [x, y], { onReplace: "delete" })
      await value(repo().update(again))
      const after = await repo().fetch(Article, made.id, { preload: ["tags"] })
      expect(after.tags.map(({ name }) => name).sort()).toEqual(["x", "y"])
      expect(await repo().count(Tag)).toBe(3)
    })

    it("gives rows to a parent, takes them away, and links a row to the one it belongs to", async () => {
      const [ada, bob] = [
        await value(repo().insert(newUser("ada"))),
        await value(repo().insert(newUser("bob"))),
      ]
      const [a, b] = [
        await value(repo().insert(newArticle("a"))),
        await value(repo().insert(newArticle("b"))),
      ]
      const author = { ...ada, articles: [] }
      await value(repo().update(change(Author, author).putAssoc("articles", [a, b])))
      const loaded = await repo().fetch(Author, ada.id, { preload: ["articles"] })
      expect(loaded.articles.map(({ slug }) => slug).sort()).toEqual(["a", "b"])
      const parted = change(Author, loaded).putAssoc("articles", [a], { onReplace: "nilify" })
      await value(repo().update(parted))
      expect(await repo().fetch(Article, b.id)).toMatchObject({ authorId: null })
      const alone = await repo().fetch(Article, b.id, { preload: ["author"] })
      const byBob = change(Article, alone, { title: "B" }).putAssoc("author", bob)
      expect(await value(repo().update(byBob))).toMatchObject({ authorId: bob.id, title: "B" })
    })

    const tag = async (name: string) => value(repo().insert(change(Tag, {}, { name })))
  })

  it("writes changes of a linked row along, and shows its refusal where it stands", async () => {
    const x = await value(repo().insert(change(Tag, {}, { name: "x" })))
    await value(repo().insert(change(Tag, {}, { name: "taken" })))
    const taken = change(Tag, x, { name: "taken" }).uniqueConstraint("name")
    expect(await refusal(repo().insert(newArticle("a").putAssoc("tags", [taken])))).toMatchObject({
      errors: [{ path: ["tags", 0, "name"], code: "unique" }],
    })
    const renamed = change(Tag, x, { name: "renamed" })
    await value(repo().insert(newArticle("a").putAssoc("tags", [renamed])))
    expect(await repo().one(Tag, { where: eq(tags.id, x.id) })).toMatchObject({ name: "renamed" })
  })
}
