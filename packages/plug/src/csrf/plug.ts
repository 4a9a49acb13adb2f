import { andThen } from "../awaitable.ts"
import type { BareConn } from "../conn.ts"
import { ForgeryError } from "../errors.ts"
import { checkKeys, isOrigin } from "../options.ts"
import { isForm, parsedBody } from "../parsers/body.ts"
import type { Answer, Plug } from "../plug.ts"
import type { Session } from "../session/cookie-session.ts"
import { provenance } from "./provenance.ts"
import { csrfTokenMatches } from "./token.ts"

export interface ForgeryOptions {
  /** Other origins whose pages may send requests here: `["https://admin.example.com"]`. */
  readonly trustedOrigins?: readonly string[] | undefined
}

/**
 * The key under which `conn.private` holds what a socket was connected with: its parameters, decoded. On
 * `transport: "live"` the token in them is compared with the session's.
 */
export const connectedWith: unique symbol = Symbol("connected with")

/**
 * Refuses requests that another site makes with the visitor's cookies. A browser's own word decides first
 * (`Sec-Fetch-Site`, then `Origin`); only who sends neither, or comes from elsewhere, needs the page's token, in
 * the header `x-csrf-token` or the form field `_csrf_token`.
 * @throws {ForgeryError} from the plug, for what it refuses.
 */
export function protectFromForgery(options: ForgeryOptions = {}): Plug<{ session: Session }> {
  checkKeys("protectFromForgery", options, { trustedOrigins: true })
  const { trustedOrigins = [] } = options
  for (const origin of trustedOrigins) {
    if (!isOrigin(origin)) {
      throw new TypeError(
        `trustedOrigins holds ${JSON.stringify(origin)}, which is no origin such as "https://example.com"`,
      )
    }
  }
  return (conn, next) => {
    const { session } = conn.assigns
    if (conn.transport === "live") return checkSocket(conn, session, () => next(conn))
    const { method, origin } = conn
    const header = (name: string) => conn.header(name)
    if (provenance({ method, origin, header }, { trustedOrigins }) === "own") return next(conn)
    return andThen(sentToken(conn), (token) => {
      if (csrfTokenMatches(session, token)) return next(conn)
      throw new ForgeryError("the request comes from another site, or lacks the page's token")
    })
  }
}

function checkSocket(conn: BareConn, session: Session, go: () => Answer): Answer {
  const params = conn.private.get(connectedWith)
  const token =
    typeof params === "object" && params !== null && "_csrf_token" in params
      ? params._csrf_token
      : null
  if (csrfTokenMatches(session, token)) return go()
  throw new ForgeryError("the socket was connected with the token of another session, or with none")
}

function sentToken(conn: BareConn): unknown {
  const header = conn.header("x-csrf-token")
  if (header !== null) return header
  if (!isForm(conn)) return null
  return andThen(parsedBody(conn), ({ format, value }) =>
    format === "form" ? value["_csrf_token"] : null,
  )
}
