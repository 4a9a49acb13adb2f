import { err, ok, whenCommitted } from "@bennu/core"
import { change } from "@bennu/schema"
import { sql } from "drizzle-orm"
import { describe, expect, it } from "vitest"
import type { Repo } from "../repo.ts"
import { queryStopped } from "../telemetry.ts"
import { failure, refusal, statementsOf, value } from "./support.ts"
import { Article, articles, newArticle, newUser, User } from "./tables.ts"

export function transactionContract(repo: () => Repo): void {
  const slugs = async () =>
    (await repo().all(Article, { orderBy: articles.slug })).map(({ slug }) => slug)
  const add = (slug: string) => value(repo().insert(newArticle(slug)))

  describe("a transaction", () => {
    it("keeps all of it, and gives what was returned", async () => {
      const result = await repo().transaction(async (tx) => {
        await tx.insert(newArticle("a"))
        await tx.insert(newArticle("b"))
        return "done"
      })
      expect(result).toBe("done")
      expect(await slugs()).toEqual(["a", "b"])
    })

    it("takes all back when something throws, and throws it on", async () => {
      const boom = new Error("boom")
      const run = repo().transaction(async () => {
        await add("a")
        throw boom
      })
      expect(await failure(run)).toBe(boom)
      expect(await slugs()).toEqual([])
    })

    it("takes all back when a failed result is returned, and returns it", async () => {
      const refused = await repo().transaction(async () => {
        await add("a")
        return err("no")
      })
      expect(refused).toEqual(err("no"))
      expect(await slugs()).toEqual([])
      expect(await repo().transaction(async () => ok(await add("b")))).toMatchObject({ ok: true })
      expect(await slugs()).toEqual(["b"])
    })

    it("tells those who wait for it whether it was kept", async () => {
      const heard: string[] = []
      const wait = (name: string) =>
        whenCommitted(
          () => heard.push(`${name} kept`),
          () => heard.push(`${name} lost`),
        )
      await repo().transaction(async () => {
        await add("a")
        wait("a")
        await failure(
          repo().transaction(async () => {
            wait("within")
            throw new Error("back")
          }),
        )
        await repo().detached(async () => wait("detached"))
        expect(heard).toEqual(["within lost", "detached kept"])
      })
      await repo().transaction(async () => {
        wait("refused")
        return err("no")
      })
      expect(heard.slice(2)).toEqual(["a kept", "refused lost"])
    })

    it("is joined by whoever uses the repo in it, functions far away too", async () => {
      const far = async () => (await slugs()).length
      await failure(
        repo().transaction(async () => {
          await add("a")
          expect(await far()).toBe(1)
          throw new Error("back")
        }),
      )
      expect(await far()).toBe(0)
    })

    it("nests: what fails within is taken back alone", async () => {
      await repo().transaction(async (tx) => {
        await add("a")
        await failure(
          tx.transaction(async () => {
            await add("b")
            await failure(repo().query(sql`select 1/0`))
            await add("c")
          }),
        )
        await tx.transaction(() => add("d"))
      })
      expect(await slugs()).toEqual(["a", "d"])
    })

    it("has queries of parallel promises take turns", async () => {
      await repo().transaction(async (tx) => {
        await Promise.all(["a", "b", "c", "d"].map((slug) => tx.insert(newArticle(slug))))
        expect(await slugs()).toHaveLength(4)
      })
      expect(await slugs()).toEqual(["a", "b", "c", "d"])
    })

    it("has nested transactions of parallel promises take turns, each with its own fate", async () => {
      await repo().transaction(async () => {
        const tries = ["a", "b", "c", "d"].map((slug, index) =>
          repo().transaction(async (inner) => {
            await inner.insert(newArticle(slug))
            await inner.count(Article)
            if (index % 2 === 1) throw new Error("no")
          }),
        )
        await Promise.allSettled(tries)
      })
      expect(await slugs()).toEqual(["a", "c"])
    })

    it("stays usable after a constraint that a changeset declared", async () => {
      await repo().transaction(async (tx) => {
        await add("a")
        await refusal(tx.insert(newArticle("a").uniqueConstraint("slug")))
        await add("b")
      })
      expect(await slugs()).toEqual(["a", "b"])
    })

    it("does not claim to have kept anything when a failed query was swallowed", async () => {
      const run = repo().transaction(async (tx) => {
        await add("a")
        await failure(tx.query(sql`select 1/0`))
      })
      expect(await failure(run)).toMatchObject({
        code: "ERR_REPO_TRANSACTION_ABORTED",
        cause: { sqlState: "22012" },
      })
      expect(await slugs()).toEqual([])
    })

    it("is over when it is over: nothing slips out of it", async () => {
      let leaked: Repo | undefined
      const late = Promise.withResolvers<void>()
      let straggler: Promise<unknown> = Promise.resolve()
      await repo().transaction(async (tx) => {
        leaked = tx
        straggler = late.promise.then(() => repo().insert(newArticle("late")))
        straggler.catch(() => {})
      })
      late.resolve()
      const done = { code: "ERR_REPO_TRANSACTION_DONE" }
      expect(await failure(straggler)).toMatchObject(done)
      expect(await failure(leaked?.count(Article) ?? Promise.resolve())).toMatchObject(done)
      expect(await slugs()).toEqual([])
    })

    it("lets what shall outlive it start outside of it", async () => {
      let outside: Promise<unknown> = Promise.resolve()
      await failure(
        repo().transaction(async () => {
          await add("a")
          outside = repo().detached(() => add("b"))
          outside.catch(() => {})
          throw new Error("back")
        }),
      )
      await outside
      expect(await slugs()).toEqual(["b"])
    })

    it("takes an isolation, and refuses one within another or one that there is not", async () => {
      const show = async () => (await repo().query(sql`show transaction_isolation`))[0]
      const level = await repo().transaction(show, { isolation: "serializable" })
      expect(level).toEqual({ transaction_isolation: "serializable" })
      const usage = { code: "ERR_REPO_USAGE" }
      const nested = repo().transaction((tx) => tx.transaction(show, { isolation: "serializable" }))
      expect(await failure(nested)).toMatchObject(usage)
      // what plain JavaScript could pass must not become part of the statement
      const isolation = "serializable; drop table users" as "serializable"
      expect(await failure(repo().transaction(show, { isolation }))).toMatchObject(usage)
      expect(await failure(repo().transaction(() => add("a"), { readOnly: true }))).toMatchObject({
        sqlState: "25006",
      })
      expect(await slugs()).toEqual([])
    })

    it("stops when its signal aborts", async () => {
      const controller = new AbortController()
      const run = repo().transaction(
        async () => {
          await add("a")
          controller.abort(new Error("enough"))
          await add("b")
        },
        { signal: controller.signal },
      )
      expect(await failure(run)).toMatchObject({ message: "enough" })
      expect(await slugs()).toEqual([])
      expect(await add("c")).toMatchObject({ slug: "c" })
    })

    it("rolls back a nested row's whole changeset, and gives a savepoint's repo its own life", async () => {
      await repo().transaction(async () => {
        let inner: Repo | undefined
        await repo().transaction(async (tx) => {
          inner = tx
        })
        expect(await failure(inner?.count(Article) ?? Promise.resolve())).toMatchObject({
          code: "ERR_REPO_TRANSACTION_DONE",
        })
      })
    })
  })

  describe("Drizzle's builder in a transaction", () => {
    it("is part of it, even where the builder itself is returned", async () => {
      const insert = () => repo().drizzle.insert(articles).values({ slug: "a", title: "a" })
      await failure(
        repo().transaction(async () => {
          await repo().transaction(insert)
          throw new Error("back")
        }),
      )
      expect(await slugs()).toEqual([])
      let outside: Promise<unknown> = Promise.resolve()
      await failure(
        repo().transaction(async () => {
          outside = repo().detached(insert)
          throw new Error("back")
        }),
      )
      await outside
      expect(await slugs()).toEqual(["a"])
    })
  })

  describe("a signal", () => {
    it("that aborted already keeps a query from the database", async () => {
      const signal = AbortSignal.abort(new Error("never mind"))
      const asked = await statementsOf(async () => {
        expect(await failure(repo().all(Article, { signal }))).toMatchObject({
          message: "never mind",
        })
        expect(await failure(repo().query(sql`select 1`, { signal }))).toBeInstanceOf(Error)
        expect(await failure(repo().insert(newArticle("a"), { signal }))).toBeInstanceOf(Error)
      })
      expect(asked).toEqual([])
    })
  })

  describe("the Sql port", () => {
    it("runs text with parameters and tells rows and their number", async () => {
      const { rows, count } = await repo().sql.query("select $1::int + 1 as n", [1])
      expect({ rows, count }).toEqual({ rows: [{ n: 2 }], count: 1 })
      const inserted = await repo().sql.query("insert into users (email) values ('a'), ('b')")
      expect(inserted).toEqual({ rows: [], count: 2 })
    })

    it("shares the repo's transactions, and the repo shares its", async () => {
      await failure(
        repo().sql.transaction(async (sql) => {
          await sql.query("insert into users (email) values ($1)", ["a"])
          expect(await repo().count(User)).toBe(1)
          throw new Error("back")
        }),
      )
      await failure(
        repo().transaction(async (tx) => {
          await tx.sql.query("insert into users (email) values ($1)", ["a"])
          throw new Error("back")
        }),
      )
      expect(await repo().count(User)).toBe(0)
    })

    it("holds one connection for a session and cleans it afterwards", async () => {
      const setting = "select current_setting('app.tenant', true) as tenant"
      await repo().sql.session(async (sql) => {
        await sql.query("set app.tenant = 'acme'")
        expect((await repo().sql.query(setting)).rows).toEqual([{ tenant: "acme" }])
        await sql.transaction((tx) => tx.query("select 1"))
        await sql.query("select pg_advisory_lock(7)")
      })
      expect((await repo().sql.query(setting)).rows[0]?.["tenant"] ?? "").toBe("")
      const locks = "select count(*)::int as n from pg_locks where locktype = 'advisory'"
      expect((await repo().sql.query(locks)).rows).toEqual([{ n: 0 }])
    })
  })

  describe("telemetry", () => {
    it("tells every query, how long it waited and ran, and what went wrong", async () => {
      const heard: unknown[] = []
      using _ = queryStopped.subscribe((payload) => heard.push(payload))
      const user = await value(repo().insert(newUser("secret@example.com")))
      await repo().transaction(async () => {
        await value(repo().update(change(User, user, { email: "b" })))
      })
      await failure(repo().query(sql`select 1/0`))
      const time = expect.any(Number)
      const base = {
        driver: expect.any(String),
        queueTime: time,
        queryTime: time,
        inTransaction: false,
      }
      expect(heard).toMatchObject([
        { ...base, statement: expect.stringMatching(/^insert/), rows: 1 },
        { ...base, statement: "begin" },
        { ...base, statement: expect.stringMatching(/^savepoint/) },
        { ...base, statement: expect.stringMatching(/^update/), rows: 1, inTransaction: true },
        { ...base, statement: expect.stringMatching(/^release/) },
        { ...base, statement: "commit" },
        { ...base, rows: 0, error: { sqlState: "22012" } },
      ])
      expect(JSON.stringify(heard)).not.toContain("secret@example.com")
    })
  })
}
