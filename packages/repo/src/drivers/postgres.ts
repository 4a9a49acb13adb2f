import { Readable, Writable } from "node:stream"
import postgresJs from "postgres"
import type { Column, Copying, Driver, Statement } from "../driver.ts"
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
  return {
    run({ text, params, copy }: Statement, name) {
      if (copy !== undefined) return copied(sql.unsafe(text), copy)
      const prepared = name === undefined ? UNNAMED : NAMED
      // it only reads the parameters, and its types leave out what Asked says
      const asked = sql.unsafe(text, params as string[], prepared).values() as unknown as Asked
      asked.cancel = cancel
      return asked
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

const NAMED = { prepare: true, simple: false }
const UNNAMED = { prepare: false, simple: false }

/** A query of postgres.js's. */
interface Asked extends Running<Result> {
  cancel(this: Asked): void
}

/** How often a statement is asked to stop until it does, in milliseconds. */
const CANCEL_AGAIN = 100

/**
 * Asks the server to stop a query, and again until it has settled: a request that overtakes the statement finds nothing to
 * stop. Its own `cancel` asks once and drops the promise of that: where the request is reset on its way, it would be an
 * unhandled rejection, which ends the process.
 */
function insist(query: object, settled: Promise<unknown>): void {
  // src/query.js of postgres.js 3.4 has it, and calls it with itself
  const { canceller } = query as { canceller(query: object): Promise<unknown> }
  const ask = (): void => void canceller(query).catch(() => {})
  ask()
  const again = setInterval(ask, CANCEL_AGAIN)
  const done = () => clearInterval(again)
  settled.then(done, done)
}

/** One for all queries. */
function cancel(this: Asked): void {
  insist(this, this)
}

/**
 * COPY, until the server is done with it. postgres.js gives a stream when the server is ready for it, and tells of the end
 * by calling its query's `resolve` or `reject` again; the stream itself never hears of an error that came at the end.
 */
function copied(query: { execute(): unknown }, copy: Copying): Running<Result> {
  const { promise, resolve, reject } = Promise.withResolvers<Result>()
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
  return Object.assign(promise, { cancel: () => insist(query, promise), reject })
}

async function readInto(stream: Readable, to: (chunk: Uint8Array) => Promise<void>): Promise<void> {
  // each turn of this loop gets all that has come so far
  for await (const chunk of stream) await to(chunk)
}
