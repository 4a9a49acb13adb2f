import { liveComponents, liveViews } from "@bennu/live"
import type { Presence, PubSub } from "@bennu/pubsub"

/** Whoever looks: a name drawn for their browser, and an id that says "the same browser as before". Not an account. */
export interface Visitor {
  readonly id: string
  readonly name: string
}

/** What every request and live view carries: who acts, and through which ports. Passed first, never ambient. */
export interface Scope {
  readonly visitor: Visitor
  readonly pubsub: PubSub
  readonly presence: Presence
  /** The folder for what visitors upload. */
  readonly photos: string
}

export const liveView = liveViews<Scope>()
export const liveComponent = liveComponents<Scope>()
