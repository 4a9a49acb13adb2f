import { andThen } from "../awaitable.ts"
import type { BareConn } from "../conn.ts"
import { keepForErrors } from "../error-headers.ts"
import type { Plug } from "../plug.ts"
import { Reply } from "../reply.ts"
import { withHeaders } from "../response.ts"
import { type CorsOptions, corsPolicy } from "./policy.ts"
import { preflight } from "./preflight.ts"

/**
 * Lets pages of other origins read what is answered here. In a scope's pipeline it answers the preflights of
 * that scope's routes too, and its headers stand on error pages as well. Put it first.
 */
export function cors(options: CorsOptions): Plug {
  const decide = corsPolicy(options)
  const answer = (conn: BareConn) => new Reply(204, decide(conn).headers, null)
  const plug: Plug = (conn, next) => {
    if (conn.transport === "live") return next(conn)
    const { preflight, headers } = decide(conn)
    if (preflight) return answer(conn)
    keepForErrors(conn, headers)
    return andThen(next(conn), (answer) => withHeaders(answer, headers))
  }
  return Object.assign(plug, { [preflight]: answer })
}
