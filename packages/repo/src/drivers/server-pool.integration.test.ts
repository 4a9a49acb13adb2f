import { supervisor } from "@bennu/core"
import { createDatabase } from "bennu-testkit"
import { eq, sql } from "drizzle-orm"
import { describe, expect, it } from "vitest"
import { openRepo, type Repo, tagQueries } from "../index.ts"
import { add, held, onServers, pid } from "../testing/on-servers.ts"
import { failure } from "../testing/support.ts"
import { Article, articles } from "../testing/tables.ts"

onServers("a repo on a PostgreSQL server", createDatabase, (server) => {
  const { open } = server

  describe("its pool", () => {
    it("opens as many connections as it may, and not one more", async () => {
      await using repo = await open({ poolSize: 3 })
      const pids = await Promise.all(Array.from({ length: 60 }, () => pid(repo)))
      expect(new Set(pids).size).toBeLessThanOrEqual(3)
      const { rows } = await repo.sql.query(
        "select count(*)::int as n from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
      )
      expect(rows[0]?.["n"]).toBeLessThanOrEqual(3)
    })

    it("uses one connection for one after the other", async () => {
      await using repo = await open({ poolSize: 5 })
      const first = await pid(repo)
      expect(await pid(repo)).toBe(first)
    })

    it("refuses a query that waited too long, and serves the next", async () => {
      await using repo = await open({ poolSize: 1, queueTimeout: 30 })
      const { began, go, done } = held(repo)
      await began
      expect(await failure(pid(repo))).toMatchObject({
        code: "ERR_REPO_POOL_TIMEOUT",
        status: 503,
        waited: 30,
        hint: expect.stringContaining("poolSize"),
      })
      go()
      await done
      expect(await pid(repo)).toBeTypeOf("number")
    })

    it("refuses at once when too many wait already", async () => {
      await using repo = await open({ poolSize: 1, queueLimit: 1 })
      const { began, go, done } = held(repo)
      await began
      const waiting = pid(repo)
      expect(await failure(pid(repo))).toMatchObject({ code: "ERR_REPO_POOL_FULL" })
      go()
      await done
      expect(await waiting).toBeTypeOf("number")
    })

    it("lets a signal take a query out of the queue", async () => {
      await using repo = await open({ poolSize: 1 })
      const { began, go, done } = held(repo)
      await began
      const controller = new AbortController()
      const waiting = failure(repo.query(sql`select 1`, { signal: controller.signal }))
      controller.abort(new Error("gone"))
      expect(await waiting).toMatchObject({ message: "gone" })
      go()
      await done
    })

    it("when stopped waits for what runs, and refuses what comes", async () => {
      const repo = await open()
      const { began, go, done } = held(repo)
      await began
      const stopped = repo[Symbol.asyncDispose]()
      expect(await failure(pid(repo))).toMatchObject({ code: "ERR_REPO_CLOSED" })
      go()
      await done
      await stopped
    })
  })

  it("tells how full its pool is, while it is idle, busy and closed", async () => {
    const driver = server.driver({ poolSize: 2 })
    const repo = await openRepo({ driver }).start(AbortSignal.any([]))
    expect(repo.gauges()).toEqual({ size: 2, open: 0, busy: 0, waiting: 0 })
    const all = [held(repo), held(repo)]
    await Promise.all(all.map(({ began }) => began))
    const waiting = [pid(repo), pid(repo), pid(repo)]
    await expect.poll(() => repo.gauges()).toEqual({ size: 2, open: 2, busy: 2, waiting: 3 })
    for (const { go } of all) go()
    await Promise.all([...all.map(({ done }) => done), ...waiting])
    expect(repo.gauges()).toEqual({ size: 2, open: 2, busy: 0, waiting: 0 })
    await failure(repo.query(sql`select pg_terminate_backend(pg_backend_pid())`))
    await expect.poll(() => repo.gauges().open).toBe(1)
    await repo[Symbol.asyncDispose]()
    await expect.poll(() => repo.gauges()).toEqual({ size: 2, open: 0, busy: 0, waiting: 0 })
  })

  it("tells a supervisor how it is doing, and stops with it", async () => {
    const app = supervisor({ shutdownTimeout: "5s" })
    const driver = server.driver({ poolSize: 1 })
    const repo = await app.start(openRepo({ driver }))
    const states = async () =>
      (await app.health()).children.map(({ name, status }) => [name, status])
    expect(await states()).toEqual([["repo", "up"]])
    const { began, go, done } = held(repo)
    await began
    const waiting = pid(repo)
    await expect.poll(async () => (await states())[0]?.[1]).toBe("degraded")
    const stopped = app.stop()
    expect(await failure(waiting)).toMatchObject({ code: "ERR_REPO_CLOSED" })
    go()
    await done
    await stopped
    expect(await failure(pid(repo))).toMatchObject({ code: "ERR_REPO_CLOSED" })
  })

  it("is down where its server is", async () => {
    const app = supervisor()
    await app.start(openRepo({ driver: server.driver({ url: "postgres://127.0.0.1:1/nowhere" }) }))
    expect(await app.health()).toMatchObject({
      status: "down",
      children: [{ detail: "ERR_REPO_CONNECTION" }],
    })
    await app.stop()
  })

  describe("transactions side by side", () => {
    it("do not see each other before they are committed", async () => {
      await using repo = await open()
      const [wrote, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const writing = repo.transaction(async (tx) => {
        await add(tx, "a")
        wrote.resolve()
        await go.promise
      })
      await wrote.promise
      expect(await repo.drizzle.$count(articles)).toBe(0)
      go.resolve()
      await writing
      expect(await repo.drizzle.$count(articles)).toBe(1)
    })

    it("that block each other: one goes on, the other is told to try again", async () => {
      await using repo = await open()
      await add(repo, "a")
      await add(repo, "b")
      const both = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
      const cross = (first: string, second: string, index: number) =>
        repo.transaction(async (tx) => {
          await tx.query(sql`set local deadlock_timeout = '20ms'`)
          const like = (slug: string) =>
            tx.drizzle.update(articles).set({ likes: 1 }).where(eq(articles.slug, slug))
          await like(first)
          both[index]?.resolve()
          await Promise.all(both.map(({ promise }) => promise))
          await like(second)
        })
      const outcomes = await Promise.allSettled([cross("a", "b", 0), cross("b", "a", 1)])
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"])
      const refused = outcomes.find((outcome) => outcome.status === "rejected")
      expect(refused?.reason).toMatchObject({
        code: "ERR_REPO_CONFLICT",
        status: 409,
        sqlState: "40P01",
        hint: "Run the whole transaction again.",
      })
    })

    it("that would not be serializable: the later one is told to try again", async () => {
      await using repo = await open()
      await add(repo, "a")
      const run = repo.transaction(
        async (tx) => {
          await tx.drizzle.$count(articles)
          await repo.detached(() => repo.drizzle.update(articles).set({ likes: 5 }))
          await tx.drizzle.update(articles).set({ likes: 6 })
        },
        { isolation: "repeatable read" },
      )
      expect(await failure(run)).toMatchObject({ code: "ERR_REPO_CONFLICT", sqlState: "40001" })
    })

    it("begin again as often as they may when others were in their way, and none is lost", async () => {
      await using repo = await open({ poolSize: 4 })
      await add(repo, "counter")
      const isolation = "serializable"
      const raise = (tx: Repo) =>
        tx.query(
          sql`update articles set likes = (select max(likes) from articles) + 1 where slug = 'counter'`,
        )
      const raised = await Promise.all(
        Array.from({ length: 12 }, () => repo.transaction(raise, { isolation, retries: 50 })),
      )
      expect(raised).toHaveLength(12)
      const [row] = await repo.drizzle.select().from(articles)
      expect(row?.likes).toBe(12)
    })

    it("begin again for nothing else, and not when their signal aborted", async () => {
      await using repo = await open()
      let runs = 0
      const refused = repo.transaction(
        async (tx) => {
          runs += 1
          await tx.query(sql`select 1 / 0`)
        },
        { retries: 5 },
      )
      expect(await failure(refused)).toMatchObject({ sqlState: "22012" })
      expect(runs).toBe(1)
      const conflict = sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`
      const stop = new AbortController()
      const aborted = repo.transaction(
        async (tx) => {
          runs += 1
          if (runs === 3) stop.abort(new Error("enough"))
          await tx.query(conflict)
        },
        { retries: 50, signal: stop.signal },
      )
      expect(await failure(aborted)).toMatchObject({ message: "enough" })
      expect(runs).toBe(3)
      expect(
        await failure(repo.transaction(async () => {}, { retries: Number.NaN })),
      ).toMatchObject({
        code: "ERR_REPO_USAGE",
      })
    })
  })

  describe("a query", () => {
    it("that runs longer than it may is stopped on the server, and told from one that waited", async () => {
      await using repo = await open({ poolSize: 1, queryTimeout: "100ms", queueTimeout: "30s" })
      const patient = { timeout: "30s" } as const
      await repo.query(sql`select 1`, patient)
      const slow = failure(repo.query(sql`select pg_sleep(30)`))
      const waiting = repo.query(sql`select 1 as one`, patient)
      expect(await slow).toMatchObject({ code: "ERR_REPO_QUERY_TIMEOUT", status: 503, limit: 100 })
      expect(await waiting).toEqual([{ one: 1 }])
      const running = sql`select count(*)::int as n from pg_stat_activity
        where query = 'select pg_sleep(30)' and state = 'active' and datname = current_database()`
      await expect.poll(() => repo.query(running, patient)).toEqual([{ n: 0 }])
    })

    it("may have a time of its own, in a transaction and through the builder too", async () => {
      await using repo = await open()
      const short = { timeout: "50ms" } as const
      const sleep = sql`select pg_sleep(30)`
      expect(await failure(repo.query(sleep, short))).toMatchObject({ limit: 50 })
      const inside = repo.transaction(async (tx) => tx.query(sleep, short))
      expect(await failure(inside)).toMatchObject({ code: "ERR_REPO_QUERY_TIMEOUT" })
      await add(repo, "a")
      const slow = { where: sql`pg_sleep(30) is null`, ...short }
      expect(await failure(repo.all(Article, slow))).toMatchObject({ limit: 50 })
      expect(await failure(repo.count(Article, slow))).toMatchObject({ limit: 50 })
      await using patient = await open({ queryTimeout: "50ms" })
      await patient.query(sql`select 1`, { timeout: "20s" })
      expect(
        await patient.query(sql`select pg_sleep(0.2)::text as x`, { timeout: "20s" }),
      ).toHaveLength(1)
      const held = patient.sql.session((session) =>
        session.query("select pg_sleep(0.2)::text as x"),
      )
      expect((await held).rows).toHaveLength(1)
    })

    it("of the background waits behind those of people", async () => {
      await using repo = await open({ poolSize: 1 })
      const { began, go, done } = held(repo)
      await began
      const order: string[] = []
      const asked = [
        repo
          .inLane("background")
          .query(sql`select 1`)
          .then(() => order.push("job")),
        repo.inLane("background").transaction(async () => order.push("jobs")),
        repo.query(sql`select 1`).then(() => order.push("person")),
      ]
      go()
      await Promise.all([done, ...asked])
      expect(order[0]).toBe("person")
    })
  })

  it("refuses sessions where a pooler of transactions stands between, and names nothing", async () => {
    await using repo = await open({ pooler: "transaction", poolSize: 1 })
    await repo.query(sql`select 1`)
    const { rows } = await repo.sql.query("select count(*)::int as n from pg_prepared_statements")
    expect(rows).toEqual([{ n: 0 }])
    expect(await failure(repo.sql.session(async () => {}))).toMatchObject({
      code: "ERR_REPO_USAGE",
      hint: expect.stringContaining("without the pooler"),
    })
    // in a transaction it is that one's connection, which a session's work may use
    await repo.transaction((tx) => tx.sql.session((session) => session.query("select 1")))
  })

  it("suspects a pooler of transactions where a statement that it named is gone, or names it anew", async () => {
    await using repo = await open({ poolSize: 1 })
    const ask = () => repo.sql.query("select 1 as one")
    await ask()
    await repo.sql.query("deallocate all")
    const said = await ask().then(
      ({ rows }) => rows,
      ({ sqlState, hint }: { sqlState: string; hint: string }) => ({ sqlState, hint }),
    )
    const suspects = { sqlState: "26000", hint: expect.stringContaining('pooler: "transaction"') }
    // postgres.js notices by itself
    expect([suspects, [{ one: 1 }]]).toContainEqual(said)
  })

  it("names a bounded number of statements on a connection", async () => {
    await using repo = await open({ poolSize: 1 })
    for (let index = 0; index < 400; index += 1)
      await repo.query(sql`select ${index}::int as ${sql.identifier(`n${index}`)}`)
    const [found] = await repo.query(sql`select count(*)::int as n from pg_prepared_statements`)
    expect(found?.["n"]).toBeLessThanOrEqual(257)
  })

  it("names no more statements for the comments that they carry, and shows those to the server", async () => {
    let drawn = 0
    const random = () => (drawn++ % 2) / 2
    const comments = { always: { application: "shop" }, sample: 0.5, random }
    const child = openRepo({ driver: server.driver({ poolSize: 1 }), comments })
    await using repo = await child.start(new AbortController().signal)
    const seen: unknown[] = []
    for (let at = 0; at < 20; at += 1)
      await tagQueries({ route: `/*${at}'*/` }, async () => {
        const active = "select query from pg_stat_activity where pid = pg_backend_pid()"
        seen.push((await repo.sql.query(active)).rows[0]?.["query"])
      })
    const own = seen.filter((text) => String(text).includes("route='%2F%2A"))
    expect([own.length, new Set(seen).size]).toEqual([10, 11])
    const { rows } = await repo.sql.query("select statement from pg_prepared_statements")
    expect(rows.filter(({ statement }) => String(statement).includes("activity"))).toHaveLength(1)
  })

  it("names none where a pooler stands between", async () => {
    await using repo = await open({ poolSize: 1, prepare: false })
    await repo.query(sql`select ${1}::int as n`)
    expect(await repo.query(sql`select count(*)::int as n from pg_prepared_statements`)).toEqual([
      { n: 0 },
    ])
  })
})
