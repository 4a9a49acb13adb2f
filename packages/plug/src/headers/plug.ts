import { andThen } from "../awaitable.ts"
import { nonceOf } from "../nonce.ts"
import type { Plug } from "../plug.ts"
import { withHeaders } from "../response.ts"
import { errorHeaders, setErrorHeaders } from "./error-headers.ts"
import { type SecurityHeaderOptions, securityHeaders } from "./security-headers.ts"

/**
 * Sends the headers that make browsers protect the page: a strict Content-Security-Policy whose nonce is
 * `nonceOf(conn)` (a layout's `nonce`), HSTS on https, and more. A header that an answer has already stays, so a scope's
 * own win over those around it. Error pages get the same, with a policy that lets nothing run.
 */
export function secureHeaders(options: SecurityHeaderOptions = {}): Plug {
  const headersOf = securityHeaders(options)
  const ofErrors = errorHeaders(options)
  return (conn, next) => {
    // a live view's page has its headers since it was loaded
    if (conn.transport === "live") return next(conn)
    setErrorHeaders(conn, ofErrors)
    return andThen(next(conn), (answer) =>
      withHeaders(
        answer,
        headersOf({ nonce: nonceOf(conn), secure: conn.origin.startsWith("https:") }),
      ),
    )
  }
}
