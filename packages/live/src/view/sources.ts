import type { Topic } from "@bennu/pubsub"
import { DefinitionError, MailboxFullError } from "../errors.ts"
import type { Subscription } from "../subscription.ts"
import type { AnySocket } from "./defined-view.ts"
import type { HeardTopics } from "./heard-topics.ts"
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
  /** Of a topic: its name, and where its messages go. */
  topic?: string
  hear?: (message: unknown) => void
  stop: () => void
}

interface Early {
  readonly messages: unknown[]
  readonly listener: Disposable
  full: boolean
}

/** What a view listens to: topics and timers, by name. */
export class Sources {
  readonly #topics: HeardTopics
  readonly #deliver: (heard: Heard) => void
  readonly #open = new Set<Open>()
  readonly #limit: number
  /** Topics that are heard before anybody handles them, by name. */
  readonly #early = new Map<string, Early>()

  /** @param limit How many messages of each topic may wait for a handler. */
  constructor(topics: HeardTopics, limit: number, deliver: (heard: Heard) => void) {
    this.#topics = topics
    this.#limit = limit
    this.#deliver = deliver
  }

  change(changes: readonly SourceChange[]): void {
    for (const change of changes) {
      if (change.kind === "add") this.#add(change.subscription)
      else this.#remove(change.name)
    }
  }

  /** Hears a topic, and keeps what it says until {@link hearEarly}. */
  listen(topic: Topic<unknown>): void {
    if (this.#early.has(topic.name)) return
    const messages: unknown[] = []
    const listener = this.#topics.subscribe(topic, (message) => {
      if (messages.length < this.#limit) messages.push(message)
      else early.full = true
    })
    const early: Early = { messages, listener, full: false }
    this.#early.set(topic.name, early)
  }

  /**
   * Hands what was heard so far to those who handle it by now.
   * @throws {DefinitionError} in development, for a topic that nobody handles.
   * @throws {MailboxFullError} when more was said than may wait.
   */
  hearEarly(development: boolean): void {
    for (const [name, { messages, listener, full }] of this.#early) {
      listener[Symbol.dispose]()
      if (full) throw new MailboxFullError(this.#limit)
      const open = [...this.#open].filter(({ topic }) => topic === name)
      if (open.length === 0 && development) {
        const hint = "Handle it in subscribe: on(topic, (socket, message) => …)."
        throw new DefinitionError(`mount listens to "${name}", which nobody handles`, { hint })
      }
      for (const message of messages) {
        for (const { hear } of open) hear?.(message)
      }
    }
    this.#early.clear()
  }

  close(): void {
    for (const { listener } of this.#early.values()) listener[Symbol.dispose]()
    this.#early.clear()
    for (const open of this.#open) open.stop()
    this.#open.clear()
  }

  #add(subscription: Subscription<AnySocket>): void {
    const { source } = subscription
    const open: Open = { name: source.name, stop: () => {} }
    const wanted = () => this.#open.has(open)
    this.#open.add(open)
    if (source.kind === "topic") {
      const hear = (message: unknown) => this.#deliver({ subscription, message, taken: wanted })
      open.topic = source.topic.name
      open.hear = hear
      const listener = this.#topics.subscribe(source.topic, hear)
      open.stop = () => listener[Symbol.dispose]()
    } else if (source.kind === "presence") {
      const listener = source.open((message) =>
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
