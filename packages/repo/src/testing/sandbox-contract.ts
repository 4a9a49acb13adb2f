import { whenCommitted } from "@bennu/core"
import { change } from "@bennu/schema"
import { sql } from "drizzle-orm"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import type { Driver } from "../driver.ts"
import { openRepo } from "../open-repo.ts"
import { emptyTables, inSchema } from "./in-schema.ts"
import { openOwnSchema } from "./own-schema.ts"
import { openSandbox, type Sandbox, type SandboxedTest } from "./sandbox.ts"
import { failure, refusal, value } from "./support.ts"
import { createTables, newUser, User } from "./tables.ts"

/** What a sandbox does, whatever its driver. */
export function sandboxContract(name: string, driver: () => Driver): void {
  describe(`a sandbox on ${name}`, { timeout: 30_000 }, () => {
    let sandbox: Sandbox
    beforeAll(async () => {
      {
        const child = openRepo({ driver: driver(), casing: "snake_case" })
        await using repo = await child.start(new AbortController().signal)
        for (const statement of createTables) await repo.sql.query(statement)
      }
      sandbox = await openSandbox({ driver: driver(), casing: "snake_case" })
    }, 60_000)
    afterAll(() => sandbox[Symbol.asyncDispose]())
    const test =
      (body: (test: SandboxedTest) => Promise<unknown>, options: { shared?: boolean } = {}) =>
      (): Promise<void> =>
        sandbox.test(body, options)()

    for (const turn of [1, 2, 3])
      it.concurrent(
        `gives each of the tests of a file its own rows, also at once (${turn})`,
        test(async ({ repo }) => {
          expect(await repo.count(User)).toBe(0)
          await value(repo.insert(newUser("ada@example.com")))
          expect(await sandbox.repo.count(User)).toBe(1)
        }),
      )

    it(
      "makes transactions savepoints, nested ones too, and takes back what they take back",
      test(async ({ repo }) => {
        await failure(
          repo.transaction(async () => {
            await value(sandbox.repo.insert(newUser("a@example.com")))
            throw new Error("no")
          }),
        )
        const told: boolean[] = []
        await repo.transaction(async (tx) => {
          whenCommitted(() => told.push(true))
          await value(tx.insert(newUser("b@example.com")))
          await failure(
            tx.transaction(async () => {
              await value(tx.insert(newUser("c@example.com")))
              throw new Error("no")
            }),
          )
        })
        expect((await repo.all(User)).map(({ email }) => email)).toEqual(["b@example.com"])
        expect(told).toEqual([true])
      }),
    )

    it(
      "goes on after a statement that the server refused",
      test(async ({ repo }) => {
        await value(repo.insert(newUser("a@example.com")))
        await refusal(repo.insert(newUser("a@example.com")))
        await failure(repo.query(sql`select 1 / 0`))
        expect(
          await failure(
            repo.transaction(async (tx) => {
              await tx.query(sql`select 1 / 0`).catch(() => {})
            }),
          ),
        ).toMatchObject({ code: "ERR_REPO_TRANSACTION_ABORTED" })
        await failure(
          repo.transaction((tx) => tx.insert(newUser("b@example.com")), { readOnly: true }),
        )
        expect(await repo.count(User)).toBe(1)
      }),
    )

    it("refuses a query that belongs to no test", async () => {
      expect(await failure(sandbox.repo.count(User))).toMatchObject({
        code: "ERR_REPO_SANDBOX_OUTSIDE",
      })
    })

    it("takes others in by a token, and no longer than the test", async () => {
      const asked = Promise.withResolvers<string>()
      const answered = Promise.withResolvers<number>()
      // what a server does that was started before the test
      const server = asked.promise.then(async (token) => {
        answered.resolve(await sandbox.allow(token, () => sandbox.repo.count(User)))
        return token
      })
      await sandbox.run(async ({ repo, token }) => {
        await value(repo.insert(newUser("a@example.com")))
        asked.resolve(token)
        expect(await answered.promise).toBe(1)
      })
      const late = sandbox.allow(await server, () => sandbox.repo.count(User))
      expect(await failure(late)).toMatchObject({ code: "ERR_REPO_SANDBOX_OUTSIDE" })
    })

    it("shares a test with whoever has none, if that is wished", async () => {
      const asked = Promise.withResolvers<void>()
      const counted = asked.promise.then(() => sandbox.repo.count(User))
      await sandbox.run(
        async ({ repo }) => {
          await value(repo.insert(newUser("a@example.com")))
          asked.resolve()
          expect(await counted).toBe(1)
        },
        { shared: true },
      )
    })

    it("names what a test did not wait for, and stops it", async () => {
      const error = await failure(
        sandbox.run(async ({ repo }) => {
          const begun = Promise.withResolvers<void>()
          const transaction = repo.transaction(async (tx) => {
            await tx.count(User)
            begun.resolve()
            await new Promise<never>(() => {})
          })
          transaction.catch(() => {})
          await begun.promise
        }),
      )
      expect(error).toMatchObject({
        code: "ERR_REPO_SANDBOX_LEAK",
        leaks: [{ what: "transaction" }],
      })
      expect(String(error)).toContain("sandbox-contract")
      await sandbox.run(async ({ repo }) => expect(await repo.count(User)).toBe(0))
    })

    it("refuses what goes on after the test, and says whose it was", async () => {
      const late = Promise.withResolvers<void>()
      const going: Promise<unknown>[] = []
      const leaky = sandbox.test(async ({ repo }, _context: object) => {
        going.push(failure(late.promise.then(() => repo.count(User))))
      })
      await leaky({ task: { name: "saves a draft" } })
      late.resolve()
      expect(await Promise.all(going)).toMatchObject([
        { code: "ERR_REPO_SANDBOX_DONE", test: "saves a draft" },
      ])
    })

    it("checks at the end of a test what would be checked by a commit", async () => {
      const parents = sql`create table parents (id int primary key)`
      const children = sql`create table children (of int references parents deferrable initially deferred)`
      const orphan = sandbox.run(async ({ repo }) => {
        await repo.query(parents)
        await repo.query(children)
        await repo.query(sql`insert into children values (1)`)
      })
      expect(await failure(orphan)).toMatchObject({ sqlState: "23503" })
      await sandbox.run(async ({ repo }) => {
        await repo.query(parents)
        await repo.query(children)
        await repo.query(sql`insert into children values (1)`)
        await repo.query(sql`insert into parents values (1)`)
      })
    })

    it("hands on what a test throws, and keeps none of its rows", async () => {
      const error = new Error("expected 1 to be 2")
      const failed = sandbox.run(async ({ repo }) => {
        await value(repo.insert(newUser("a@example.com")))
        throw error
      })
      expect(await failure(failed)).toBe(error)
      await sandbox.run(async ({ repo }) => expect(await repo.count(User)).toBe(0))
    })
  })

  it(`a schema of its own on ${name} has real commits, and is gone with its repo`, async () => {
    const child = openRepo({ driver: inSchema(driver(), "test_1"), casing: "snake_case" })
    {
      await using repo = await child.start(new AbortController().signal)
      for (const statement of createTables) await repo.sql.query(statement)
      const ada = await value(repo.insert(newUser("ada@example.com")))
      await value(repo.update(change(User, ada, { email: "ada@example.org" })))
      const [where] = await repo.query(
        sql`select schemaname from pg_tables where tablename = 'users' and schemaname = 'test_1'`,
      )
      expect(where).toEqual({ schemaname: "test_1" })
      await emptyTables(repo)
      expect(await repo.count(User)).toBe(0)
    }
    await using repo = await openRepo({ driver: driver() }).start(new AbortController().signal)
    expect(await repo.query(sql`select 1 from pg_namespace where nspname = 'test_1'`)).toEqual([])
  }, 60_000)

  it(`tests that commit on ${name} have a schema of their own, one after another, empty each time`, async () => {
    await using own = await openOwnSchema({
      driver: driver(),
      casing: "snake_case",
      name: "test_own",
      prepare: async (repo) => {
        for (const statement of createTables) await repo.sql.query(statement)
      },
    })
    const counted = await Promise.all(
      ["a", "b", "c"].map((email) =>
        own.run(async ({ repo }) => {
          const before = await repo.count(User)
          await value(repo.insert(newUser(email)))
          // the same rows for whoever asks: it is committed
          return [before, await own.repo.count(User)]
        }),
      ),
    )
    expect(counted).toEqual([
      [0, 1],
      [0, 1],
      [0, 1],
    ])
    const failed = own.run(() => Promise.reject(new Error("expected 1 to be 2")))
    expect(await failure(failed)).toMatchObject({ message: "expected 1 to be 2" })
    expect(await own.run(({ repo }) => repo.count(User))).toBe(0)
  }, 60_000)
}
