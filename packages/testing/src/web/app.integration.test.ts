import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { channel, socket } from "@bennu/channels"
import { ok, supervisor } from "@bennu/core"
import { endpoint } from "@bennu/endpoint"
import { get, post } from "@bennu/plug"
import { local, openPubSub } from "@bennu/pubsub"
import { type Driver, openRepo } from "@bennu/repo"
import { pglite } from "@bennu/repo/pglite"
import { postgres } from "@bennu/repo/postgres"
import { openSandbox } from "@bennu/repo/testing"
import { paths, router } from "@bennu/router"
import { change, schema } from "@bennu/schema"
import { factory } from "@bennu/schema/factory"
import { createDatabase } from "bennu-testkit"
import { pgTable, text, uuid } from "drizzle-orm/pg-core"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import * as z from "zod"
import { setup, testClock, withClock, withRepo, withUser } from "../index.ts"
import { allowTestSockets, allowTests, carriersOf, withConn } from "../web.ts"

const User = schema(
  pgTable("users", { id: uuid().primaryKey().defaultRandom(), email: text().notNull() }),
)
const path = paths({ users: "/users", add: "POST /users" })
const user = factory(User, (n) => ({ email: `user${n}@example.com` }))

/** An app that is started once, for all tests, with a database that each test has to itself. */
async function startApp(driver: () => Driver) {
  await using stack = new AsyncDisposableStack()
  const app = stack.use(supervisor({ name: "sandboxed", shutdownTimeout: "5s" }))
  {
    await using repo = await openRepo({ driver: driver() }).start(new AbortController().signal)
    await repo.sql.query(
      "create table users (id uuid primary key default gen_random_uuid(), email text not null)",
    )
  }
  const sandbox = stack.use(await openSandbox({ driver: driver() }))
  const clock = testClock()
  const { repo } = sandbox
  const tests = setup().and(withRepo(sandbox)).and(withClock(clock))
  const counted = async () => ({ users: await repo.count(User), at: clock.now() })
  const add = () => repo.insert(change(User, {}, { email: "new@example.com" }))
  const Users = channel({
    events: { add: z.object({}) },
    join: async () => ok({ assigns: {}, response: await counted() }),
    handleEvent: {
      async add() {
        await add()
        return ok(await counted())
      },
    },
  })
  const pubsub = await app.start(openPubSub({ adapter: local() }))
  const { url } = await app.start(
    endpoint({
      port: 0,
      host: "127.0.0.1",
      router: router(
        get(path.users, async (conn) => conn.json(await counted())),
        post(path.add, async (conn) => {
          await add()
          return conn.json(await counted())
        }),
      ),
      before: allowTests(tests, { at: "/test", maxOpen: 2 }),
      sockets: {
        "/socket": allowTestSockets(tests, socket({ channels: { users: Users }, pubsub })),
      },
    }),
  )
  const open = stack.move()
  return { url, tests, [Symbol.asyncDispose]: () => open[Symbol.asyncDispose]() }
}

/** A client of the socket: what it sends arrives outside of every test's context. */
async function client(url: URL, headers: Readonly<Record<string, string>>) {
  const at = new URL("/socket/websocket?vsn=2.0.0", url)
  at.protocol = "ws"
  const ws = new WebSocket(at, { headers: { origin: url.origin, ...headers } })
  await new Promise((resolve, reject) => ws.once("open", resolve).once("error", reject))
  let last = 0
  return {
    ask: (event: string) =>
      new Promise<unknown>((resolve, reject) => {
        const ref = String(++last)
        const hear = (data: Buffer): void => {
          const [, of, , , payload] = JSON.parse(data.toString())
          if (of !== ref) return
          ws.off("message", hear)
          if (payload.status === "ok") resolve(payload.response)
          else reject(new Error(JSON.stringify(payload)))
        }
        ws.on("message", hear)
        ws.send(JSON.stringify(["1", ref, "users", event, {}]))
      }),
    [Symbol.dispose]: () => ws.terminate(),
  }
}

const home = mkdtempSync(join(tmpdir(), "bennu-testing-"))
let database: Awaited<ReturnType<typeof createDatabase>>
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(async () => {
  await database.drop()
  rmSync(home, { recursive: true, force: true })
})

describe.each([
  ["PostgreSQL", () => postgres({ url: database.url, poolSize: 4 })],
  ["PGlite", () => pglite({ dir: join(home, "db") })],
] satisfies [string, () => Driver][])(
  "an app in a sandbox on %s",
  { timeout: 30_000 },
  (_name, driver) => {
    let app: Awaited<ReturnType<typeof startApp>>
    beforeAll(async () => {
      app = await startApp(driver)
    }, 120_000)
    afterAll(() => app[Symbol.asyncDispose]())

    for (const turn of [1, 2, 3, 4])
      it.concurrent(`shows each of the tests that run at once its own rows (${turn})`, () =>
        app.tests
          .and(withUser(user))
          .and(withConn(app.url.href))
          .run(async ({ conn, clock, user: { email } }) => {
            clock.freeze(turn)
            expect(email).toMatch(/^user\d+@/)
            expect((await conn.get("/users")).json()).toEqual({ users: 1, at: turn })
            for (let more = 0; more < turn; more++) await conn.post("/users")
            expect((await conn.get("/users")).json()).toEqual({ users: turn + 1, at: turn })
          }))

    it("shows a socket the rows of its test, whatever it is asked and by which way it was told", () =>
      app.tests.and(withUser(user)).run(async ({ token, clock, repo }) => {
        clock.freeze(7)
        const { cookie, headers, userAgent } = carriersOf(token)
        const ways = [
          headers,
          { cookie: `other=1; ${cookie.name}=${cookie.value}; more=2` },
          { "user-agent": userAgent("Mozilla/5.0 (X11)") },
        ]
        let users = 1
        for (const way of ways) {
          using socket = await client(app.url, way)
          expect(await socket.ask("phx_join")).toEqual({ users, at: 7 })
          users += 1
          expect(await socket.ask("add")).toEqual({ users, at: 7 })
        }
        expect(await repo.count(User)).toBe(users)
      }))

    it("answers nobody from a test that is over, or that it does not know", async () => {
      const over = await app.tests.run(async ({ token }) => token)
      for (const token of [over, "__proto__", "x".repeat(5_000)]) {
        const { headers } = carriersOf(token)
        expect((await fetch(new URL("/users", app.url), { headers })).status).toBe(410)
        await expect(client(app.url, headers)).rejects.toThrow(/410/)
      }
    })

    it("keeps a test open for a runner in another process, until it says that it is done", async () => {
      const at = new URL("/test", app.url)
      const token = await (await fetch(at, { method: "POST" })).text()
      const { headers } = carriersOf(token)
      const add = () => fetch(new URL("/users", app.url), { method: "POST", headers })
      expect(await (await add()).json()).toMatchObject({ users: 1 })
      expect(await (await add()).json()).toMatchObject({ users: 2 })
      expect((await fetch(at, { method: "DELETE", headers })).status).toBe(200)
      expect((await add()).status).toBe(410)
      expect((await fetch(at, { method: "DELETE", headers })).status).toBe(410)
      expect((await fetch(at)).status).toBe(405)
    })

    it("has no row of any of them left", () =>
      app.tests.run(async ({ repo }) => expect(await repo.count(User)).toBe(0)))
  },
)
