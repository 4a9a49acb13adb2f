import { andThen } from "../awaitable.ts"
import type { BareConn } from "../conn.ts"
import { LiveCookieError } from "../errors.ts"
import { isDevelopment, isSecure } from "../mode.ts"
import type { Answer, Plug } from "../plug.ts"
import type { Reply } from "../reply.ts"
import { withHeaders } from "../response.ts"
import {
  cookieSessions,
  type KeptSession,
  type Session,
  type SessionOptions,
  type Sessions,
} from "./cookie-session.ts"
import { keepFlash } from "./flash.ts"
import { hasSession, sessionOf, setSession } from "./state.ts"

/**
 * Gives each request its session: kept in a signed cookie, or wherever other `Sessions` keep them. The cookie is
 * `HttpOnly`, `SameSite=Lax` and on https bound to its host; what is kept in it can be read by its owner unless
 * it is encrypted, and holds 4096 bytes. `storeSessions()` keeps more, and can be ended from here.
 */
export function session(options: SessionOptions | Sessions): Plug<{}, { session: Session }> {
  const sessions = "open" in options ? options : cookieSessions(options)
  const development = isDevelopment()
  return (conn, next) => {
    if (hasSession(conn)) return next(conn.assign({ session: sessionOf(conn) }))
    return andThen(
      sessions.open(conn.cookies, { secure: isSecure(conn.origin, development) }),
      (opened): Answer => {
        setSession(conn, opened)
        const answer = next(conn.assign({ session: opened }))
        return andThen(answer, (answer) => close(conn, opened, answer, development))
      },
    )
  }
}

function close(
  conn: BareConn,
  session: KeptSession,
  answer: Response | Reply,
  development: boolean,
): Answer {
  if (conn.transport === "live") {
    if (session.changed && development) throw new LiveCookieError()
    return answer
  }
  keepFlash(conn, answer)
  if (!session.touched) return answer
  return andThen(session.setCookie(), (cookie) =>
    withHeaders(answer, [
      ["cache-control", "private, no-cache"],
      ...(cookie === null ? [] : [["set-cookie", cookie] as const]),
    ]),
  )
}
