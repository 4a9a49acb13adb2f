import type { Secret } from "@bennu/core/crypto"
import { type BareConn, type Flash, type Plug, putFlash, Reply, serializeCookie } from "@bennu/plug"
import { liveTokens, type Tokens } from "../tokens.ts"

// Where the client keeps the flash of a live view for the page that the view sends it to.
const COOKIE = "__phoenix_flash__"

/** The flash that a live view put before it sent the browser here; null when no view did. */
export function carriedFlash(conn: BareConn, tokens: Tokens): Flash | null {
  const token = conn.transport === "http" ? conn.cookies.get(COOKIE) : undefined
  return token === undefined ? null : tokens.readFlash(token)
}

/** The answer that makes the browser forget it. */
export function withoutCarriedFlash(answer: Response | Reply): Response | Reply {
  if (Reply.is(answer)) return answer.withCookie(COOKIE, "", { maxAge: 0 })
  const response = new Response(answer.body, answer)
  response.headers.append("set-cookie", serializeCookie(COOKIE, "", { maxAge: 0 }))
  return response
}

export function putAll(conn: BareConn, flash: Flash): void {
  for (const kind of ["info", "error"] as const) {
    const message = flash[kind]
    if (message !== undefined) putFlash(conn, kind, message)
  }
}

/**
 * Shows on ordinary pages what a live view put as its flash before it sent the browser there. Put it behind `session`; live pages need
 * no plug for it.
 * @param options `secret`, the live socket's.
 */
export function liveFlash({ secret }: { readonly secret: Secret }): Plug {
  const tokens = liveTokens(secret)
  return (conn, next) => {
    const flash = carriedFlash(conn, tokens)
    if (!flash) return next(conn)
    putAll(conn, flash)
    const answer = next(conn)
    return answer instanceof Promise
      ? answer.then(withoutCarriedFlash)
      : withoutCarriedFlash(answer)
  }
}
