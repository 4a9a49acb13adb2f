import { type Connection, type Driver, openRepo, type Repo } from "@bennu/repo"
import { pg } from "@bennu/repo/pg"
import { postgres } from "@bennu/repo/postgres"
import { startPostgres, type TestServer } from "@bennu/testing"
import { afterAll, beforeAll } from "vitest"

export const PATIENTLY = { timeout: 900_000 }

/** What makes connections to a server. */
export const clients = [
  ["postgres.js", postgres],
  ["node-postgres", pg],
] as const

/** A PostgreSQL server for as long as the tests of a file run. */
export function ownServer(): { readonly url: string } {
  let server: TestServer
  beforeAll(async () => {
    server = await startPostgres()
  }, 120_000)
  afterAll(() => server.stop())
  return {
    get url() {
      return server.url
    },
  }
}

export const open = (driver: Driver): Promise<Repo & AsyncDisposable> =>
  openRepo({ driver }).start(AbortSignal.any([]))

/** A driver with a fault: what is made of each of its connections. */
export const planted = (real: Driver, plant: (connection: Connection) => Connection): Driver => ({
  ...real,
  async open(signal) {
    const database = await real.open(signal)
    return {
      connect: () => plant(database.connect()),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    }
  },
})
