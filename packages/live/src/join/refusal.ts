import { BennuError } from "@bennu/core"
import { StashUnclearError } from "../errors.ts"
import type { Tokens } from "../tokens.ts"
import type { Departure } from "../view/page.ts"
import type { PageEvent } from "../view/socket-state.ts"

/** What a client is told that may not join: it decides what the page does next. */
export type Refusal =
  /** Load the page: what it holds is out of date, or not for who asks. */
  | { readonly reason: "stale" | "unauthorized" }
  /** Wait: the page around the view is on its way elsewhere, or has to find that it is out of date. */
  | { readonly reason: "parent_redirect" }
  /** Come back later: the session has as many sockets as it may. */
  | { readonly reason: "too many sockets of one session" }
  /** Load the page, to see it fail with this status. */
  | { readonly reason: "reload"; readonly status: number; readonly token: string }
  | (Departure & { readonly events?: readonly PageEvent[] })

/** The session is not the one that the page was answered with: it is another's, it is gone, or the browser does not keep it. */
export const forged: Refusal = { reason: "stale" }
export const stale: Refusal = { reason: "stale" }
export const crowded: Refusal = { reason: "too many sockets of one session" }
export const unauthorized: Refusal = { reason: "unauthorized" }

/** For telemetry. */
export const reasonOf = (refusal: Refusal): string =>
  "reason" in refusal ? refusal.reason : "redirect"

/** What a pipeline threw, as the page is told; null for what is our fault and not the page's. */
export function pipelineRefusal(error: unknown): Refusal | null {
  if (!(error instanceof Error)) return null
  // the page that is loaded gets a new one
  if ("code" in error && error.code === "ERR_PLUG_FORGERY") return forged
  // the same pipeline answers the page, and says what is wrong
  return isClientError(error) ? unauthorized : null
}

/** What `mount` threw, as the page is told; null for what is our fault. */
export function mountRefusal(error: unknown, tokens: Tokens): Refusal | null {
  if (error instanceof StashUnclearError) return stale
  if (!isClientError(error)) return null
  const { status } = error
  if (status === 401 || status === 403) return unauthorized
  return { reason: "reload", status, token: tokens.signStatus(status) }
}

const isClientError = (error: unknown): error is BennuError =>
  error instanceof BennuError && error.status >= 400 && error.status < 500
