import { liveViews } from "@bennu/live"
import type { PubSub } from "@bennu/pubsub"
import type { Repo } from "@bennu/repo"
import type { Pictures } from "./pictures.ts"
import type { Reader } from "./readers.ts"

/** What every request and live view carries: who acts, and through which ports. Passed first, never ambient. */
export interface Scope {
  readonly reader: Reader | null
  readonly repo: Repo
  readonly pubsub: PubSub
  readonly pictures: Pictures
}

export interface ReaderScope extends Scope {
  readonly reader: Reader
}

/** Views that anyone may open. */
export const liveView = liveViews<Scope>()
/** Views behind `requireReader`. */
export const readerView = liveViews<ReaderScope>()
