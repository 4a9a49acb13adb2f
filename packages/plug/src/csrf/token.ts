import { constantTimeEqual, randomToken } from "@bennu/core/crypto"
import type { BareConn } from "../conn.ts"
import { csrfKey, type Session } from "../session/cookie-session.ts"
import { sessionOf } from "../session/state.ts"

const tokenKey: unique symbol = Symbol("csrf token")
const BYTES = 18

/** The token that a form of this page sends back. It is another text on each page, so that compression cannot leak it. */
export function csrfTokenOf(conn: BareConn): string {
  const known = conn.private.get(tokenKey)
  if (typeof known === "string") return known
  const token = csrfToken(sessionOf(conn))
  conn.private.set(tokenKey, token)
  return token
}

/** A token for a page of this session; the session remembers what it is made of. */
export function csrfToken(session: Pick<Session, "get" | "put">): string {
  const known = session.get(csrfKey)
  const secret = typeof known === "string" ? known : randomToken(BYTES)
  if (typeof known !== "string") session.put(csrfKey, secret)
  const mask = Buffer.from(randomToken(BYTES), "base64url")
  return Buffer.concat([mask, xor(Buffer.from(secret, "base64url"), mask)]).toString("base64url")
}

/** Whether a token was made for a page of this session. */
export function csrfTokenMatches(session: Pick<Session, "get">, token: unknown): boolean {
  const secret = session.get(csrfKey)
  if (typeof secret !== "string" || typeof token !== "string" || token.length !== LENGTH)
    return false
  const bytes = Buffer.from(token, "base64url")
  if (bytes.length !== 2 * BYTES) return false
  const unmasked = xor(bytes.subarray(BYTES), bytes.subarray(0, BYTES))
  return constantTimeEqual(unmasked.toString("base64url"), secret)
}
const LENGTH = (2 * BYTES * 4) / 3

function xor(bytes: Buffer, mask: Buffer): Buffer {
  return Buffer.from(mask.map((byte, index) => byte ^ (bytes[index] ?? 0)))
}
