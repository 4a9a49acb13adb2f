import type { Grouping, Member } from "./hub.ts"
import { type Said, saidHere } from "./said.ts"
import type { Topic } from "./topic.ts"

/** One who listens, as the `dispatch` of a topic sees them. */
export interface Hearer<M, Meta> {
  /** What was given to `subscribe`. */
  readonly meta: Meta
  /** Calls the listener; one that throws is reported and disturbs nobody. */
  tell(message: M): void
}

/**
 * Tells those who listen on this node, in the place of one call after another: some of them, or something else, or what is
 * made once for many. It is called once a message on each node where somebody listens, in the context of the first who does.
 */
export type Dispatch<M, Meta> = (hearers: readonly Hearer<M, Meta>[], message: M) => void

/** Listeners whose topics have the same `dispatch` are told by it together. */
export class DispatchGrouping<M, Meta> implements Grouping<Said> {
  readonly key: Dispatch<M, Meta>
  readonly #topic: Topic<M, Meta>
  readonly #meta: Meta

  constructor(key: Dispatch<M, Meta>, topic: Topic<M, Meta>, meta: Meta) {
    this.key = key
    this.#topic = topic
    this.#meta = meta
  }

  tell(members: readonly Member<Said>[], said: Said): void {
    const hearers: Hearer<M, Meta>[] = []
    const readable: M[] = []
    for (const { grouping, deliver } of members) {
      // one function takes one kind of message and of meta, so whoever is told by it has these
      const { message, meta } = (grouping as DispatchGrouping<M, Meta>).#read(said)
      if (message === null) continue
      readable.push(message.message)
      hearers.push({ meta, tell: (message) => deliver(saidHere(message)) })
    }
    for (const message of readable.slice(0, 1)) this.key(hearers, message)
  }

  #read(said: Said) {
    return { message: said.as(this.#topic.message), meta: this.#meta }
  }
}
