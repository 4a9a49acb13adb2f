import postgres from "postgres"
import { afterAll, describe, expect, it } from "vitest"
import { faultProxy } from "../chaos.ts"
import { startPgBouncer, startPostgres } from "../index.ts"
import { installed } from "./installed.ts"

const server = await startPostgres({ settings: { synchronous_commit: "on" } })
afterAll(() => server.stop())

const connect = (url = server.url) => postgres(url, { max: 1, onnotice: () => {} })

describe("startPostgres", () => {
  it("gives an empty PostgreSQL, which keeps its rows through restart and kill", async () => {
    await using sql = disposable(connect())
    await sql.client`create table rows (n int)`
    for (const [n, hurt] of [
      [1, () => server.restart()],
      [2, () => server.kill().then(() => server.start())],
    ] as const) {
      await sql.client`insert into rows values (${n})`
      await hurt()
      // the client finds out that its connection is gone by using it
      await sql.client`select 1`.catch(() => {})
      expect(await sql.client`select n from rows`).toHaveLength(n)
    }
  })

  it("answers nothing while it is paused", async () => {
    await using sql = disposable(connect())
    await sql.client`select 1`
    server.pause()
    let answered = false
    const asked = sql.client`select 2 as two`.then((rows) => {
      answered = true
      return rows
    })
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(answered).toBe(false)
    server.resume()
    expect(await asked).toEqual([{ two: 2 }])
  })

  it("is reached through a fault proxy by the same URL but for the port", async () => {
    await using proxy = await faultProxy(server.url)
    await using sql = disposable(connect(proxy.url))
    expect(await sql.client`select 1 as one`).toEqual([{ one: 1 }])
    await proxy.refuse()
    const refused = connect(proxy.url)
    await expect(refused`select 1`).rejects.toMatchObject({ code: "ECONNREFUSED" })
    await refused.end()
  })
})

const missing = installed("pgbouncer", "/usr/sbin/pgbouncer") === undefined
describe.skipIf(missing)("startPgBouncer (needs pgbouncer)", () => {
  it("gives few connections of a server to many clients, a transaction at a time, and may be hurt", async () => {
    await using bouncer = await startPgBouncer(server.url, { poolSize: 1 })
    const clients = Array.from({ length: 3 }, () =>
      postgres(bouncer.url, { max: 1, prepare: false }),
    )
    const pids = () => Promise.all(clients.map((sql) => sql`select pg_backend_pid() as pid`))
    const [[first] = [], ...others] = await pids()
    expect(others.map(([row]) => row)).toEqual([first, first])
    await bouncer.restart()
    // clients find out that their connections are gone by using them
    await Promise.allSettled(clients.map((sql) => sql`select 1`))
    expect(await pids()).toHaveLength(3)
    await Promise.all(clients.map((sql) => sql.end()))
  })

  it("takes other settings", async () => {
    await using bouncer = await startPgBouncer(server.url, { settings: { pool_mode: "session" } })
    await using sql = disposable(connect(bouncer.url))
    await sql.client`set bennu.kept = 'yes'`
    expect(await sql.client`select current_setting('bennu.kept') as kept`).toEqual([
      { kept: "yes" },
    ])
  })
})

const disposable = (client: ReturnType<typeof connect>) => ({
  client,
  [Symbol.asyncDispose]: () => client.end({ timeout: 1 }),
})
