import type { Joining } from "@bennu/channels"
import type { PageEvent } from "../view/socket-state.ts"

// What a page sent last, for the overlay that shows why its view crashed.
const EVENTS = 20
const LENGTH = 300
const last = new WeakMap<Joining, string[]>()

/** Remembers what a page sent. For development. */
export function noteMessage(joining: Joining, event: string, payload: unknown): void {
  const text = `${event} ${JSON.stringify(payload)}`
  const events = last.get(joining) ?? []
  events.push(text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text)
  if (events.length > EVENTS) events.shift()
  last.set(joining, events)
}

/** What the overlay of {@link errorOverlay} shows. */
export interface CrashReport {
  readonly view: string
  readonly message: string
  readonly stack: string
  readonly hint: string
  /** The last of them is the last. */
  readonly events: readonly string[]
}

/** An event for a page whose view crashes. */
export function crashReport(joining: Joining, view: string, error: unknown): PageEvent {
  const known = error instanceof Error ? error : new Error(String(error))
  const hint = "hint" in known && typeof known.hint === "string" ? known.hint : ""
  const { message, stack = "" } = known
  const events = last.get(joining) ?? []
  return ["bennu:crash", { view, message, stack, hint, events } satisfies CrashReport]
}
