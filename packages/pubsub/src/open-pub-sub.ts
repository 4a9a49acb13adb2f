import { type Child, type Clock, type Health, parseLimits } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import { type Adapter, type Gap, isLocal } from "./adapter.ts"
import type { Bus, BusOptions } from "./bus.ts"
import { DispatchGrouping } from "./dispatch.ts"
import { PubSubStoppedError } from "./errors.ts"
import { History, type Replayed } from "./history/history.ts"
import { keepOf } from "./history/keep.ts"
import { Hub, type LeftOut, type Subscription } from "./hub.ts"
import { checked, type Said, saidElsewhere, saidHere, toWire } from "./said.ts"
import { broadcasted, gapFound, listenerFailed } from "./telemetry.ts"
import type { AnyTopic, Topic } from "./topic.ts"

/** Tells every interested part of an app, on every node, that something happened. */
export interface PubSub {
  /**
   * Tells every listener of the topic: those on this node before it returns, those on others soon.
   * @throws {MessageError} when the message does not fit the topic's schema; nobody is told.
   */
  broadcast<M>(topic: AnyTopic<M>, message: NoInfer<M>): Promise<void>
  /** The same without one listener, or some: usually the sender's own. */
  broadcastFrom<M>(
    from: Subscription | readonly Subscription[],
    topic: AnyTopic<M>,
    message: NoInfer<M>,
  ): Promise<void>
  /**
   * Hears every message of a topic from now on, until the subscription is disposed. Messages are shared
   * between listeners: do not change them. A listener that throws is reported and disturbs nobody.
   * @param meta What the topic's `dispatch` is told of this listener, where it has one.
   */
  subscribe<M, Meta>(
    topic: Topic<M, Meta>,
    listener: (message: M) => void,
    ...meta: MetaOf<NoInfer<Meta>>
  ): Subscription
  /** The same for this node only. */
  localBroadcast<M>(topic: AnyTopic<M>, message: NoInfer<M>): void
  /** Names this node from its start to its end: tell it to whoever is to answer you. */
  readonly node: string
  /**
   * Tells the listeners of one node, and nobody where that node is gone. The message goes the way of all others; every
   * other node leaves it unread.
   * @param node The `node` of its pubsub.
   */
  directBroadcast<M>(node: string, topic: AnyTopic<M>, message: NoInfer<M>): Promise<void>
  /**
   * Hears of messages of other nodes that never came, or may not have come: time to fetch afresh what they were about.
   * Adapters with a connection tell; after each time that it was lost they tell of one that has no publisher.
   */
  onGap(listener: (gap: Gap) => void): Disposable
  /** Names this moment in the history of a topic: hand it to who may be away soon. Any node understands it. */
  cursor<M>(topic: AnyTopic<M>): string
  /**
   * What was said since then on a topic that keeps a history; anything else is not complete. Subscribe in the same
   * breath, and nothing is missing or heard twice.
   * @param cursor May come from outside: it opens nothing but this topic.
   */
  replay<M>(topic: AnyTopic<M>, cursor: string): Replayed<M>
  /** Whether other nodes can be reached. */
  health(): Health
  /** The port beneath, for packages that encode their own messages. */
  readonly bus: Bus
}

/** What `subscribe` wants beside the listener: nothing, or what the topic's `dispatch` wants to know. */
export type MetaOf<Meta> = undefined extends Meta ? readonly [] : readonly [meta: Meta]

export interface PubSubOptions {
  /** What carries messages between nodes; `local()` when there is one. */
  readonly adapter: Adapter
  /** Messages that listeners may set off by broadcasting in answer to one (10,000). */
  readonly maxBacklog?: number | undefined
  /** Topics whose history this node keeps; of more, those that were silent for longest are forgotten (10,000). */
  readonly maxHistories?: number | undefined
  /** Characters of the messages that this node keeps for histories; of more, topics that were silent for longest are forgotten (67,108,864). */
  readonly maxHistorySize?: number | undefined
  /** Messages with a history that this node can say again to others that missed them (10,000). */
  readonly maxRepair?: number | undefined
  /** Milliseconds since 1970 (`Date.now`). */
  readonly now?: Clock | undefined
}

