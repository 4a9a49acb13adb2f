import { type Driver, openRepo, type Repo } from "@bennu/repo"
import { pgTable, text } from "drizzle-orm/pg-core"
// biome-ignore lint/correctness/noUndeclaredDependencies: only this package's tests import this file
import { afterAll, beforeAll } from "vitest"
import { sqlMigration, status } from "../index.ts"

export const names = pgTable("tags", { name: text().primaryKey() })
export const tags = sqlMigration(
  "20261122000000_create_tags",
  "-- up\ncreate table tags (name text primary key);\n-- down\ndrop table tags;",
)
export const colors = sqlMigration(
  "20261122000001_add_colors",
  "-- up\nalter table tags add color text;\n-- down\nalter table tags drop color;",
)

/** A database that tests migrate. */
export interface Migrated {
  /** The driver's name. */
  readonly driver: string
  readonly repo: Repo
  states(...all: Parameters<typeof status>[1]): Promise<string[][]>
  exists(table: string): Promise<unknown>
}

/** Opens a database for the tests of a `describe`, and closes it after them. */
export function opened(name: string, driver: () => Promise<Driver>): Migrated {
  let repo: Repo & AsyncDisposable
  beforeAll(async () => {
    repo = await openRepo({ driver: await driver() }).start(new AbortController().signal)
  }, 60_000)
  afterAll(() => repo[Symbol.asyncDispose]())
  return {
    driver: name,
    get repo() {
      return repo
    },
    states: async (...all) => (await status(repo.sql, all)).map(({ id, state }) => [id, state]),
    exists: async (table) =>
      (await repo.sql.query("select to_regclass($1) is not null as is", [table])).rows[0]?.["is"],
  }
}
