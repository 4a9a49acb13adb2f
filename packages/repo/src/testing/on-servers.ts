import { sql } from "drizzle-orm"
import { afterAll, beforeAll, beforeEach, describe } from "vitest"
import type { Driver } from "../driver.ts"
import { pg } from "../drivers/pg.ts"
import { postgres } from "../drivers/postgres.ts"
import type { ServerOptions } from "../internal/server-options.ts"
import { openRepo } from "../open-repo.ts"
import type { Repo } from "../repo.ts"
import { articles, createTables, emptyTables } from "./tables.ts"

/** A database of a server, and a client of it. */
export interface OnServer {
  readonly url: string
  /** By the client, two connections if not told otherwise. */
  driver(options?: Partial<ServerOptions>): Driver
  open(options?: Partial<ServerOptions>): Promise<Repo & AsyncDisposable>
}

const clients = [
  ["postgres.js", postgres],
  ["node-postgres", pg],
] as const

/**
 * Describes what a repo does on a server, the same by each client.
 * @param create Makes an empty database.
 */
export function onServers(
  what: string,
  create: () => Promise<{ readonly url: string; drop(): Promise<void> }>,
  tests: (server: OnServer) => void,
): void {
  describe.each(clients)(`${what} (%s)`, (_, client) => {
    let url = ""
    let drop = async () => {}
    const driver = (options: Partial<ServerOptions> = {}) =>
      client({ url, poolSize: 2, ...options })
    const open = (options?: Partial<ServerOptions>) =>
      openRepo({ driver: driver(options), casing: "snake_case" }).start(
        new AbortController().signal,
      )
    beforeAll(async () => {
      const database = await create()
      url = database.url
      drop = () => database.drop()
      await using repo = await open()
      for (const statement of createTables) await repo.sql.query(statement)
    })
    afterAll(() => drop())
    beforeEach(async () => {
      await using repo = await open()
      await repo.sql.query(emptyTables)
    })
    tests({
      get url() {
        return url
      },
      driver,
      open,
    })
  })
}

/** Which connection it is. */
export const pid = async (repo: Repo): Promise<unknown> =>
  (await repo.query(sql`select pg_backend_pid() as pid`))[0]?.["pid"]

export const add = (repo: Repo, slug: string): PromiseLike<unknown> =>
  repo.drizzle.insert(articles).values({ slug, title: slug })

/** A transaction that waits in the middle until it is let go. */
export function held(repo: Repo): {
  readonly began: Promise<void>
  readonly done: Promise<void>
  go(): void
} {
  const [began, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const done = repo.transaction(async (tx) => {
    await tx.query(sql`select 1`)
    began.resolve()
    await go.promise
  })
  return { began: began.promise, go: () => go.resolve(), done }
}
