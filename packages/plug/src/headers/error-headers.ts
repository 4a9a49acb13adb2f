import type { BareConn } from "../conn.ts"
import { type SecurityHeaderOptions, securityHeaders } from "./security-headers.ts"

type HeadersOf = ReturnType<typeof securityHeaders>

/** The same headers for an error page, which runs nothing and loads nothing. @internal */
export function errorHeaders(options: SecurityHeaderOptions): HeadersOf {
  return securityHeaders({
    ...options,
    reportOnly: false,
    contentSecurityPolicy: {
      "default-src": ["'none'"],
      "script-src": null,
      "style-src": ["'self'", "'nonce'"],
      "img-src": ["'self'", "data:"],
    },
  })
}

const errorHeadersKey: unique symbol = Symbol("security headers of errors")

/** @internal */
export function setErrorHeaders(conn: BareConn, headersOf: HeadersOf): void {
  conn.private.set(errorHeadersKey, headersOf)
}

/** What `secureHeaders()` chose for the request's errors, or `otherwise` where it did not run. @internal */
export function errorHeadersFor(conn: BareConn, otherwise: HeadersOf): HeadersOf {
  // only setErrorHeaders writes it
  return (conn.private.get(errorHeadersKey) as HeadersOf | undefined) ?? otherwise
}
