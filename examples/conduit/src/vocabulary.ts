import { liveViews } from "@bennu/live"
import type { PubSub } from "@bennu/pubsub"
import type { Repo } from "@bennu/repo"

/** Whoever reads: a name they chose, and a random id that says "the same browser as before". Not an account. */
export interface Reader {
  readonly id: string
  readonly name: string
}

/** What every request and live view carries: who acts, and through which ports. Passed first, never ambient. */
export interface Scope {
  readonly reader: Reader | null
  readonly repo: Repo
  readonly pubsub: PubSub
}

export interface ReaderScope extends Scope {
  readonly reader: Reader
}

/** Views that anyone may open. */
export const liveView = liveViews<Scope>()
/** Views behind `requireReader`. */
export const readerView = liveViews<ReaderScope>()
