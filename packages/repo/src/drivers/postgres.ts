import { type Duration, parseOptions } from "@bennu/core"
import postgresJs from "postgres"
import * as z from "zod"
import type { Answer, Connection, Database, Driver, Statement } from "../driver.ts"
import { ConnectionError, queryError } from "../errors.ts"
import { duration } from "../internal/duration.ts"

export interface PostgresOptions {
  /** `postgres://user:password@host:5432/database` */
  readonly url: string
  /** Connections held open at most (10). */
  readonly poolSize?: number | undefined
  /** How long a query may wait for a free connection (`"5s"`). */
  readonly queueTimeout?: Duration | undefined
  /** How many queries may wait at once (1,000). */
  readonly queueLimit?: number | undefined
  /**
   * A wait that is still good (`"500ms"`). When for a second all waited longer, who has waited twice as long is refused,
   * so that the others are served in time.
   */
  readonly queueTarget?: Duration | undefined
  /** How long a statement may run (`"60s"`), but for those in a session; each may say otherwise. */
  readonly queryTimeout?: Duration | undefined
  /** How long connecting may take (`"10s"`). */
  readonly connectTimeout?: Duration | undefined
  /** Name statements so that the server parses them once (`true`, but behind a pooler). */
  readonly prepare?: boolean | undefined
  /**
   * `"transaction"` where PgBouncer, Supavisor or the like stands between and hands out a server connection for each
   * transaction: nothing is named, and sessions (for migrations, LISTEN, locks) are refused with a hint.
   */
  readonly pooler?: "transaction" | undefined
}
/** What our code reads: nothing is optional, times are milliseconds. */
export interface ResolvedPostgresOptions {
  readonly url: string
  readonly poolSize: number
  readonly queueTimeout: number
  readonly queueLimit: number
  readonly queueTarget: number
  readonly queryTimeout: number
  readonly connectTimeout: number
  readonly prepare?: boolean | undefined
  readonly pooler?: "transaction" | undefined
}

const schema = z.strictObject({
  url: z.url({ protocol: /^postgres(ql)?$/ }),
  poolSize: z.int().positive().default(10),
  queueTimeout: duration.prefault("5s"),
  queueLimit: z.int().nonnegative().default(1_000),
  queueTarget: duration.prefault("500ms"),
  queryTimeout: duration.prefault("60s"),
  connectTimeout: duration.prefault("10s"),
  prepare: z.boolean().optional(),
  pooler: z.literal("transaction").optional(),
}) satisfies z.ZodType<ResolvedPostgresOptions, PostgresOptions>

/**
 * A PostgreSQL server, by postgres.js. Use it wherever more than one process works on the data.
 * @example openRepo({ driver: postgres({ url: "postgres://localhost/app", poolSize: 20 }) })
 */
export function postgres(options: PostgresOptions): Driver {
  const resolved: ResolvedPostgresOptions = parseOptions("postgres", schema, options)
  return {
    name: "postgres",
    poolSize: resolved.poolSize,
    queueTimeout: resolved.queueTimeout,
    queueLimit: resolved.queueLimit,
    queueTarget: resolved.queueTarget,
    queryTimeout: resolved.queryTimeout,
    sessions: resolved.pooler === undefined,
    async open(): Promise<Database> {
      return {
        connect: () => new PostgresConnection(resolved),
        async [Symbol.asyncDispose]() {},
      }
    },
  }
}

/** Statements that one connection has named; both ends keep them for its life, so they are bounded. */
const MAX_PREPARED = 256
/** How long a cancelled statement may take to stop before its connection is dropped. */
const CANCEL_GRACE = 2_000

/**
 * One connection: a postgres.js client that may hold one. Its own pool is not used, since it
 * queues without a bound and reconnects in the middle of a transaction.
 */
class PostgresConnection implements Connection {
  readonly #client: postgresJs.Sql
  readonly #options: ResolvedPostgresOptions
  readonly #prepares: boolean
  readonly #prepared = new Set<string>()
  #closed = false
  #connected = false
  #signal: AbortSignal | undefined
  #cancel: (() => void) | undefined
  readonly #abort = (): void => this.#cancel?.()

