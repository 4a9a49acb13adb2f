import { andThen, attempt } from "../awaitable.ts"
import { type BareConn, exchangeOf } from "../conn.ts"
import { failureOf } from "../failure.ts"
import { isDevelopment } from "../mode.ts"
import { checkKeys } from "../options.ts"
import type { Plug } from "../plug.ts"
import { requestIdOf } from "../request-id.ts"
import { FILTERED, loggable, oneLine } from "./filter.ts"
import { jsonLines, type Logger, plainLines } from "./logger.ts"
import { refused } from "./seen.ts"

/** What is told of a request. */
export interface LogEntry {
  /** The request's id, which an error page shows as its reference. */
  readonly id: string
  readonly method: string
  /** As it was sent, without the query; the route's pattern where a parameter of it is filtered. */
  readonly path: string
  /** The pattern of the route, or `null` where none was found. */
  readonly route: string | null
  readonly status: number
  /** Milliseconds until the answer was made; a stream goes on longer. */
  readonly duration: number
  readonly remoteAddress: string | null
  /** The parameters of path and query, filtered. */
  readonly params: unknown
  /** The stable code of what went wrong. */
  readonly code?: string
  /** What went wrong, where it is our fault. */
  readonly err?: unknown
}

export interface LogOptions {
  /** Where it goes: `pino()`, or lines of JSON (readable ones in development). */
  readonly logger?: Logger | undefined
  /** Names of parameters to filter, beside those that sound like secrets: `["email"]`. */
  readonly filter?: readonly string[] | undefined
  /** How much it matters; `null` leaves it out. (500 and more `"error"`, 400 and more `"warn"`, else `"info"`.) */
  readonly level?: ((entry: LogEntry) => keyof Logger | null) | undefined
  /** A clock that only goes forward, in milliseconds. */
  readonly now?: (() => number) | undefined
}

const known: Readonly<Record<keyof LogOptions, true>> = {
  logger: true,
  filter: true,
  level: true,
  now: true,
}

/**
 * Writes one line for each request, failed ones with their error, so that a reference on an error page leads to what
 * happened. Put it first in `before`; what is refused for its path, before any plug, is written as well.
 */
export function logRequests(options: LogOptions = {}): Plug {
  checkKeys("logRequests", options, known)
  const { logger = isDevelopment() ? plainLines() : jsonLines(), filter = [] } = options
  const { level = levelOf, now = () => performance.now() } = options

  const tell = (conn: BareConn, start: number, outcome: Outcome) => {
    try {
      const entry = entryOf(conn, now() - start, filter, outcome)
      const chosen = level(entry)
      if (chosen === null) return
      const { method, path, status, duration } = entry
      logger[chosen](entry, `${method} ${path} ${status} in ${duration} ms`)
    } catch {
      // a log that cannot be written must not cost anybody the answer
    }
  }
  const plug: Plug = (conn, next) => {
    if (conn.transport === "live") return next(conn)
    const start = now()
    const failed = (error: unknown): never => {
      tell(conn, start, failedWith(conn, error))
      throw error
    }
    const answered = () =>
      andThen(next(conn), (answer) => {
        tell(conn, start, { status: answer.status })
        return answer
      })
    return attempt(answered, failed)
  }
  return Object.assign(plug, {
    [refused]: (conn: BareConn, error: unknown) => tell(conn, now(), failedWith(conn, error)),
  })
}

interface Outcome {
  readonly status: number
  readonly code?: string
  readonly err?: unknown
}

function failedWith(conn: BareConn, error: unknown): Outcome {
  const { status, code } = failureOf(error, requestIdOf(conn))
  return status >= 500 ? { status, code, err: error } : { status, code }
}

const levelOf = ({ status }: LogEntry): keyof Logger =>
  status >= 500 ? "error" : status >= 400 ? "warn" : "info"

function entryOf(
  conn: BareConn,
  milliseconds: number,
  filter: readonly string[],
  outcome: Outcome,
): LogEntry {
  const { found } = exchangeOf(conn)
  const fromPath = loggable({ ...found?.params }, filter)
  const hides = Object.values(Object(fromPath)).includes(FILTERED)
  const route = found?.route.pattern ?? null
  return {
    id: requestIdOf(conn),
    method: oneLine(conn.method),
    path: oneLine(hides && route !== null ? route : conn.path),
    route,
    duration: Math.round(milliseconds * 10) / 10,
    remoteAddress: conn.remoteAddress,
    params: { ...Object(fromPath), ...Object(loggable(queryOf(conn), filter)) },
    ...outcome,
  }
}

/** The query, unless it is what the request was refused for. */
function queryOf(conn: BareConn): unknown {
  try {
    return conn.query
  } catch {
    return {}
  }
}