const DEFAULTS = {
  maxBacklog: 10_000,
  maxHistories: 10_000,
  maxHistorySize: 1 << 26,
  maxRepair: 10_000,
} as const
type Limits = { readonly [K in keyof typeof DEFAULTS]: number }

/**
 * A pubsub to start; disposed, it forgets its listeners and refuses further calls.
 * @throws {OptionsError} when a bound is none: one that is NaN would bound nothing.
 */
export function openPubSub({ adapter, now = Date.now, ...given }: PubSubOptions): Child<PubSub> {
  const limits = parseLimits("pubsub", DEFAULTS, given)
  return {
    name: "pubsub",
    async start(signal) {
      const pubsub = new OpenPubSub(adapter, limits, now)
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
/** Before one of these where the message is kept. */
const KEPT = "h"
/** Before one of these where it is for one node only, whose name and a space come between. */
const DIRECT = "d"
/** What the nodes' histories say to one another. */
const TALK = "history"
const GAPS = "gaps"

const notSent = (error: unknown) => listenerFailed.emit(() => ({ topic: TALK, error }))

class OpenPubSub implements PubSub, AsyncDisposable {
  readonly bus: Bus
  readonly node = randomToken(9)
  readonly #said: Hub<Said>
  readonly #texts: Hub<string>
  readonly #gaps: Hub<Gap>
  readonly #history: History
  readonly #adapter: Adapter
  readonly #local: boolean
  #stopped = false

  constructor(adapter: Adapter, limits: Limits, now: Clock) {
    const { maxBacklog, maxHistories, maxHistorySize, maxRepair } = limits
    this.#adapter = adapter
    this.#local = isLocal(adapter)
    this.#said = new Hub(maxBacklog)
    this.#texts = new Hub(maxBacklog)
    this.#gaps = new Hub(maxBacklog)
    this.#history = new History({
      maxTopics: maxHistories,
      maxSize: maxHistorySize,
      isAlone: this.#local,
      maxRepair,
      now,
      send: (text) => this.#send(TALK, text).catch(notSent),
      deliver: (topic, message) => this.#deliver(topic, message),
    })
    this.bus = {
      subscribe: (topic, listener) => {
        this.#demandRunning()
        return this.#texts.subscribe(topic, listener)
      },
      broadcast: (topic, message, options) => this.#broadcastText(topic, message, options),
      broadcastFrom: (from, topic, message, options) =>
        this.#broadcastText(topic, message, options, from),
      localBroadcast: (topic, message) => {
        this.#demandRunning()
        this.#tellText(topic, message)
      },
      cursor: (topic) => this.#history.cursor(PLAIN + topic),
      replay: (topic, cursor) => this.#history.replay(PLAIN + topic, cursor),
    }
  }

  subscribe<M, Meta>(
    topic: Topic<M, Meta>,
    listener: (message: M) => void,
    ...[meta]: MetaOf<NoInfer<Meta>>
  ): Subscription {
    this.#demandRunning()
    const { name, message: schema, dispatch } = topic
    const hear = (said: Said) => {
      const readable = said.as(schema)
      // The listener may be an async function although its type says otherwise: its promise is watched
      if (readable) return listener(readable.message)
    }
    // it is missing only where nothing is a Meta
    const grouping = dispatch && new DispatchGrouping(dispatch, topic, meta as Meta)
    return this.#said.subscribe(name, hear, grouping)
  }

  broadcast<M>(topic: AnyTopic<M>, message: NoInfer<M>): Promise<void> {
    return this.#broadcast(topic, message)
  }

  broadcastFrom<M>(from: LeftOut, topic: AnyTopic<M>, message: NoInfer<M>): Promise<void> {
    return this.#broadcast(topic, message, from)
  }

  localBroadcast<M>({ name, message: schema }: AnyTopic<M>, given: NoInfer<M>): void {
    this.#demandRunning()
    if (this.#said.count(name) > 0) this.#tell(name, checked(name, schema, given))
  }

  async directBroadcast<M>(node: string, topic: AnyTopic<M>, given: NoInfer<M>): Promise<void> {
    if (node === this.node) return this.localBroadcast(topic, given)
    this.#demandRunning()
    const { name, message: schema } = topic
    const message = checked(name, schema, given)
    await this.#send(`${DIRECT}${node} ${TYPED}${name}`, toWire(message))
  }

  onGap(listener: (gap: Gap) => void): Disposable {
    this.#demandRunning()
    return this.#gaps.subscribe(GAPS, listener)
  }

  cursor<M>({ name }: AnyTopic<M>): string {
    return this.#history.cursor(TYPED + name)
  }

  replay<M>({ name, message: schema }: AnyTopic<M>, cursor: string): Replayed<M> {
    const { messages, ...rest } = this.#history.replay(TYPED + name, cursor)
    const read = messages.map((text) => saidElsewhere(name, text).as(schema))
    const fitting = read.filter((said) => said !== null)
    return {
      messages: fitting.map(({ message }) => message),
      complete: rest.complete && fitting.length === read.length,
      cursor: rest.cursor,
    }
  }

  health(): Health {
    return this.#adapter.health?.() ?? { status: "up" }
  }

  /** What another node sent and this one did not get. */
  miss(gap: Gap): void {
    if (this.#stopped) return
    gapFound.emit(() => gap)
    this.#gaps.deliver(GAPS, gap)
    if (gap.publisher === null) this.#history.missed()
  }

  /** What another node sent. */
  deliver(wireTopic: string, text: string): void {
    if (this.#stopped) return
    if (wireTopic === TALK) this.#history.talk(text)
    else if (wireTopic.startsWith(DIRECT)) {
      const mine = `${DIRECT}${this.node} `
      if (wireTopic.startsWith(mine)) this.#deliver(wireTopic.slice(mine.length), text)
    } else if (!wireTopic.startsWith(KEPT)) this.#deliver(wireTopic, text)
    else {
      const topic = wireTopic.slice(KEPT.length)
      const message = this.#history.hear(topic, text)
      if (message !== null) this.#deliver(topic, message)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true
    this.#said.clear()
    this.#texts.clear()
    this.#gaps.clear()
    await this.#adapter[Symbol.asyncDispose]()
  }

  #deliver(wireTopic: string, message: string): void {
    const topic = wireTopic.slice(TYPED.length)
    if (wireTopic.startsWith(PLAIN)) this.#texts.deliver(topic, message)
    else if (wireTopic.startsWith(TYPED) && this.#said.count(topic) > 0) {
      this.#said.deliver(topic, saidElsewhere(topic, message))
    }
  }

  async #broadcast<M>(topic: AnyTopic<M>, given: M, from?: LeftOut) {
    this.#demandRunning()
    const { name, message: schema, history } = topic
    if (this.#local && !history && this.#said.count(name) === 0) return
    const message = checked(name, schema, given)
    // Kept before it is told: a listener that looks finds it
    const kept = history && this.#history.say(TYPED + name, toWire(message), history)
    this.#tell(name, message, from)
    if (kept !== undefined) await this.#send(KEPT + TYPED + name, kept)
    else if (!this.#local) await this.#send(TYPED + name, toWire(message))
  }

  async #send(wireTopic: string, text: string): Promise<void> {
    if (!this.#local) await this.#adapter.broadcast(wireTopic, text)
  }

  #tell(topic: string, message: unknown, from?: LeftOut): void {
    broadcasted.emit(() => ({ topic, listeners: this.#said.count(topic) }))
    this.#said.deliver(topic, saidHere(message), from)
  }

  async #broadcastText(topic: string, message: string, options?: BusOptions, from?: LeftOut) {
    this.#demandRunning()
    const history = options?.history
    const kept = history && this.#history.say(PLAIN + topic, message, keepOf(history))
    this.#tellText(topic, message, from)
    if (kept !== undefined) await this.#send(KEPT + PLAIN + topic, kept)
    else await this.#send(PLAIN + topic, message)
  }

  #tellText(topic: string, message: string, from?: LeftOut): void {
    const listeners = this.#texts.count(topic)
    if (listeners === 0) return
    broadcasted.emit(() => ({ topic, listeners }))
    this.#texts.deliver(topic, message, from)
  }

  #demandRunning(): void {
    if (this.#stopped) throw new PubSubStoppedError()
  }
}
