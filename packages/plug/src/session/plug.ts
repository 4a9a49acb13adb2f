import { andThen } from "../awaitable.ts"
import type { BareConn } from "../conn.ts"
import { LiveCookieError } from "../errors.ts"
import { isDevelopment, isSecure } from "../mode.ts"
import type { Plug } from "../plug.ts"
import type { HeaderPairs, Reply } from "../reply.ts"
import { withHeaders } from "../response.ts"
import {
  cookieSessions,
  type OpenSession,
  type Session,
  type SessionOptions,
} from "./cookie-session.ts"
import { keepFlash } from "./flash.ts"
import { hasSession, sessionOf, setSession } from "./state.ts"

/**
 * Gives each request its session, kept in a signed cookie. The cookie is `HttpOnly`, `SameSite=Lax` and on https
 * bound to its host; what is kept in it can be read by its owner unless it is encrypted, and holds 4096 bytes.
 */
export function session(options: SessionOptions): Plug<{}, { session: Session }> {
  const sessions = cookieSessions(options)
  return (conn, next) => {
    if (hasSession(conn)) return next(conn.assign({ session: sessionOf(conn) }))
    const opened = sessions.open(conn.cookies, { secure: isSecure(conn.origin) })
    setSession(conn, opened)
    return andThen(next(conn.assign({ session: opened })), (answer) => close(conn, opened, answer))
  }
}

function close(conn: BareConn, session: OpenSession, answer: Response | Reply): Response | Reply {
  if (conn.transport === "live") {
    if (session.changed && isDevelopment()) throw new LiveCookieError()
    return answer
  }
  keepFlash(conn, answer)
  if (!session.touched) return answer
  const headers: [string, string][] = [["cache-control", "private, no-cache"]]
  const cookie = session.setCookie()
  if (cookie !== null) headers.push(["set-cookie", cookie])
  return withHeaders(answer, headers satisfies HeaderPairs)
}
