import type { PubSub } from "@bennu/pubsub"
import type { Subscription } from "../subscription.ts"
import type { AnySocket } from "./defined-view.ts"
import type { SourceChange } from "./socket-state.ts"

/** A message on its way to a view. */
export interface Heard {
  readonly subscription: Subscription<AnySocket>
  readonly message: unknown
  /** To be called when its turn has come: whether it is still wanted. */
  readonly taken: () => boolean
}

interface Open {
  readonly name: string
  stop: () => void
}

/** What a view listens to: topics and timers, by name. */
export class Sources {
  readonly #pubsub: PubSub
  readonly #deliver: (heard: Heard) => void
  readonly #open = new Set<Open>()

  constructor(pubsub: PubSub, deliver: (heard: Heard) => void) {
    this.#pubsub = pubsub
    this.#deliver = deliver
  }

  change(changes: readonly SourceChange[]): void {
    for (const change of changes) {
      if (change.kind === "add") this.#add(change.subscription)
      else this.#remove(change.name)
    }
  }

  close(): void {
    for (const open of this.#open) open.stop()
    this.#open.clear()
  }

  #add(subscription: Subscription<AnySocket>): void {
    const { source } = subscription
    const open: Open = { name: source.name, stop: () => {} }
    const wanted = () => this.#open.has(open)
    this.#open.add(open)
    if (source.kind === "topic") {
      const listener = this.#pubsub.subscribe(source.topic, (message) =>
        this.#deliver({ subscription, message, taken: wanted }),
      )
      open.stop = () => listener[Symbol.dispose]()
    } else if (source.kind === "after") {
      const taken = () => this.#open.delete(open)
      const timer = setTimeout(
        () => this.#deliver({ subscription, message: undefined, taken }),
        source.delay,
      )
      open.stop = () => clearTimeout(timer)
    } else {
      let waiting = false
      const taken = () => {
        waiting = false
        return wanted()
      }
      const timer = setInterval(() => {
        // a tick that nobody took yet stands for this one too
        if (waiting) return
        waiting = true
        this.#deliver({ subscription, message: undefined, taken })
      }, source.delay)
      open.stop = () => clearInterval(timer)
    }
  }

  #remove(name: string): void {
    for (const open of this.#open) {
      if (open.name !== name) continue
      this.#open.delete(open)
      open.stop()
    }
  }
}
