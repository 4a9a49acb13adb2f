import { BennuError, type Issue } from "@bennu/core"

/** The path is not written in its one canonical form, so that guards and handlers could read it differently. */
export class PathError extends BennuError {
  readonly code = "ERR_PLUG_PATH"
  override readonly status = 400
  constructor(problem: string) {
    super(`the path ${problem}`, {
      hint: "Send each path in one form: no dot segments, no empty segments, no encoded slashes, valid UTF-8.",
    })
  }
}

/** The address is longer than any that we make. */
export class TargetTooLongError extends BennuError {
  readonly code = "ERR_PLUG_TARGET_TOO_LONG"
  override readonly status = 414
  readonly limit: number
  constructor(what: string, limit: number) {
    super(`the address has more than ${limit} ${what}`)
    this.limit = limit
  }
}

/** No route, or nothing behind it, has this address. */
export class NotFoundError extends BennuError {
  readonly code = "ERR_PLUG_NOT_FOUND"
  override readonly status = 404
  constructor(message = "nothing is here") {
    super(message)
  }
}

/** The address exists, but not for this verb. */
export class MethodNotAllowedError extends BennuError {
  readonly code = "ERR_PLUG_METHOD_NOT_ALLOWED"
  override readonly status = 405
  readonly allowed: readonly string[]
  readonly headers: readonly (readonly [string, string])[]
  constructor(method: string, allowed: readonly string[]) {
    super(`${method} is not answered here, but ${allowed.join(", ")}`)
    this.allowed = allowed
    this.headers = [["allow", allowed.join(", ")]]
  }
}

/** None of the formats that we have is one that the client accepts. */
export class NotAcceptableError extends BennuError {
  readonly code = "ERR_PLUG_NOT_ACCEPTABLE"
  override readonly status = 406
  readonly offered: readonly string[]
  // what is asked for decides, so no cache may give this to who asks for something else
  readonly headers: readonly (readonly [string, string])[] = [["vary", "accept"]]
  constructor(offered: readonly string[]) {
    super(`this is to be had as ${offered.join(", ")}`, {
      hint: `Send "Accept: ${offered.join(", ")}".`,
    })
    this.offered = offered
  }
}

/** A body in a form that nobody here reads. */
export class UnsupportedMediaTypeError extends BennuError {
  readonly code = "ERR_PLUG_UNSUPPORTED_MEDIA_TYPE"
  override readonly status = 415
  constructor(problem: string, accepted: readonly string[]) {
    super(problem, { hint: `Send ${accepted.join(" or ")}.` })
  }
}

/** More than is read; the rest was not looked at. */
export class PayloadTooLargeError extends BennuError {
  readonly code = "ERR_PLUG_PAYLOAD_TOO_LARGE"
  override readonly status = 413
  readonly limit: number
  constructor(limit: number, what = "bytes") {
    super(`the body has more than ${limit} ${what}`)
    this.limit = limit
  }
}

/** A body, or a query, that is not what it says it is. */
export class MalformedError extends BennuError {
  readonly code = "ERR_PLUG_MALFORMED"
  override readonly status = 400
}

/** What came is well-formed, but not what the schema of an action asks for. */
export class InvalidRequestError extends BennuError {
  readonly code = "ERR_PLUG_INVALID_REQUEST"
  override readonly status: number
  readonly part: string
  readonly issues: readonly Issue[]
  constructor(part: string, issues: readonly Issue[]) {
    super(
      `the ${part} of the request ${part === "params" || part === "headers" || part === "cookies" ? "are" : "is"} not valid`,
    )
    this.part = part
    this.issues = issues
    this.status = part === "body" ? 422 : 400
  }
}

/** An error that a context returned, and that a fallback maps to a status. */
export class ReturnedError extends BennuError {
  readonly code: string
  override readonly status: number
  readonly issues: readonly Issue[]
  constructor(code: string, status: number, message: string, options: ReturnedOptions) {
    super(message, { cause: options.cause })
    this.code = code
    this.status = status
    this.issues = options.issues
  }
}
interface ReturnedOptions {
  readonly cause: unknown
  readonly issues: readonly Issue[]
}

