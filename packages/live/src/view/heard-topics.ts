import type { PubSub, Subscription, Topic } from "@bennu/pubsub"

/** The topics that a view and its components hear. */
export class HeardTopics {
  readonly #pubsub: PubSub
  // most views hear none, and there may be many of them
  #listeners: Set<Subscription> | null = null

  constructor(pubsub: PubSub) {
    this.#pubsub = pubsub
  }

  subscribe(topic: Topic<unknown>, hear: (message: unknown) => void): Disposable {
    const listener = this.#pubsub.subscribe(topic, hear)
    this.#listeners ??= new Set()
    this.#listeners.add(listener)
    return {
      [Symbol.dispose]: () => {
        this.#listeners?.delete(listener)
        listener[Symbol.dispose]()
      },
    }
  }

  /** Tells all who hear a topic, but nobody of this view. */
  broadcastFrom(topic: Topic<unknown>, message: unknown): Promise<void> {
    const own = [...(this.#listeners ?? [])].filter((listener) => listener.topic === topic.name)
    return this.#pubsub.broadcastFrom(own, topic, message)
  }
}
