import { setTimeout } from "node:timers/promises"
import nodePostgres, { type QueryArrayResult } from "pg"
import type { Driver, Statement } from "../driver.ts"
import { PgCopy } from "../internal/pg-copy.ts"
import { PgSession } from "../internal/pg-session.ts"
import { CANCEL_AGAIN, type ServerClient } from "../internal/server-connection.ts"
import {
  type ResolvedServerOptions,
  type ServerOptions,
  serverDriver,
} from "../internal/server-options.ts"

export type PgOptions = ServerOptions

/**
 * A PostgreSQL server, by node-postgres: where an app has that client already, or what watches it needs it.
 * @example openRepo({ driver: pg({ url: "postgres://localhost/app", poolSize: 20 }) })
 */
export const pg = (options: PgOptions): Driver =>
  serverDriver("pg", options, (resolved, lost) => new PgClient(resolved, lost))

type Result = QueryArrayResult<(string | null)[]>

class PgClient implements ServerClient<Result> {
  readonly #session: PgSession
  #ready: Promise<unknown> | undefined
  #latest: Promise<Result> | undefined
  /** Statements that were named anew, as the tables that they read had changed. */
  readonly #renamed = new Map<string, string>()
  #renames = 0

  constructor({ url, connectTimeout }: ResolvedServerOptions, lost: () => void) {
    this.#session = new PgSession({
      connectionString: url,
      connectionTimeoutMillis: connectTimeout,
    })
    // what runs is rejected with it, too
    this.#session.on("error", lost)
    this.#session.on("end", lost)
  }

  run(statement: Statement, name: string | undefined) {
    const asked: Asked = { statement, name, isCancelled: false }
    const answer = this.#ask(asked)
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    answer.then(resolve, reject)
    this.#latest = answer
    const cancel = (): void => {
      asked.isCancelled = true
      this.#session.cancel()
      // a request that overtakes the statement finds nothing to stop
      const again = setInterval(() => this.#session.cancel(), CANCEL_AGAIN)
      const settled = () => clearInterval(again)
      answer.then(settled, settled)
    }
    return { answer: promise, cancel, reject }
  }

  async #ask(asked: Asked): Promise<Result> {
    this.#ready ??= this.#session.connect()
    await this.#ready
    if (asked.isCancelled) throw new Error("cancelled before it was sent")
    const { statement, name } = asked
    const { text, copy } = statement
    if (copy !== undefined) return this.#session.query(new PgCopy(text, copy)).done
    if (name === undefined) return this.#send(statement, undefined)
    try {
      return await this.#send(statement, this.#renamed.get(name) ?? name)
    } catch (error) {
      if (!isOutdated(error)) throw error
      this.#renames += 1
      this.#renamed.set(name, `${name}_${this.#renames}`)
      // in a transaction that has failed by it, it cannot help
      return this.#send(statement, this.#renamed.get(name)).catch(() => Promise.reject(error))
    }
  }

  #send({ text, params }: Statement, name: string | undefined): Promise<Result> {
    const config = {
      text,
      values: [...params],
      rowMode: "array" as const,
      types: asText,
      // as the other drivers: one statement, never several in one text
      queryMode: "extended",
      ...(name === undefined ? {} : { name }),
    }
    return this.#session.query<(string | null)[], (string | null)[]>(config)
  }

  answer({ command, rowCount, fields, rows }: Result) {
    return {
      command,
      count: rowCount ?? 0,
      columns: fields.map(({ name, dataTypeID }) => ({ name, type: dataTypeID })),
      rows,
    }
  }

  get announced(): number | undefined {
    return this.#session.processID ?? undefined
  }

  reported(error: Error) {
    if (!(error instanceof nodePostgres.DatabaseError) || error.code === undefined) return undefined
    const { code, message, severity, detail, table, column, constraint, position } = error
    return {
      sqlState: code,
      message,
      severity,
      detail,
      table,
      column,
      constraint,
      position: position === undefined ? undefined : Number(position),
    }
  }

  async end(): Promise<void> {
    // node-postgres hangs up while a statement runs, and the server would run it to its end
    await Promise.race([
      Promise.allSettled([this.#latest]),
      setTimeout(CANCEL_GRACE, undefined, { ref: false }),
    ])
    await this.#session.close()
  }
}

interface Asked {
  readonly statement: Statement
  readonly name: string | undefined
  isCancelled: boolean
}

/** How long its connection waits for a statement that was asked to stop, in milliseconds. */
const CANCEL_GRACE = 1_000

const asText = { getTypeParser: () => String }

/** "cached plan must not change result type", as PostgreSQL calls it; postgres.js looks at the routine too. */
const isOutdated = (error: unknown): boolean =>
  error instanceof nodePostgres.DatabaseError && error.routine === "RevalidateCachedQuery"
