import type { Flash } from "@bennu/plug"
import type { ChildClaims, RootClaims, SessionClaims, StickyClaims, Tokens } from "../tokens.ts"
import type { JoinPayload } from "./join-payload.ts"

/** What a joining view says it is, by a token of ours. */
export type Claims =
  /** Its page's address leads to it. */
  | (SessionClaims & { readonly kind: "routed"; readonly target: string; readonly flash: Flash })
  /** It stands in a running view. */
  | (ChildClaims & { readonly kind: "child" })
  /** It stands in a live session's pages, and outlives each of them. */
  | (StickyClaims & { readonly kind: "sticky" })
  /** A controller put it into a page. */
  | (RootClaims & { readonly kind: "root" })

/** Null for tokens that are not ours, of another page, or too old. */
export function claimsOf(payload: JoinPayload, id: string, tokens: Tokens): Claims | null {
  const { session, target } = payload
  const fixed = payload.static === null ? {} : tokens.readStatic(payload.static, id)
  if (!fixed) return null
  const routed = tokens.readSession(session, id)
  if (routed) {
    if (target === null) return null
    return { ...routed, kind: "routed", target, flash: flashOf(payload, fixed, tokens) }
  }
  const child = tokens.readChild(session, id)
  if (child) return { ...child, kind: "child" }
  const sticky = tokens.readSticky(session, id)
  if (sticky) return { ...sticky, kind: "sticky" }
  const root = tokens.readRoot(session, id)
  return root && { ...root, kind: "root" }
}

/** What the page showed when it was answered belongs to its first join, and to no page after it. */
function flashOf({ navigated, mounts, flash }: JoinPayload, fixed: Flash, tokens: Tokens): Flash {
  if (flash !== undefined) return tokens.readFlash(flash)
  return navigated || mounts > 0 ? {} : fixed
}
