import { type SecurityHeaderOptions, securityHeaders } from "../headers/security-headers.ts"
import type { Plug } from "../plug.ts"
import type { HeaderPairs, Reply } from "../reply.ts"
import { withHeaders } from "../response.ts"
import { type StaticFiles, type StaticOptions, staticFiles } from "./files.ts"

export interface ServeStaticOptions extends StaticOptions {
  /** Changes to the security headers, such as `{ hsts: false }`. */
  readonly security?: SecurityHeaderOptions | undefined
}

/**
 * Answers requests for the files of a folder, and lets all others pass. Give it to `app` or the endpoint, before the routes.
 * Documents among them, which could hold scripts, get a policy that lets scripts of this app run and no others.
 */
export function serveStatic(options: ServeStaticOptions | StaticFiles): Plug {
  const { files, security } = resolved(options)
  const headersOf = securityHeaders({
    ...security,
    contentSecurityPolicy:
      security.contentSecurityPolicy === false
        ? false
        : { "script-src": ["'self'"], ...INLINE_STYLES, ...security.contentSecurityPolicy },
  })
  const made = { yes: listsOf(true), no: listsOf(false) }
  return (conn, next) => {
    const reply = files.match(conn.path, conn)
    if (reply === null) return next(conn)
    const { document, other } = conn.origin.startsWith("https:") ? made.yes : made.no
    return withHeaders(reply, isDocument(reply) ? document : other)
  }

  function listsOf(secure: boolean): {
    readonly document: HeaderPairs
    readonly other: HeaderPairs
  } {
    // a file is the same for everybody, so it can hold no nonce
    const document = headersOf({ nonce: "", secure })
    const other = document.filter(([name]) => !name.startsWith("content-security-policy"))
    return { document, other }
  }
}

function isDocument(reply: Reply): boolean {
  const type = reply.header("content-type") ?? ""
  return DOCUMENTS.some((document) => type.startsWith(document))
}

// drawings carry their styles with them, and a style runs nothing
const INLINE_STYLES = { "style-src": ["'self'", "'unsafe-inline'"] } as const
const DOCUMENTS = [
  "text/html",
  "image/svg+xml",
  "application/xhtml+xml",
  "application/xml",
  "text/xml",
]

function resolved(options: ServeStaticOptions | StaticFiles): {
  readonly files: StaticFiles
  readonly security: SecurityHeaderOptions
} {
  if ("match" in options) return { files: options, security: {} }
  const { security = {}, ...rest } = options
  return { files: staticFiles(rest), security }
}
