import { err, ok, whenCommitted } from "@bennu/core"
import { change } from "@bennu/schema"
import { describe, expect, it } from "vitest"
import { type Multi, multi } from "../multi.ts"
import type { Repo } from "../repo.ts"
import { failure, value } from "./support.ts"
import { Article, newArticle, newUser, User } from "./tables.ts"

export function multiContract(repo: () => Repo): void {
  describe("steps of a transaction", () => {
    const signUp = multi()
      .put("title", "Hello")
      .insert("user", newUser("ada"))
      .insert("article", ({ user, title }) =>
        change(Article, {}, { slug: "hello", title, authorId: user.id }),
      )

    it("happen in order, each with what those before it made", async () => {
      const counted = signUp.run("count", async ({ article }, inside) =>
        ok([article.title, await inside.count(Article)] as const),
      )
      const { user, article, count } = await value(repo().transaction(counted))
      expect(article.authorId).toBe(user.id)
      expect(count).toEqual(["Hello", 1])
      expect(counted.names).toEqual(["title", "user", "article", "count"])
    })

    it("are all taken back when one is refused, which says so by its name", async () => {
      await value(repo().insert(newArticle("hello")))
      const taken = multi()
        .insert("user", newUser("ada"))
        .insert("article", newArticle("hello").uniqueConstraint("slug"))
        .run("never", () => {
          throw new Error("a step after the refusal ran")
        })
      const outcome = await repo().transaction(taken)
      expect(outcome).toMatchObject({
        ok: false,
        error: {
          step: "article",
          error: { errors: [{ path: ["slug"] }] },
          steps: { user: { email: "ada" } },
        },
      })
      expect(await repo().count(User)).toBe(0)
    })

    it("are taken back when one throws, which is thrown on", async () => {
      const boom = new Error("boom")
      const steps = signUp.run("boom", () => {
        throw boom
      })
      expect(await failure(repo().transaction(steps))).toBe(boom)
      expect(await repo().count(User)).toBe(0)
    })

    it("change and delete what steps before them made, and merge with others", async () => {
      const rest = multi()
        .run("nothing", () => ok(null))
        .put("mark", 7)
      const steps = signUp
        .update("renamed", ({ article }) => change(Article, article, { title: "Bye" }))
        .delete("gone", ({ renamed }) => change(Article, renamed))
        .merge(rest)
      const { renamed, gone, mark } = await value(repo().transaction(steps))
      expect([renamed.title, gone.title, mark]).toEqual(["Bye", "Bye", 7])
      expect(await repo().count(Article)).toBe(0)
    })

    it("may be run again, and within another transaction", async () => {
      const one = multi().insert("user", newUser("ada").uniqueConstraint("email"))
      const kept: string[] = []
      await repo().transaction(async (outer) => {
        await value(outer.transaction(one))
        expect(await outer.transaction(one)).toMatchObject({ ok: false })
        whenCommitted(() => kept.push("kept"))
      })
      expect([await repo().count(User), kept]).toEqual([1, ["kept"]])
    })

    it("have names of their own", () => {
      const twice: Multi = multi()
      expect(() => twice.put("a", 1).merge(multi().put("a", 2))).toThrow(/two steps are called "a"/)
      // @ts-expect-error the name is taken
      expect(() => signUp.put("user", 1)).toThrow(/two steps/)
    })

    it("take a prototype's name for what it is: a name", async () => {
      const steps = multi()
        .put("constructor", 1)
        .run("sum", (made) => ok(made.constructor + 1))
        .run("refuse", () => err("no"))
      expect(await repo().transaction(steps)).toEqual({
        ok: false,
        error: { step: "refuse", error: "no", steps: { constructor: 1, sum: 2 } },
      })
    })
  })
}
