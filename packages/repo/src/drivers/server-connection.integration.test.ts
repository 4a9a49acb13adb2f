import { once } from "node:events"
import { connect, createServer, type Server, type Socket } from "node:net"
import { createDatabase } from "bennu-testkit"
import { sql } from "drizzle-orm"
import { describe, expect, it } from "vitest"
import type { Repo } from "../index.ts"
import { add, onServers, pid } from "../testing/on-servers.ts"
import { failure } from "../testing/support.ts"
import { articles } from "../testing/tables.ts"

onServers("a connection to a PostgreSQL server", createDatabase, (server) => {
  const { open } = server

  describe("a signal", () => {
    const sleepers = async (repo: Repo) =>
      (
        await repo.query(
          sql`select 1 from pg_stat_activity where datname = current_database() and state = 'active' and query like 'select pg_sleep%'`,
        )
      ).length

    it("stops queries that run, on the server too, and leaves no connection that is not clean", async () => {
      await using watcher = await open({ poolSize: 1 })
      await using repo = await open({ poolSize: 4 })
      await Promise.all(Array.from({ length: 4 }, () => pid(repo)))
      const controllers = Array.from({ length: 12 }, () => new AbortController())
      const queries = controllers.map(({ signal }, index) =>
        failure(repo.query(sql.raw(`select pg_sleep(60), ${index}`), { signal })),
      )
      await expect.poll(() => sleepers(watcher)).toBe(4)
      for (const [index, controller] of controllers.entries())
        controller.abort(new Error(`enough ${index}`))
      for (const [index, query] of queries.entries())
        expect(await query).toMatchObject({ message: `enough ${index}` })
      await expect.poll(() => sleepers(watcher)).toBe(0)
      const after = await Promise.all(Array.from({ length: 20 }, () => pid(repo)))
      expect(after).toHaveLength(20)
    })

    it("stops a transaction in the middle of a statement, and takes it back", async () => {
      await using repo = await open({ poolSize: 1 })
      await using watcher = await open({ poolSize: 1 })
      const controller = new AbortController()
      const run = failure(
        repo.transaction(
          async (tx) => {
            await add(tx, "a")
            await tx.query(sql.raw("select pg_sleep(60)"))
          },
          { signal: controller.signal },
        ),
      )
      await expect.poll(() => sleepers(watcher)).toBe(1)
      controller.abort(new Error("enough"))
      expect(await run).toMatchObject({ message: "enough" })
      expect(await repo.drizzle.$count(articles)).toBe(0)
    })
  })

  describe("a connection that breaks", () => {
    const kill = (repo: Repo, id: unknown) =>
      repo.sql.query("select pg_terminate_backend($1)", [id])

    it("in the middle of a query fails that query, and later ones work", async () => {
      await using repo = await open({ poolSize: 1 })
      await using other = await open({ poolSize: 1 })
      const victim = await pid(repo)
      const query = failure(repo.query(sql`select pg_sleep(60)`))
      await expect
        .poll(async () => {
          const { rows } = await other.sql.query(
            "select 1 from pg_stat_activity where pid = $1 and state = 'active'",
            [victim],
          )
          return rows.length === 1
        })
        .toBe(true)
      await kill(other, victim)
      expect(await query).toMatchObject({ code: "ERR_REPO_CONNECTION", status: 503 })
      expect(await pid(repo)).not.toBe(victim)
    })

    it("in the middle of a transaction fails all of it: nothing runs outside by mistake", async () => {
      await using repo = await open({ poolSize: 1 })
      await using other = await open({ poolSize: 1 })
      const run = repo.transaction(async (tx) => {
        await add(tx, "a")
        await kill(other, await pid(tx))
        await failure(Promise.resolve(add(tx, "b")))
        await failure(Promise.resolve(add(tx, "c")))
      })
      expect(await failure(run)).toMatchObject({ code: "ERR_REPO_CONNECTION" })
      expect(await repo.drizzle.$count(articles)).toBe(0)
    })

    it("while it is idle is replaced, and nobody notices", async () => {
      await using repo = await open({ poolSize: 1 })
      await using other = await open({ poolSize: 1 })
      const victim = await pid(repo)
      await kill(other, victim)
      await expect
        .poll(async () => {
          const { rows } = await other.sql.query("select 1 from pg_stat_activity where pid = $1", [
            victim,
          ])
          return rows.length === 0
        })
        .toBe(true)
      // the news is on its way over a socket of this very process
      await expect.poll(() => pid(repo).catch(() => victim)).not.toBe(victim)
      expect(await pid(repo)).not.toBe(victim)
    })
  })

  describe("a server that cannot be reached", () => {
    const sockets = new Set<Socket>()
    async function listening(talk: (socket: Socket) => void): Promise<Server & AsyncDisposable> {
      const made = createServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => {})
        talk(socket)
      }).listen(0, "127.0.0.1")
      await once(made, "listening")
      return Object.assign(made, {
        async [Symbol.asyncDispose]() {
          for (const socket of sockets) socket.destroy()
          made.close()
        },
      })
    }
    function at(listener: Server): string {
      const address = listener.address()
      const there = new URL(server.url)
      if (address !== null && typeof address === "object") there.port = String(address.port)
      return there.href
    }

    it("because nothing listens is told with a hint, again and again, and never waits for long", async () => {
      const gone = await listening(() => {})
      const nowhere = at(gone)
      await gone[Symbol.asyncDispose]()
      await using repo = await open({ url: nowhere })
      for (let attempt = 0; attempt < 3; attempt += 1)
        expect(await failure(pid(repo))).toMatchObject({
          code: "ERR_REPO_CONNECTION",
          hint: expect.stringContaining("start PostgreSQL"),
        })
    })

    it("because the database does not exist is told with a hint", async () => {
      const there = new URL(server.url)
      there.pathname = "/nowhere"
      await using repo = await open({ url: there.href })
      expect(await failure(pid(repo))).toMatchObject({
        code: "ERR_REPO_CONNECTION",
        hint: expect.stringContaining("Create the database"),
      })
    })

    it.each([
      ["says nothing", () => {}],
      ["hangs up", (socket: Socket) => socket.destroy()],
      ["talks nonsense", (socket: Socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n")],
    ])("because what listens %s is told in time", async (_, talk) => {
      await using silent = await listening(talk)
      await using repo = await open({ url: at(silent), connectTimeout: 200 })
      expect(await failure(pid(repo))).toMatchObject({ code: "ERR_REPO_CONNECTION" })
    })

    it("any more, in the middle of a query, is given up when the signal aborts", async () => {
      const target = new URL(server.url)
      let swallow = false
      const swallowed = Promise.withResolvers<void>()
      await using proxy = await listening((socket) => {
        const upstream = connect(Number(target.port), target.hostname)
        upstream.on("error", () => {})
        sockets.add(upstream)
        socket.on("data", (data) => (swallow ? swallowed.resolve() : upstream.write(data)))
        upstream.on("data", (data) => swallow || socket.write(data))
      })
      await using repo = await open({ url: at(proxy), poolSize: 1, connectTimeout: 300 })
      await pid(repo)
      swallow = true
      const controller = new AbortController()
      const query = failure(repo.query(sql`select 1`, { signal: controller.signal }))
      await swallowed.promise
      controller.abort(new Error("enough"))
      expect(await query).toMatchObject({ message: "enough" })
      expect(await failure(pid(repo))).toMatchObject({ code: "ERR_REPO_CONNECTION" })
      swallow = false
      expect(await pid(repo)).toBeTypeOf("number")
    })

    it("by the request to stop a query, which is reset, is given up and ends nothing else", async () => {
      const target = new URL(server.url)
      let asked = 0
      await using proxy = await listening((socket) => {
        const upstream = connect(Number(target.port), target.hostname)
        upstream.on("error", () => {})
        sockets.add(upstream)
        upstream.on("data", (data) => socket.write(data))
        socket.on("data", (data) => {
          // CancelRequest: postgresql.org/docs/current/protocol-message-formats.html
          if (data.length < 16 || data.readInt32BE(4) !== 80_877_102) upstream.write(data)
          else {
            asked += 1
            socket.resetAndDestroy()
          }
        })
      })
      await using repo = await open({ url: at(proxy), poolSize: 1 })
      const before = await pid(repo)
      const signal = AbortSignal.timeout(50)
      const query = failure(repo.query(sql`select pg_sleep(4)`, { signal }))
      expect(await query).toMatchObject({ name: "TimeoutError" })
      expect(asked).toBeGreaterThan(0)
      expect(await pid(repo)).not.toBe(before)
    })
  })

  describe("the first statement of a connection", () => {
    it("that is refused is a refused statement, and no refused connection", async () => {
      await using repo = await open({ poolSize: 1 })
      const wrong = failure(repo.query(sql`select 1 / 0 as n`))
      expect(await wrong).toMatchObject({ code: "ERR_REPO_QUERY", sqlState: "22012" })
      await using other = await open({ poolSize: 1 })
      const twice = failure(other.query(sql`create unique index on articles ((1)), articles ((1))`))
      expect(await twice).toMatchObject({ code: "ERR_REPO_QUERY", sqlState: "42601" })
    })

    it("finds the same settings, whoever connected", async () => {
      await using repo = await open({ poolSize: 1 })
      const [found] = await repo.query(
        sql`select current_setting('DateStyle') as dates, current_setting('TimeZone') as zone`,
      )
      expect(found).toEqual({ dates: "ISO, MDY", zone: "UTC" })
    })
  })

  it("names a statement anew when its table has changed", async () => {
    await using repo = await open({ poolSize: 1 })
    await repo.sql.query("create table changing (n integer)")
    await repo.sql.query("insert into changing values (7)")
    const read = async () => (await repo.sql.query("select * from changing")).rows
    expect(await read()).toEqual([{ n: 7 }])
    for (const type of ["text", "bigint", "text"]) {
      await repo.sql.query(`alter table changing alter n type ${type} using n::${type}`)
      for (let at = 0; at < 3; at += 1) expect(await read()).toEqual([{ n: "7" }])
    }
    await repo.sql.query("drop table changing")
  })
})
