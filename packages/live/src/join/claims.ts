import type { Flash } from "@bennu/plug"
import type {
  ChildClaims,
  HandedClaims,
  RootClaims,
  SessionClaims,
  StickyClaims,
  Tokens,
} from "../tokens.ts"
import type { JoinPayload } from "./join-payload.ts"

/** What a joining view says it is, by a token of ours. */
export type Claims =
  /** Its page's address leads to it. */
  | (SessionClaims & {
      readonly kind: "routed"
      readonly target: string
      readonly flash: Flash
      readonly handed: HandedClaims | null
    })
  /** It stands in a running view. */
  | (ChildClaims & { readonly kind: "child" })
  /** It stands in a live session's pages, and outlives each of them. */
  | (StickyClaims & { readonly kind: "sticky" })
  /** A controller put it into a page. */
  | (RootClaims & { readonly kind: "root" })

/** Null for tokens that are not ours, of another page, or too old. */
export function claimsOf(payload: JoinPayload, id: string, tokens: Tokens): Claims | null {
  const { session, target } = payload
  const { flash: shown, handed } = staticIn(payload.static)
  const fixed = shown === null ? {} : tokens.readStatic(shown, id)
  if (!fixed) return null
  const routed = tokens.readSession(session, id)
  if (routed) {
    if (target === null) return null
    const flash = flashOf(payload, fixed, tokens)
    const first = isFirst(payload) ? tokens.readHanded(handed, id) : null
    return { ...routed, kind: "routed", target, flash, handed: first }
  }
  const child = tokens.readChild(session, id)
  if (child) return { ...child, kind: "child" }
  const sticky = tokens.readSticky(session, id)
  if (sticky) return { ...sticky, kind: "sticky" }
  const root = tokens.readRoot(session, id)
  return root && { ...root, kind: "root" }
}

/** What the page showed when it was answered belongs to its first join, and to no page after it. */
function flashOf(payload: JoinPayload, fixed: Flash, tokens: Tokens): Flash {
  if (payload.flash !== undefined) return tokens.readFlash(payload.flash)
  return isFirst(payload) ? fixed : {}
}

const isFirst = ({ navigated, mounts }: JoinPayload): boolean => !navigated && mounts === 0

// between two tokens, neither of which has one
const BETWEEN = "~"

/** What a page's element has in `data-phx-static`: the flash that it showed, and what its first answer loaded. */
export const staticOf = (flash: string, handed: string | null): string =>
  handed === null ? flash : `${flash}${BETWEEN}${handed}`

function staticIn(given: unknown): { readonly flash: unknown; readonly handed: string | null } {
  if (typeof given !== "string") return { flash: given, handed: null }
  const at = given.indexOf(BETWEEN)
  if (at === -1) return { flash: given, handed: null }
  return { flash: given.slice(0, at) || null, handed: given.slice(at + 1) }
}
