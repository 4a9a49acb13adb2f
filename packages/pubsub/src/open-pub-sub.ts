import { type Child, type Health, OptionsError } from "@bennu/core"
import { type Adapter, type Gap, isLocal } from "./adapter.ts"
import type { Bus } from "./bus.ts"
import { PubSubStoppedError } from "./errors.ts"
import { Hub, type Subscription } from "./hub.ts"
import { checked, type Said, saidElsewhere, saidHere, toWire } from "./said.ts"
import { broadcasted, gapFound } from "./telemetry.ts"
import type { Topic } from "./topic.ts"

/** Tells every interested part of an app, on every node, that something happened. */
export interface PubSub {
  /**
   * Tells every listener of the topic: those on this node before it returns, those on others soon.
   * @throws {MessageError} when the message does not fit the topic's schema; nobody is told.
   */
  broadcast<M>(topic: Topic<M>, message: NoInfer<M>): Promise<void>
  /** The same without one listener: usually the sender's own. */
  broadcastFrom<M>(from: Subscription, topic: Topic<M>, message: NoInfer<M>): Promise<void>
  /**
   * Hears every message of a topic from now on, until the subscription is disposed. Messages are shared
   * between listeners: do not change them. A listener that throws is reported and disturbs nobody.
   */
  subscribe<M>(topic: Topic<M>, listener: (message: M) => void): Subscription
  /** The same for this node only. */
  localBroadcast<M>(topic: Topic<M>, message: NoInfer<M>): void
  /**
   * Hears of messages of other nodes that never came, or may not have come: time to fetch afresh what they were about.
   * Adapters with a connection tell; after each time that it was lost they tell of one that has no publisher.
   */
  onGap(listener: (gap: Gap) => void): Disposable
  /** Whether other nodes can be reached. */
  health(): Health
  /** The port beneath, for packages that encode their own messages. */
  readonly bus: Bus
}

export interface PubSubOptions {
  /** What carries messages between nodes; `local()` when there is one. */
  readonly adapter: Adapter
  /** Messages that listeners may set off by broadcasting in answer to one (10,000). */
  readonly maxBacklog?: number | undefined
}

/**
 * A pubsub to start; disposed, it forgets its listeners and refuses further calls.
 * @throws {OptionsError} when `maxBacklog` is no number of messages: a bound that is NaN would be no bound.
 */
export function openPubSub({ adapter, maxBacklog = 10_000 }: PubSubOptions): Child<PubSub> {
  if (!Number.isSafeInteger(maxBacklog) || maxBacklog < 1) {
    const message = "has to be a whole number from 1"
    throw new OptionsError("pubsub", [{ message, path: ["maxBacklog"] }])
  }
  return {
    name: "pubsub",
    async start(signal) {
      const pubsub = new OpenPubSub(adapter, maxBacklog)
      const stop = () => void adapter[Symbol.asyncDispose]()
      signal.addEventListener("abort", stop)
      try {
        await adapter.connect(
          (topic, message) => pubsub.deliver(topic, message),
          (gap) => pubsub.miss(gap),
        )
      } finally {
        signal.removeEventListener("abort", stop)
      }
      signal.throwIfAborted()
      return pubsub
    },
  }
}

// What the adapter's topics begin with, so that the two kinds stay apart on the wire too
const TYPED = "t:"
const PLAIN = "p:"
const GAPS = "gaps"

class OpenPubSub implements PubSub, AsyncDisposable {
  readonly bus: Bus
  readonly #said: Hub<Said>
  readonly #texts: Hub<string>
  readonly #gaps: Hub<Gap>
  readonly #adapter: Adapter
  readonly #local: boolean
  #stopped = false

  constructor(adapter: Adapter, maxBacklog: number) {
    this.#adapter = adapter
    this.#local = isLocal(adapter)
    this.#said = new Hub(maxBacklog)
    this.#texts = new Hub(maxBacklog)
    this.#gaps = new Hub(maxBacklog)
    this.bus = {
      subscribe: (topic, listener) => {
        this.#demandRunning()
        return this.#texts.subscribe(topic, listener)
      },
      broadcast: (topic, message) => this.#broadcastText(topic, message),
      broadcastFrom: (from, topic, message) => this.#broadcastText(topic, message, from),
      localBroadcast: (topic, message) => {
        this.#demandRunning()
        this.#tellText(topic, message)
      },
    }
  }

  subscribe<M>({ name, message: schema }: Topic<M>, listener: (message: M) => void): Subscription {
    this.#demandRunning()
    return this.#said.subscribe(name, (said) => {
      const readable = said.as(schema)
      // The listener may be an async function although its type says otherwise: its promise is watched
      if (readable) return listener(readable.message)
    })
  }

  broadcast<M>(topic: Topic<M>, message: NoInfer<M>): Promise<void> {
    return this.#broadcast(topic, message)
  }

  broadcastFrom<M>(from: Subscription, topic: Topic<M>, message: NoInfer<M>): Promise<void> {
    return this.#broadcast(topic, message, from)
  }

  localBroadcast<M>({ name, message: schema }: Topic<M>, given: NoInfer<M>): void {
    this.#demandRunning()
    if (this.#said.count(name) > 0) this.#tell(name, checked(name, schema, given))
  }

  onGap(listener: (gap: Gap) => void): Disposable {
    this.#demandRunning()
    return this.#gaps.subscribe(GAPS, listener)
  }

  health(): Health {
    return this.#adapter.health?.() ?? { status: "up" }
  }

  /** What another node sent and this one did not get. */
  miss(gap: Gap): void {
    if (this.#stopped) return
    gapFound.emit(() => gap)
    this.#gaps.deliver(GAPS, gap)
  }

  /** What another node sent. */
  deliver(wireTopic: string, message: string): void {
    if (this.#stopped) return
    const topic = wireTopic.slice(TYPED.length)
    if (wireTopic.startsWith(PLAIN)) this.#texts.deliver(topic, message)
    else if (wireTopic.startsWith(TYPED) && this.#said.count(topic) > 0) {
      this.#said.deliver(topic, saidElsewhere(topic, message))
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true
    this.#said.clear()
    this.#texts.clear()
    this.#gaps.clear()
    await this.#adapter[Symbol.asyncDispose]()
  }

  async #broadcast<M>({ name, message: schema }: Topic<M>, given: M, from?: Subscription) {
    this.#demandRunning()
    if (this.#local && this.#said.count(name) === 0) return
    const message = checked(name, schema, given)
    this.#tell(name, message, from)
    if (!this.#local) await this.#adapter.broadcast(TYPED + name, toWire(message))
  }

  #tell(topic: string, message: unknown, from?: Subscription): void {
    broadcasted.emit(() => ({ topic, listeners: this.#said.count(topic) }))
    this.#said.deliver(topic, saidHere(message), from)
  }

  async #broadcastText(topic: string, message: string, from?: Subscription) {
    this.#demandRunning()
    this.#tellText(topic, message, from)
    if (!this.#local) await this.#adapter.broadcast(PLAIN + topic, message)
  }

  #tellText(topic: string, message: string, from?: Subscription): void {
    const listeners = this.#texts.count(topic)
    if (listeners === 0) return
    broadcasted.emit(() => ({ topic, listeners }))
    this.#texts.deliver(topic, message, from)
  }

  #demandRunning(): void {
    if (this.#stopped) throw new PubSubStoppedError()
  }
}
