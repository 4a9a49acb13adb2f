import { constantTimeEqual } from "@bennu/core/crypto"
import type { Parent } from "../nested/families.ts"

/** Which view a page means that comes back, and who asks. */
export interface Claim {
  /** Of one view in one page. */
  readonly key: string
  /** Of the visitor. */
  readonly session: string
  /** What the page was given when it was answered, as it brings it back. */
  readonly token: string
  /** Path and query of the page; null for a view without an address. */
  readonly address: string | null
  /** How often its page has joined it before, wherever that was. */
  readonly joins: number
  /** It goes to the view just now: whatever it had of it before, it has left. */
  readonly anew: boolean
}

/** A view that may live on without its page. */
export interface Guest extends Omit<Claim, "address" | "anew"> {
  readonly running: Parent
  /** It stands in another view, which waits with it. */
  readonly inner: boolean
  /** Milliseconds that it may wait. */
  readonly time: number
  /** Behind its `socket.signal`: a channel's own would abort with the channel. */
  readonly controller: AbortController
}

/** Whether it is this visitor's, and this page's. */
export const isOf = ({ session, token }: Guest, claim: Claim): boolean =>
  session === claim.session && constantTimeEqual(token, claim.token)

/** Whether the page is still where the view is; a view without an address has its page's. */
export function isAt({ running }: Guest, { address }: Claim): boolean {
  const { url, options } = running.process
  return !options.routed || (url !== null && url.pathname + url.search === address)
}

/**
 * Whether the page has shown the view of another process since, or has left it, and counts its joins anew: what this one knows is
 * older.
 */
export const isOutdated = ({ joins }: Guest, claim: Claim): boolean =>
  claim.anew || claim.joins < joins || claim.joins > joins + 1

/** Ends a view that nobody comes back to. */
export async function endGuest({ running, controller }: Guest): Promise<void> {
  controller.abort()
  running.nesting.end()
  running.process.options.keeper?.end(false)
  await running.process.end("closed")
}
