import type { Awaitable } from "@bennu/core"
import type { HistoryOptions, Presents, Topic } from "@bennu/pubsub"
import type { Joining } from "../channel-handler.ts"
import type { ChannelPresence, PresentHere } from "./channel-presence.ts"
import type { Outgoing } from "./contract.ts"

/** One client in one topic, as the channel's functions see it. */
export interface ChannelSocket<A, O, M = never> {
  readonly topic: string
  /** What `connect` and `join` gave, and what `assign` changed since. */
  readonly assigns: Readonly<A>
  /** Aborts when the channel ends. */
  readonly signal: AbortSignal
  /** Replaces some of the assigns. */
  assign(patch: Partial<A>): void
  /** Sends to this client. */
  push<K extends keyof O & string>(event: K, payload: O[K]): void
  /** Sends to every client of the topic, on all nodes. */
  broadcast<K extends keyof O & string>(event: K, payload: O[K]): Promise<void>
  /** Sends to every other client of the topic. */
  broadcastFrom<K extends keyof O & string>(event: K, payload: O[K]): Promise<void>
  /** Hears a topic of the app while the channel lives; its messages come in line with the client's events. */
  subscribe<M>(topic: Topic<M>, listener: (message: M) => Awaitable<void>): Disposable
  /**
   * Says that somebody is present in the topic, on all nodes, until the channel ends. The same key may be tracked many
   * times: a user with three tabs is present three times.
   */
  track(key: string, meta: M): PresentHere<M>
  /** Who is present in the topic, by key. */
  presents(): Promise<Presents>
  /** Ends the channel for good, after what it is doing now. */
  close(): void
}

/** What the sockets of one channel definition have in common. */
export interface SocketParts<M> {
  readonly history: HistoryOptions | undefined
  readonly outgoing: Outgoing
  readonly presence: ChannelPresence<M>
}

/**
 * Made once a join; handlers are given the same one each time. Its functions can be taken out of it, and are made when
 * they are: idle channels keep none.
 */
export class JoinedSocket<A extends object, O, M> implements ChannelSocket<A, O, M> {
  readonly #joining: Joining
  readonly #parts: SocketParts<M>
  #assigns: Readonly<A>

  constructor(joining: Joining, parts: SocketParts<M>, assigns: A) {
    this.#joining = joining
    this.#parts = parts
    this.#assigns = assigns
  }

  get topic(): string {
    return this.#joining.topic
  }

  get signal(): AbortSignal {
    return this.#joining.signal
  }

  get assigns(): Readonly<A> {
    return this.#assigns
  }

  get assign(): ChannelSocket<A, O, M>["assign"] {
    return (patch) => {
      this.#assigns = { ...this.#assigns, ...patch }
    }
  }

  get push(): ChannelSocket<A, O, M>["push"] {
    return (event, payload) => this.#joining.push(event, this.#parts.outgoing.check(event, payload))
  }

  get broadcast(): ChannelSocket<A, O, M>["broadcast"] {
    const { outgoing, history } = this.#parts
    return async (event, payload) =>
      this.#joining.broadcast(event, outgoing.check(event, payload), { history })
  }

  get broadcastFrom(): ChannelSocket<A, O, M>["broadcastFrom"] {
    const { outgoing, history } = this.#parts
    return async (event, payload) =>
      this.#joining.broadcastFrom(event, outgoing.check(event, payload), { history })
  }

  get subscribe(): ChannelSocket<A, O, M>["subscribe"] {
    return (topic, listener) => {
      const { pubsub, post, signal } = this.#joining
      const subscription = pubsub.subscribe(topic, (message) => post(() => listener(message)))
      const dispose = () => {
        signal.removeEventListener("abort", dispose)
        subscription[Symbol.dispose]()
      }
      if (signal.aborted) dispose()
      else signal.addEventListener("abort", dispose)
      return { [Symbol.dispose]: dispose }
    }
  }

  get track(): ChannelSocket<A, O, M>["track"] {
    return (key, meta) => this.#parts.presence.track(this.#joining, key, meta)
  }

  get presents(): ChannelSocket<A, O, M>["presents"] {
    return async () => (await this.#joining.presence?.list(this.topic)) ?? new Map()
  }

  get close(): ChannelSocket<A, O, M>["close"] {
    return () => this.#joining.close()
  }
}
