import type { BareConn } from "../conn.ts"
import { NoSessionError } from "../errors.ts"
import type { KeptSession } from "./cookie-session.ts"

const sessionKey: unique symbol = Symbol("session")

/** @internal */
export function setSession(conn: BareConn, session: KeptSession): void {
  conn.private.set(sessionKey, session)
}

export function hasSession(conn: BareConn): boolean {
  return conn.private.has(sessionKey)
}

/** The session of a request, whatever its assigns are called. @throws {NoSessionError} where `session()` did not run. */
export function sessionOf(conn: BareConn): KeptSession {
  const session = conn.private.get(sessionKey)
  if (session === undefined) throw new NoSessionError()
  // only setSession writes it
  return session as KeptSession
}
