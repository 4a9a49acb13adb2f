import type { Match, Router } from "@bennu/router"
import { event } from "@bennu/telemetry"
import { andThen, attempt } from "./awaitable.ts"
import { checkTarget } from "./canonical-path.ts"
import { type BareConn, type Conn, withParams } from "./conn.ts"
import { preflightReply } from "./cors/preflight.ts"
import { type ErrorPage, type ErrorReplyOptions, errorReply } from "./error-page.ts"
import { LiveCookieError, MethodNotAllowedError, NotFoundError } from "./errors.ts"
import { type Failure, failureOf } from "./failure.ts"
import { errorHeaders } from "./headers/error-headers.ts"
import type { SecurityHeaderOptions } from "./headers/security-headers.ts"
import { hostOf } from "./host.ts"
import { keepMatch, tellRefused } from "./log/seen.ts"
import { isOverride, methodOverride } from "./method-override.ts"
import { isDevelopment } from "./mode.ts"
import type { Answer, AnyPlug, Plug } from "./plug.ts"
import { Reply } from "./reply.ts"
import { requestIdOf } from "./request-id.ts"
import { checkedAnswer, headerOf } from "./response.ts"
import type { Handler } from "./routes.ts"

/** A request that ended with an error. Subscribe to it: a page in production shows its reference only. */
export interface RequestFailed extends Failure {
  readonly method: string
  readonly path: string
}

/** Tells of every request that was answered with an error page. */
export const requestFailed = event<RequestFailed>("bennu.plug.request.failed")

export interface DispatchOptions {
  /** Runs around the router, for requests without a route too: static files, request ids. */
  readonly before?: Plug | undefined
  /** Lets forms send PUT, PATCH and DELETE as a POST with the field `_method` (`true`). */
  readonly methodOverride?: boolean | undefined
  /** Shows errors as they are (unless NODE_ENV is `production`). */
  readonly development?: boolean | undefined
  /** Your own error page, in production. */
  readonly errorPage?: ErrorPage | undefined
  /** Changes to the headers of error pages outside of `secureHeaders()`, such as `{ hsts: false }`. */
  readonly security?: SecurityHeaderOptions | undefined
}

/**
 * Answers a request: finds its route, runs it, and makes a page of whatever went wrong. It never throws, and makes no
 * promise unless a plug or handler does.
 */
export function dispatch(
  router: Router<Handler<{}>>,
  conn: Conn,
  options: DispatchOptions = {},
): Answer {
  const { before = passing, methodOverride: override = true } = options
  const { development = isDevelopment(), errorPage: page, security } = options
  const answer = attempt<Response | Reply>(
    () => {
      checkUnseen(before, conn)
      return andThen(
        before(conn, (conn) => (override ? overridden(router, conn) : matched(router, conn))),
        checkedAnswer,
      )
    },
    (error) => answerTo(conn, error, { development, page, headers: headersOf(security) }),
  )
  return conn.method === "HEAD" ? andThen(answer, withoutBody) : answer
}

/** Plugs see canonical paths only; those that want to know of others are told. */
function checkUnseen(before: AnyPlug, conn: Conn): void {
  try {
    checkTarget(conn.source.target)
  } catch (error) {
    tellRefused(before, conn, error)
    throw error
  }
}

const overriding = methodOverride()
const passing: Plug = (conn, next) => next(conn)

/**
 * Answers a request like `dispatch`, but throws what goes wrong: for who acts upon it, such as a live view that joins.
 * @throws {PathError} {@link NotFoundError} {@link MethodNotAllowedError} and whatever plugs and handlers throw.
 */
export function route(router: Router<Handler<{}>>, conn: Conn): Answer {
  checkTarget(conn.source.target)
  return matched(router, conn)
}

/** Reads a form for its `_method` only where that could lead to another route. */
function overridden(router: Router<Handler<{}>>, conn: Conn): Answer {
  const others = conn.method === "POST" ? router.allowed(conn.path, hostOf(conn)) : []
  if (!others.some(isOverride)) return matched(router, conn)
  return overriding(conn, (conn) => matched(router, conn))
}

function matched(router: Router<Handler<{}>>, conn: Conn): Answer {
  const { method, path } = conn
  const match = router.match(method, path, hostOf(conn))
  if (match !== null) {
    keepMatch(conn, match)
    const answer = match.handler(arrived(conn, match))
    return andThen(andThen(answer, checkedAnswer), (answer) => withoutCookies(conn, answer))
  }
  const preflight = preflightReply(router, conn)
  if (preflight !== null) return preflight
  const allowed = router.allowed(path, hostOf(conn))
  if (allowed.length === 0) throw new NotFoundError()
  if (method === "OPTIONS") return optionsReply(allowed)
  throw new MethodNotAllowedError(method, allowed)
}

/** RFC 9110 §9.3.7: what this address answers to. Nothing of the route runs for it. */
const optionsReply = (allowed: readonly string[]): Reply =>
  new Reply(204, [["allow", [...allowed, "OPTIONS"].join(", ")]], null)

/** What a route's handler gets: the parameters, and what the route brings along. */
function arrived(conn: Conn, { params, route }: Match<unknown>): Conn {
  const { assigns, private: kept } = route
  if (kept !== undefined) {
    for (const key of Object.getOwnPropertySymbols(kept)) conn.private.set(key, kept[key])
  }
  const found = withParams(conn, params)
  return assigns === undefined ? found : found.assign(assigns)
}

/** No response carries what a joining live view is answered with: a cookie would be lost without a word. */
function withoutCookies(conn: BareConn, answer: Response | Reply): Response | Reply {
  if (conn.transport === "http" || headerOf(answer, "set-cookie") === null) return answer
  if (isDevelopment()) throw new LiveCookieError()
  return answer
}

function answerTo(conn: BareConn, error: unknown, options: ErrorReplyOptions): Reply {
  const { method, path } = conn
  const failure = failureOf(error, requestIdOf(conn))
  requestFailed.emit(() => ({ ...failure, method, path }))
  try {
    return errorReply(conn, failure, options)
  } catch (cause) {
    // the app's own error page failed: tell of it, and answer with ours
    const second = failureOf(cause, failure.reference)
    requestFailed.emit(() => ({ ...second, method, path }))
    return errorReply(conn, second, { ...options, page: undefined })
  }
}

// made once for the options that an app was given
const known = new WeakMap<SecurityHeaderOptions, ErrorReplyOptions["headers"]>()

function headersOf(security: SecurityHeaderOptions | undefined): ErrorReplyOptions["headers"] {
  if (security === undefined) return undefined
  const headers = known.get(security) ?? errorHeaders(security)
  known.set(security, headers)
  return headers
}

const withoutBody = (answer: Response | Reply): Response | Reply =>
  Reply.is(answer) ? answer.withoutBody() : new Response(null, answer)
