import { createDatabase, startPgBouncer } from "bennu-testkit"
import { sql } from "drizzle-orm"
import { afterAll, describe, expect, it, vi } from "vitest"
import type { Repo } from "../index.ts"
import type { ServerOptions } from "../internal/server-options.ts"
import { add, held, onServers, pid } from "../testing/on-servers.ts"
import { failure, value } from "../testing/support.ts"
import { Article, articles, newArticle, newUser, User } from "../testing/tables.ts"

const bouncer = await startPgBouncer()
afterAll(() => bouncer?.stop())
const why = bouncer === undefined ? " (not tested: pgbouncer is not installed)" : ""

describe.skipIf(!bouncer)(`a repo behind PgBouncer${why}`, () => {
  onServers("in transaction mode", createDatabase, (server) => {
    /** More connections than PgBouncer has to the server: it has two. */
    const open = (options: Partial<ServerOptions> = {}) => {
      const url = new URL(server.url)
      url.port = new URL(bouncer?.url ?? "").port
      const patient = { queueTimeout: "60s", queueTarget: "60s" } as const
      return server.open({
        url: url.href,
        pooler: "transaction",
        poolSize: 8,
        ...patient,
        ...options,
      })
    }

    it("shares few connections among many, and every query gets its own answer", async () => {
      await using repo = await open()
      const ask = (n: number) => repo.query(sql`select ${n}::int as n, pg_backend_pid() as pid`)
      const answers = await Promise.all(Array.from({ length: 400 }, (_, n) => ask(n)))
      expect(answers.map(([row]) => row?.["n"])).toEqual(Array.from({ length: 400 }, (_, n) => n))
      expect(new Set(answers.map(([row]) => row?.["pid"])).size).toBeLessThanOrEqual(2)
    })

    it("names no statement on a connection that others get next", async () => {
      await using repo = await open()
      await Promise.all(Array.from({ length: 50 }, () => repo.count(Article)))
      for (let round = 0; round < 4; round += 1)
        expect(await repo.query(sql`select name from pg_prepared_statements`)).toEqual([])
    })

    it("keeps a transaction together, with what it sets and with savepoints, and leaves no setting", async () => {
      await using repo = await open()
      const transfers = Array.from({ length: 12 }, (_, n) =>
        repo.transaction(async (tx) => {
          const first = await pid(tx)
          await tx.query(sql`select set_config('bennu.test', ${String(n)}, true)`)
          await add(tx, `article-${n}`)
          await failure(tx.transaction((inner) => inner.query(sql`select 1 / 0`)))
          const [row] = await tx.query(sql`select current_setting('bennu.test') as set`)
          return [row?.["set"], (await pid(tx)) === first]
        }),
      )
      expect(await Promise.all(transfers)).toEqual(
        Array.from({ length: 12 }, (_, n) => [String(n), true]),
      )
      expect(await repo.drizzle.$count(articles)).toBe(12)
      const [left] = await repo.query(sql`select current_setting('bennu.test', true) as set`)
      expect(left?.["set"] || null).toBeNull()
    })

    it("writes and reads what it writes and reads without one: changesets, preloads, streams, COPY, constraints", async () => {
      await using repo = await open()
      const ada = await value(repo.insert(newUser("ada")))
      const mine = { authorId: ada.id, likes: 0 }
      const rows = Array.from({ length: 40 }, (_, n) => ({ slug: `s${n}`, title: "t", ...mine }))
      expect(await repo.copyIn(Article, rows)).toBe(40)
      const user = await repo.fetch(User, ada.id, { preload: ["articles"] })
      expect(user.articles).toHaveLength(40)
      for (const by of ["key", "cursor"] as const) {
        const seen: string[] = []
        for await (const { slug } of repo.stream(Article, { by, batch: 7 })) seen.push(slug)
        expect(seen).toHaveLength(40)
      }
      const taken = await repo.insert(newArticle("s1").uniqueConstraint("slug"))
      expect(taken.ok ? [] : taken.error.errors).toMatchObject([{ code: "unique" }])
    })

    it("is the same for times whoever had the connection before", async () => {
      await using repo = await open()
      const at = () => repo.query(sql`select timestamptz '2026-11-22 10:00+02' as at`)
      await using stranger = await open()
      await stranger.query(sql`select set_config('TimeZone', 'Asia/Kathmandu', false)`)
      for (let n = 0; n < 8; n += 1)
        expect(await at()).toEqual([{ at: new Date("2026-11-22T08:00:00Z") }])
    })

    it("stops a query that ran too long on the server, not that of another client", async () => {
      await using patient = await open()
      await using repo = await open({ queryTimeout: "300ms" })
      const other = patient.query(sql`select pg_sleep(1.5)::text as slept`)
      const patience = { timeout: "30s" } as const
      await repo.query(sql`select 1`, patience)
      expect(await failure(repo.query(sql`select pg_sleep(60)`))).toMatchObject({
        code: "ERR_REPO_QUERY_TIMEOUT",
      })
      const running = sql`select count(*)::int as n from pg_stat_activity
        where query = 'select pg_sleep(60)' and state = 'active' and datname = current_database()`
      const gone = async () => expect(await patient.query(running)).toEqual([{ n: 0 }])
      await vi.waitFor(gone, { timeout: 15_000 })
      expect(await other).toEqual([{ slept: "" }])
    })

    it("is refused at the start where the driver was not told of it", async () => {
      for (const poolSize of [1, 8])
        expect(await failure(open({ pooler: undefined, poolSize }))).toMatchObject({
          code: "ERR_REPO_POOLER",
          hint: expect.stringContaining('pooler: "transaction"'),
        })
      await using repo = await open()
      expect(await repo.query(sql`select 1 as one`)).toEqual([{ one: 1 }])
    })

    it("refuses sessions, which no connection there can keep", async () => {
      await using repo = await open()
      expect(await failure(repo.sql.session(async () => {}))).toMatchObject({
        code: "ERR_REPO_USAGE",
        hint: expect.stringContaining("without the pooler"),
      })
    })

    it("goes on when it was away, and what ran then is told to have failed", async () => {
      await using repo: Repo & AsyncDisposable = await open({ poolSize: 2 })
      const { began, go, done } = held(repo)
      const lost = failure(done)
      await began
      await bouncer?.kill()
      go()
      await failure(repo.query(sql`select 1`))
      expect(await lost).toMatchObject({ code: "ERR_REPO_CONNECTION" })
      await bouncer?.start()
      const back = async () => expect(await pid(repo)).toBeTypeOf("number")
      await vi.waitFor(back, { timeout: 15_000 })
    })
  })

  onServers("in session mode", createDatabase, (server) => {
    it("is no pooler of transactions: it names statements, and may hold a session", async () => {
      await using sessions = await startPgBouncer({ settings: { pool_mode: "session" } })
      const url = new URL(server.url)
      url.port = new URL(sessions?.url ?? "").port
      await using repo = await server.open({ url: url.href })
      const ask = () => repo.query(sql`select name from pg_prepared_statements`)
      await ask()
      expect(await ask()).toHaveLength(1)
      const settings = await repo.sql.session(async (held) => {
        await held.query("select set_config('bennu.test', 'kept', false)")
        return held.query("select current_setting('bennu.test') as set")
      })
      expect(settings.rows).toEqual([{ set: "kept" }])
    })
  })
})
