import { type Awaitable, type Duration, milliseconds } from "@bennu/core"
import type { Presence, PresenceDiff, Topic } from "@bennu/pubsub"

/** What a handler may return: the socket that it wants, or nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: a handler without `return` has the type void, and is welcome
export type Handled<K> = Awaitable<void | K>

/** Where messages come from. `name` is what `socket.unsubscribe` takes. */
export type Source =
  | { readonly kind: "topic"; readonly name: string; readonly topic: Topic<unknown> }
  | {
      readonly kind: "presence"
      readonly name: string
      readonly open: (heard: (diff: PresenceDiff) => void) => Disposable
    }
  | { readonly kind: "every" | "after"; readonly name: string; readonly delay: number }

/** What a view does when something happens elsewhere. Made by {@link on}, {@link onPresence}, {@link every} and {@link after}. */
export interface Subscription<in K> {
  readonly source: Source
  readonly handle: (socket: K, message: never) => unknown
}

/** What a view does when a message arrives on a topic: `on(changesOf(id), (socket, change) => socket.assign({ … }))`. */
export function on<K, M>(
  topic: Topic<M>,
  handle: (socket: K, message: M) => Handled<K>,
): Subscription<K> {
  return { source: { kind: "topic", name: topic.name, topic }, handle }
}

/**
 * What a view does when somebody comes or goes. Read the list in it, and once with `after(0, …)`: what changed before the view listened is
 * then in it. To be seen itself, a connected view calls `presence.track(topic, key, meta, { signal })` in `mount`.
 * @param topic Of the presence; `socket.unsubscribe` takes it.
 */
export function onPresence<K>(
  presence: Pick<Presence, "subscribe">,
  topic: string,
  handle: (socket: K, diff: PresenceDiff) => Handled<K>,
): Subscription<K> {
  const open = (heard: (diff: PresenceDiff) => void) => presence.subscribe(topic, heard)
  return { source: { kind: "presence", name: topic, open }, handle }
}

/**
 * What a view does again and again. A tick that is still waiting when the next is due takes that one's place.
 * @param name For `socket.unsubscribe`; `every 1000` where nothing is said.
 */
export function every<K>(
  period: Duration,
  handle: (socket: K) => Handled<K>,
  name?: string,
): Subscription<K> {
  const delay = Math.max(1, milliseconds(period))
  return { source: { kind: "every", name: name ?? `every ${delay}`, delay }, handle }
}

/**
 * What a view does once, later; with 0 right after the page has what it waits for.
 * @param name For `socket.unsubscribe`; `after 1000` where nothing is said.
 */
export function after<K>(
  delay: Duration,
  handle: (socket: K) => Handled<K>,
  name?: string,
): Subscription<K> {
  const wait = milliseconds(delay)
  return { source: { kind: "after", name: name ?? `after ${wait}`, delay: wait }, handle }
}
