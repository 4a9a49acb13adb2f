import { randomToken } from "@bennu/core/crypto"
import type { BareConn } from "./conn.ts"

const nonceKey: unique symbol = Symbol("nonce")

/** The page's nonce, which the Content-Security-Policy of `secureHeaders()` lets scripts and styles run by. */
export function nonceOf(conn: BareConn): string {
  const known = conn.private.get(nonceKey)
  if (typeof known === "string") return known
  const nonce = randomToken(18)
  conn.private.set(nonceKey, nonce)
  return nonce
}

/** Keeps the nonce of the page that is shown: what a live view renders later stands in a document whose policy is fixed. */
export function pinNonce(conn: BareConn, nonce: string): void {
  conn.private.set(nonceKey, nonce)
}
