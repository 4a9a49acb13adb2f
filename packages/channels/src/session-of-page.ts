import type { Awaitable } from "@bennu/core"
import { csrfTokenMatches } from "@bennu/plug/csrf"
import type { Session, Sessions } from "@bennu/plug/session"
import { after } from "./pending.ts"
import type { Connecting } from "./socket.ts"

/**
 * The visitor's session in `connect`: `null` unless the client's `params` have a `_csrf_token` of one of that session's
 * pages. A browser sends cookies along with what any page asks for; that token only your own pages know.
 * @example connect: async (asking) => {
 *   const session = await sessionOfPage(sessions, asking)
 *   return session ? ok({ userId: String(session.get("user")) }) : err({ status: 403 })
 * }
 */
export function sessionOfPage(
  sessions: Sessions,
  { params, request }: Pick<Connecting, "params" | "request">,
): Awaitable<Session | null> {
  const secure = request.origin.startsWith("https:")
  const opened = sessions.open(request.header("cookie"), { secure })
  return after(opened, (session) =>
    csrfTokenMatches(session, params["_csrf_token"]) ? session : null,
  )
}
