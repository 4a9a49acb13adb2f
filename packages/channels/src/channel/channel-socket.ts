import type { Awaitable } from "@bennu/core"
import type { Presents, Topic } from "@bennu/pubsub"
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

/** Made once a join; handlers are given the same one each time. */
export function channelSocket<A extends object, O, M>(
  joining: Joining,
  { outgoing, presence }: { readonly outgoing: Outgoing; readonly presence: ChannelPresence<M> },
  assigns: A,
): ChannelSocket<A, O, M> {
  let current: Readonly<A> = assigns
  const { topic } = joining
  return {
    topic,
    get signal() {
      return joining.signal
    },
    get assigns() {
      return current
    },
    assign(patch) {
      current = { ...current, ...patch }
    },
    push: (event, payload) => joining.push(event, outgoing.check(event, payload)),
    async broadcast(event, payload) {
      await joining.broadcast(event, outgoing.check(event, payload))
    },
    async broadcastFrom(event, payload) {
      await joining.broadcastFrom(event, outgoing.check(event, payload))
    },
    subscribe(topic, listener) {
      const subscription = joining.pubsub.subscribe(topic, (message) =>
        joining.post(() => listener(message)),
      )
      const { signal } = joining
      const dispose = () => {
        signal.removeEventListener("abort", dispose)
        subscription[Symbol.dispose]()
      }
      signal.addEventListener("abort", dispose)
      return { [Symbol.dispose]: dispose }
    },
    track: (key, meta) => presence.track(joining, key, meta),
    presents: async () => (await joining.presence?.list(topic)) ?? new Map(),
    close: () => joining.close(),
  }
}
