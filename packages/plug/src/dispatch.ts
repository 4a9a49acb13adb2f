import type { Match, Router } from "@bennu/router"
import { event } from "@bennu/telemetry"
import { andThen, isPromise } from "./awaitable.ts"
import { checkTarget } from "./canonical-path.ts"
import { type BareConn, type Conn, exchangeOf, withFound } from "./conn.ts"
import { preflightReply } from "./cors/preflight.ts"
import { type ErrorPage, type ErrorReplyOptions, errorReply } from "./error-page.ts"
import { LiveCookieError, MethodNotAllowedError, NoAnswerError, NotFoundError } from "./errors.ts"
import { type Failure, failureOf } from "./failure.ts"
import { errorHeaders } from "./headers/error-headers.ts"
import type { SecurityHeaderOptions } from "./headers/security-headers.ts"
import { hostOf } from "./host.ts"
import { tellRefused } from "./log/seen.ts"
import { isOverride, methodOverride } from "./method-override.ts"
import { isDevelopment } from "./mode.ts"
import { checkLength, isForm } from "./parsers/body.ts"
import type { Answer, AnyPlug, Plug } from "./plug.ts"
import { Reply } from "./reply.ts"
import { requestIdOf } from "./request-id.ts"
import { checkedAnswer, headerOf, isAnswer } from "./response.ts"
import type { ResolvedRouteLimits } from "./route-limits.ts"
import { type Handler, limitsOf } from "./routes.ts"

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
  return dispatcher(router, options)(conn)
}

/** The same for many requests: options are read once. */
export function dispatcher(
  router: Router<Handler<{}>>,
  options: DispatchOptions = {},
): (conn: Conn) => Answer {
  const { before, methodOverride: override = true, security } = options
  const { development = isDevelopment(), errorPage: page } = options
  const errors: ErrorReplyOptions = {
    development,
    page,
    headers: security && errorHeaders(security),
  }
  const routed = override
    ? (conn: Conn) => overridden(router, conn)
    : (conn: Conn) => matched(router, conn)
  const checked = (conn: Conn): Answer => andThen(routed(conn), checkedAnswer)
  const failed = (conn: Conn, error: unknown) => answerTo(conn, error, errors)
  const concluded = (conn: Conn, answer: Response | Reply): Response | Reply => {
    const shown = isAnswer(answer) ? answer : failed(conn, new NoAnswerError(answer))
    return conn.method === "HEAD" ? withoutBody(shown) : shown
  }
  // each request passes here: what is no promise needs no function of its own either
  return (conn) => {
    try {
      checkUnseen(before, conn)
      const answer = before === undefined ? routed(conn) : before(conn, checked)
      if (!isPromise(answer)) return concluded(conn, answer)
      return answer.then(
        (answer) => concluded(conn, answer),
        (error) => concluded(conn, failed(conn, error)),
      )
    } catch (error) {
      return concluded(conn, failed(conn, error))
    }
  }
}

/** Plugs see canonical paths only; those that want to know of others are told. */
function checkUnseen(before: AnyPlug | undefined, conn: Conn): void {
  try {
    checkTarget(conn.source.target, conn.path)
  } catch (error) {
    if (before !== undefined) tellRefused(before, conn, error)
    throw error
  }
}

const overriding = methodOverride()

/**
 * Answers a request like `dispatch`, but throws what goes wrong: for who acts upon it, such as a live view that joins.
 * @throws {PathError} {@link NotFoundError} {@link MethodNotAllowedError} and whatever plugs and handlers throw.
 */
export function route(router: Router<Handler<{}>>, conn: Conn): Answer {
  checkTarget(conn.source.target, conn.path)
  return andThen(matched(router, conn), checkedAnswer)
}

/** Reads a form for its `_method` only where that could lead to another route. */
function overridden(router: Router<Handler<{}>>, conn: Conn): Answer {
  if (conn.method !== "POST" || !isForm(conn)) return matched(router, conn)
  if (!router.allowed(conn.path, hostOf(conn)).some(isOverride)) return matched(router, conn)
  return overriding(conn, (conn) => matched(router, conn))
}

function matched(router: Router<Handler<{}>>, conn: Conn): Answer {
  const { method, path } = conn
  const match = router.match(method, path, hostOf(conn))
  if (match !== null) {
    const answer = andThen(match.handler(arrived(conn, match)), checkedAnswer)
    return conn.transport === "http" ? answer : andThen(answer, withoutCookies)
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
function arrived(conn: Conn, match: Match<unknown>): Conn {
  bound(conn, limitsOf(match.route))
  const { assigns, private: kept } = match.route
  if (kept !== undefined) {
    for (const key of Object.getOwnPropertySymbols(kept)) conn.private.set(key, kept[key])
  }
  const found = withFound(conn, match)
  return assigns === undefined ? found : found.assign(assigns)
}

/** Holds a body to what its route takes, and refuses at once what says that it is larger. */
function bound(conn: BareConn, limits: ResolvedRouteLimits | null): void {
  const exchange = exchangeOf(conn)
  if (limits !== null) {
    const { bodyBytes: bytes = exchange.bounds.bytes, requestTimeout: timeout } = limits
    exchange.bounds = { bytes, timeout }
  }
  if (conn.method === "GET" || conn.method === "HEAD") return
  checkLength(conn.header("content-length"), exchange.bounds.bytes)
}

/** No response carries what a joining live view is answered with: a cookie would be lost without a word. */
function withoutCookies(answer: Response | Reply): Response | Reply {
  if (headerOf(answer, "set-cookie") === null) return answer
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

const withoutBody = (answer: Response | Reply): Response | Reply =>
  Reply.is(answer) ? answer.withoutBody() : new Response(null, answer)
