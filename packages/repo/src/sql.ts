import type { Duration } from "@bennu/core"

/**
 * What other packages ask of a database: statements as text, in a transaction if need be. A repo gives it
 * (`repo.sql`), for every driver; anyone's pool can, in ten lines.
 */
export interface Sql {
  /**
   * Runs one statement, with `$1`, `$2`, … for its parameters.
   * @returns Rows by column name: timestamps are `Date`, JSON is parsed, `bigint` and `numeric` are text.
   */
  query(text: string, params?: readonly unknown[], options?: SqlOptions): Promise<SqlRows>
  /** Everything that `run` asks happens, or nothing; a throw rolls back. */
  transaction<T>(run: (sql: Sql) => Promise<T>): Promise<T>
  /** One connection for all that `run` asks: for settings and locks that belong to a session. */
  session<T>(run: (sql: Sql) => Promise<T>): Promise<T>
}
export interface SqlOptions {
  /** Stops waiting, and the statement where the database can. */
  readonly signal?: AbortSignal | undefined
  /** How long the statement may run; in a session for as long as it takes, if nobody says. */
  readonly timeout?: Duration | undefined
}
export interface SqlRows {
  readonly rows: readonly SqlRow[]
  /** Rows that the statement gave or changed. */
  readonly count: number
}
export type SqlRow = Readonly<Record<string, unknown>>
