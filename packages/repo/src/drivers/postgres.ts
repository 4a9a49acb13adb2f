import { Readable, Writable } from "node:stream"
import postgresJs from "postgres"
import type { Column, Copying, Driver, Statement } from "../driver.ts"
import { insist, PostgresQuery, type QueryHandlers } from "../internal/postgres-query.ts"
import { promptSocket } from "../internal/prompt-socket.ts"
import type { Running, ServerClient } from "../internal/server-connection.ts"
import {
  type ResolvedServerOptions,
  type ServerOptions,
  serverDriver,
} from "../internal/server-options.ts"

export type PostgresOptions = ServerOptions

/**
 * A PostgreSQL server, by postgres.js. Use it wherever more than one process works on the data.
 * @example openRepo({ driver: postgres({ url: "postgres://localhost/app", poolSize: 20 }) })
 */
export const postgres = (options: PostgresOptions): Driver => {
  const driver = serverDriver("postgres", options, client)
  // a pooler may give each statement another connection of its own
  return { ...driver, pipelines: driver.sessions }
}

/** What we read of postgres.js's. */
interface Result extends ReadonlyArray<(string | null)[]> {
  readonly command: string
  readonly count: number | null
  readonly columns: readonly Column[] | undefined
  /** Of the connection. */
  readonly state: { readonly pid: number | null }
}

/**
 * A postgres.js client that may hold one connection. Its own pool is not used, since it
 * queues without a bound and reconnects in the middle of a transaction.
 */
function client(options: ResolvedServerOptions, lost: () => void): ServerClient<Result> {
  const sql = postgresJs(options.url, {
    max: 1,
    fetch_types: false,
    idle_timeout: undefined,
    max_lifetime: null,
    connect_timeout: Math.max(1, Math.ceil(options.connectTimeout / 1_000)),
    backoff: () => 0,
    onnotice: () => {},
    onclose: lost,
    // the same text for the same value on every server; poolers let these two through
    connection: { DateStyle: "ISO", TimeZone: "UTC" },
  })
  Object.assign(sql.options, { socket: promptSocket(sql.options) })
  // everything travels as text; the connection holds on to these two objects, so they are emptied in place
  for (const table of [sql.options.parsers, sql.options.serializers])
    for (const type of Object.keys(table)) delete table[Number(type)]
  let state: Result["state"] | undefined
  // one that is never sent knows whom all queries of this client ask; its types leave that out
  const handlers = sql.unsafe("") as unknown as QueryHandlers
  return {
    run(statement: Statement, name) {
      const { text, copy } = statement
      return copy === undefined
        ? new PostgresQuery<Result>(handlers, statement, name !== undefined)
        : copied(handlers, sql.unsafe(text), copy)
    },
    answer(result) {
      state ??= result.state
      const { command, count, columns } = result
      return { command, count: count ?? 0, columns: columns ?? [], rows: result }
    },
    get announced() {
      return state?.pid ?? undefined
    },
    reported(error) {
      if (!(error instanceof postgresJs.PostgresError)) return undefined
      return {
        sqlState: error.code,
        message: error.message,
        // poolers tell it in the old field only
        severity: error.severity ?? error.severity_local,
        detail: error.detail,
        table: error.table_name,
        column: error.column_name,
        constraint: error.constraint_name,
        position: error.position === undefined ? undefined : Number(error.position),
      }
    },
    end: () => sql.end({ timeout: 1 }),
  }
}

/**
 * COPY, until the server is done with it. postgres.js gives a stream when the server is ready for it, and tells of the end
 * by calling its query's `resolve` or `reject` again; the stream itself never hears of an error that came at the end.
 */
function copied(
  handlers: QueryHandlers,
  query: { execute(): unknown },
  copy: Copying,
): Running<Result> {
  const { promise: answer, resolve, reject } = Promise.withResolvers<Result>()
  let read: Promise<void> | undefined
  Object.assign(query, {
    resolve(value: unknown): void {
      if (value instanceof Writable && "from" in copy) value.on("error", () => {}).end(copy.from)
      else if (value instanceof Readable && "to" in copy) {
        read = readInto(value, copy.to)
        // what breaks the stream rejects the query too
        read.catch(() => {})
      }
      // streams apart, a query is resolved with its result
      else Promise.resolve(read).then(() => resolve(value as Result), reject)
    },
    reject,
  })
  query.execute()
  return { answer, reject, cancel: () => insist(handlers, query, answer) }
}

async function readInto(stream: Readable, to: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  // each turn of this loop gets all that has come so far
  for await (const chunk of stream) await to(chunk)
}