/** An answer lacks what its schema promises. */
export class ResponseSchemaError extends BennuError {
  readonly code = "ERR_PLUG_RESPONSE_SCHEMA"
  readonly issues: readonly Issue[]
  constructor(issues: readonly Issue[]) {
    super("what is to be answered does not fit its schema", {
      hint: issues.map(({ message }) => message).join("; "),
    })
    this.issues = issues
  }
}

/** A request that changes something comes from another site, or from a page of another session. */
export class ForgeryError extends BennuError {
  readonly code = "ERR_PLUG_FORGERY"
  override readonly status = 403
  constructor(problem: string) {
    super(problem, {
      hint: "Send the page's token as the field _csrf_token or the header x-csrf-token; name other origins in trustedOrigins.",
    })
  }
}

/** A redirect that would, or could be made to, lead to another site. Thrown to the programmer. */
export class RedirectError extends BennuError {
  readonly code = "ERR_PLUG_REDIRECT"
  readonly to: string
  constructor(to: string, problem: string) {
    super(`no redirect to ${JSON.stringify(to.slice(0, 200))}: it ${problem}`, {
      hint: `Redirect to a path of this app, such as "/posts/1"; to other sites with { external, allow: ["https://example.com"] }.`,
    })
    this.to = to
  }
}

/** A header that no client would understand as it was meant. */
export class HeaderError extends BennuError {
  readonly code = "ERR_PLUG_HEADER"
}

/** Too many requests; its `headers` say how long to wait. */
export class RateLimitedError extends BennuError {
  readonly code = "ERR_PLUG_RATE_LIMITED"
  override readonly status = 429
  /** The name of the rate. */
  readonly rate: string
  /** Milliseconds. */
  readonly retryAfter: number
  readonly headers: readonly (readonly [string, string])[]
  constructor(rate: string, retryAfter: number, headers: readonly (readonly [string, string])[]) {
    super("there were too many requests")
    this.rate = rate
    this.retryAfter = retryAfter
    this.headers = headers
  }
}

/** Options that would let other sites read what they must not, or that no browser would act upon. */
export class CorsError extends BennuError {
  readonly code = "ERR_PLUG_CORS"
  constructor(problem: string) {
    super(`cors: ${problem}`, {
      hint: `Name the origins: cors({ origins: ["https://app.example.com"], credentials: true }).`,
    })
  }
}

/** A cookie that a browser would refuse, cut off or understand differently. */
export class CookieError extends BennuError {
  readonly code = "ERR_PLUG_COOKIE"
  readonly cookie: string
  constructor(cookie: string, problem: string, hint: string) {
    super(`the cookie ${JSON.stringify(cookie.slice(0, 100))} ${problem}`, { hint })
    this.cookie = cookie
  }
}

/** A session is needed where no `session()` ran before. */
export class NoSessionError extends BennuError {
  readonly code = "ERR_PLUG_NO_SESSION"
  constructor() {
    super("there is no session here", {
      hint: "Put session({ secret }) into the pipeline, before what needs it.",
    })
  }
}

/** A session holds more than its store takes. */
export class SessionSizeError extends BennuError {
  readonly code = "ERR_PLUG_SESSION_SIZE"
  constructor(size: number, limit: number) {
    super(`the session has ${size} bytes, and may have ${limit}`, {
      hint: "Keep the data in a table of its own and its key in the session, or raise maxBytes.",
    })
  }
}

/** Other requests changed the session each time that this one tried to. */
export class SessionConflictError extends BennuError {
  readonly code = "ERR_PLUG_SESSION_CONFLICT"
  override readonly status = 503
  constructor(tries: number) {
    super(`the session was changed by other requests ${tries} times in a row`)
  }
}

/** A cookie was set while a live view joins: there is no response that could carry it. Thrown in development. */
export class LiveCookieError extends BennuError {
  readonly code = "ERR_PLUG_LIVE_COOKIE"
  constructor() {
    super("a cookie was set while a live view joins, where no response carries it", {
      hint: `Ask conn.transport === "http" before the session is written, or do it in an ordinary route.`,
    })
  }
}

/** A handler returned something that is no answer. */
export class NoAnswerError extends BennuError {
  readonly code = "ERR_PLUG_NO_ANSWER"
  constructor(got: unknown) {
    super(`a handler answered with ${got === null ? "null" : typeof got}`, {
      hint: "Return conn.html(…), conn.json(…), conn.redirect(…) or a Response, and what next(conn) returns.",
    })
  }
}
