import { type SQL, sql } from "drizzle-orm"
import type { Connection, Driver } from "../driver.ts"
import { RepoUsageError } from "../errors.ts"
import type { Repo } from "../repo.ts"

/**
 * The same database, seen from a schema of its own, which is made anew when it is opened and dropped when it is closed:
 * for tests that need real commits. Give each worker its own, and `emptyTables` before each test.
 * @param name Of the schema, such as `test_${process.env.VITEST_POOL_ID}`: letters, digits and `_`.
 * @example openRepo({ driver: inSchema(postgres({ url }), `test_${process.env.VITEST_POOL_ID}`) })
 */
export function inSchema(driver: Driver, name: string): Driver {
  if (!/^[a-z_][a-z\d_]{0,62}$/.test(name) || name === "public")
    throw new RepoUsageError(`${JSON.stringify(name)} is no name for a schema of tests`, "test_1")
  if (driver.sessions === false)
    throw new RepoUsageError("behind a pooler a schema cannot be set", "Connect to the server.")
  return {
    ...driver,
    async open(signal) {
      const database = await driver.open(signal)
      const once = async (...statements: readonly string[]): Promise<void> => {
        const connection = database.connect()
        for (const text of statements) await connection.query({ text, params: [] })
        await connection.close()
      }
      await once(`drop schema if exists ${name} cascade`, `create schema ${name}`)
      return {
        connect: () => within(database.connect(), name),
        async [Symbol.asyncDispose]() {
          await once(`drop schema if exists ${name} cascade`)
          await database[Symbol.asyncDispose]()
        },
      }
    },
  }
}

/** Extensions live in `public`, so that is seen too. */
function within(connection: Connection, name: string): Connection {
  let ready: Promise<unknown> | undefined
  const set = () =>
    connection.query({
      text: "select set_config('search_path', $1, false)",
      params: [`${name}, public`],
    })
  return {
    get closed() {
      return connection.closed
    },
    async query(statement, signal) {
      ready ??= set()
      await ready
      return connection.query(statement, signal)
    },
    close: () => connection.close(),
  }
}

/** Empties all tables of the schema that a repo sees first, and starts their sequences anew. */
export async function emptyTables(repo: Repo): Promise<void> {
  const tables = await repo.query<{ name: string }>(
    sql`select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = current_schema()`,
  )
  if (tables.length === 0) return
  const names: SQL[] = tables.map(({ name }) => sql.raw(name))
  await repo.query(sql`truncate ${sql.join(names, sql`, `)} restart identity cascade`)
}