  constructor(options: ResolvedPostgresOptions) {
    this.#options = options
    this.#prepares = options.prepare ?? options.pooler === undefined
    this.#client = postgresJs(options.url, {
      max: 1,
      fetch_types: false,
      idle_timeout: undefined,
      max_lifetime: null,
      connect_timeout: Math.max(1, Math.ceil(options.connectTimeout / 1_000)),
      backoff: () => 0,
      onnotice: () => {},
      onclose: () => {
        this.#closed = true
      },
      // the same text for the same value on every server; poolers let these two through
      connection: { DateStyle: "ISO", TimeZone: "UTC" },
    })
    // everything travels as text; the connection holds on to these two objects, so they are emptied in place
    for (const table of [this.#client.options.parsers, this.#client.options.serializers])
      for (const type of Object.keys(table)) delete table[Number(type)]
  }

  get closed(): boolean {
    return this.#closed
  }

  async query({ text, params }: Statement, signal?: AbortSignal): Promise<Answer> {
    signal?.throwIfAborted()
    if (this.#closed) throw new ConnectionError("the connection to PostgreSQL is closed")
    const prepare =
      this.#prepares && (this.#prepared.has(text) || this.#prepared.size < MAX_PREPARED)
    if (prepare) this.#prepared.add(text)
    const options = { prepare, simple: false }
    const pending = this.#client.unsafe(text, [...params], options).values()
    try {
      const result = await this.#settled(pending, signal)
      this.#connected = true
      return {
        command: result.command,
        count: result.count ?? 0,
        columns: result.columns ?? [],
        rows: result,
      }
    } catch (error) {
      if (signal?.aborted && error === signal.reason) throw error
      throw this.#described(error, text)
    }
  }

  /** Waits for the answer. When the signal aborts, the statement is cancelled on the server. */
  #settled<T>(pending: Cancellable<T>, signal: AbortSignal | undefined): Promise<T> {
    this.#listen(signal)
    return new Promise((resolve, reject) => {
      let timer: NodeJS.Timeout | undefined
      const giveUp = (after: number, reason: () => unknown): void => {
        clearTimeout(timer)
        timer = setTimeout(() => {
          reject(reason())
          void this.close()
        }, after)
      }
      // a server that accepts and says nothing would keep postgres.js connecting for ever
      if (!this.#connected)
        giveUp(this.#options.connectTimeout, () => unreachable(this.#options.connectTimeout))
      this.#cancel = () => {
        // also before the first answer, as the statement may be on its way
        pending.cancel()
        giveUp(this.#connected ? CANCEL_GRACE : 0, () => signal?.reason)
      }
      const settled = (): void => {
        this.#cancel = undefined
        clearTimeout(timer)
        // the request to cancel may reach the server when the next statement runs: no next one here
        if (signal?.aborted) void this.close()
      }
      pending.then(
        (value) => {
          settled()
          resolve(value)
        },
        (error) => {
          settled()
          reject(signal?.aborted ? signal.reason : error)
        },
      )
    })
  }

  /** Most statements of a connection have one signal, so it is not listened to anew each time. */
  #listen(signal: AbortSignal | undefined): void {
    if (signal === this.#signal) return
    this.#signal?.removeEventListener("abort", this.#abort)
    signal?.addEventListener("abort", this.#abort, { once: true })
    this.#signal = signal
  }

  #described(error: unknown, statement: string): unknown {
    if (!(error instanceof Error) || !("code" in error)) return error
    const code = String(error.code)
    if (!(error instanceof postgresJs.PostgresError)) {
      this.#closed = true
      return new ConnectionError(`the connection to PostgreSQL failed: ${error.message}`, {
        cause: error,
        hint: connectionHints.get(code) ?? "Is the server up? The next query tries anew.",
      })
    }
    if (!this.#connected || code.startsWith("08") || code.startsWith("57P")) {
      void this.close()
      return new ConnectionError(`PostgreSQL refused the connection: ${error.message}`, {
        cause: error,
        hint: connectionHints.get(code),
      })
    }
    const report = {
      sqlState: code,
      message: error.message,
      detail: error.detail,
      table: error.table_name,
      column: error.column_name,
      constraint: error.constraint_name,
      position: error.position === undefined ? undefined : Number(error.position),
    }
    return queryError(report, statement)
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#client.end({ timeout: 1 })
  }
}

type Cancellable<T> = Promise<T> & { cancel(): void }

const unreachable = (timeout: number) =>
  new ConnectionError(`PostgreSQL did not answer in ${timeout} ms`, {
    hint: "Check the host and port of the url, and what stands between.",
  })

const connectionHints = new Map([
  [
    "ECONNREFUSED",
    "Nothing listens there: start PostgreSQL, or check the host and port of the url.",
  ],
  ["ENOTFOUND", "The host of the url is unknown."],
  ["CONNECT_TIMEOUT", "Check the host and port of the url, and what stands between."],
  ["28P01", "Check user and password of the url."],
  ["28000", "Check the user of the url, and the server's pg_hba.conf."],
  ["3D000", "Create the database, or check its name at the end of the url."],
  ["53300", "The server has no connection left: lower poolSize, or raise its max_connections."],
])
