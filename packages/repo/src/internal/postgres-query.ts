import type { Statement } from "../driver.ts"
import { CANCEL_AGAIN, type Running } from "./server-connection.ts"

/** What queries of postgres.js's ask of their client (`src/index.js` of 3.4). */
export interface QueryHandlers {
  /** Sends a query by the connection, which is made if there is none. */
  handler(query: object): void
  /** Asks the server to stop a query. */
  canceller(query: object): Promise<unknown>
}

const NAMED = { prepare: true, simple: false }
const UNNAMED = { prepare: false, simple: false }

/**
 * A query as postgres.js's connection reads and writes it (`src/connection.js` of 3.4). Its own is a promise of a class of
 * its own, which V8's quick collections of garbage never free, nor what that holds: that cost more than all of ours.
 */
export class PostgresQuery<T> implements Running<T> {
  readonly answer: Promise<T>
  readonly #handlers: QueryHandlers
  readonly #settle: PromiseWithResolvers<T>

  // what it asks for
  readonly strings: readonly string[]
  readonly args: Statement["params"]
  readonly options: typeof NAMED
  readonly tagged = false
  readonly isRaw = "values"
  /** Where it was written, for errors. */
  readonly origin = ""

  // what the connection notes; all from the start, as V8 gives an object that grows another shape each time
  active = false
  cancelled: unknown = null
  state: unknown = null
  statement: unknown = null
  signature: unknown = ""
  string = ""
  parameters: unknown = undefined
  prepare = false
  prepared = false
  describeFirst: unknown = false
  retried: unknown = undefined
  parsing = false

  constructor(handlers: QueryHandlers, { text, params }: Statement, isNamed: boolean) {
    this.#handlers = handlers
    this.#settle = Promise.withResolvers()
    this.answer = this.#settle.promise
    this.strings = [text]
    this.args = params
    this.options = isNamed ? NAMED : UNNAMED
    handlers.handler(this)
  }

  resolve(result: T): void {
    this.active = false
    this.#settle.resolve(result)
  }

  reject(reason: unknown): void {
    this.active = false
    this.#settle.reject(reason)
  }

  cancel(): void {
    insist(this.#handlers, this, this.answer)
  }
}

/**
 * Asks the server to stop a query, and again until it has settled: a request that overtakes the statement finds nothing to
 * stop. The `cancel` of postgres.js's asks once and drops the promise of that: where the request is reset on its way, it
 * would be an unhandled rejection, which ends the process.
 */
export function insist(
  { canceller }: QueryHandlers,
  query: object,
  settled: Promise<unknown>,
): void {
  const ask = (): void => void canceller(query).catch(() => {})
  ask()
  const again = setInterval(ask, CANCEL_AGAIN)
  const done = () => clearInterval(again)
  settled.then(done, done)
}
