import type { Replayed } from "./history/history.ts"
import type { HistoryOptions } from "./history/keep.ts"
import type { Subscription } from "./hub.ts"

export interface BusOptions {
  /** Keeps the message for `replay`, on every node. */
  readonly history?: HistoryOptions | undefined
}

/**
 * Topics and messages that are plain text: what packages that encode for themselves build on. Its topics
 * are apart from those that `topic` names. Delivers at once, in order, at most once.
 */
export interface Bus {
  /** A listener that throws is reported and disturbs nobody. */
  subscribe(topic: string, listener: (message: string) => void): Subscription
  /** Tells every listener on every node. Resolves once other nodes' messages are on their way. */
  broadcast(topic: string, message: string, options?: BusOptions): Promise<void>
  /** The same without one listener. */
  broadcastFrom(
    from: Subscription,
    topic: string,
    message: string,
    options?: BusOptions,
  ): Promise<void>
  /** Tells the listeners of this node only, before it returns. */
  localBroadcast(topic: string, message: string): void
  /** Names this moment in the history of a topic; any node understands it. */
  cursor(topic: string): string
  /** What was kept of a topic since then. */
  replay(topic: string, cursor: string): Replayed<string>
}
