import type { Awaitable } from "@bennu/core"
import type { Meta } from "./entry.ts"

/** Somebody who is present: a meta for each time they are, the oldest first, and what `fetch` knows of them. */
export interface Present {
  readonly metas: readonly Meta[]
  readonly [field: string]: unknown
}

export type Presents = ReadonlyMap<string, Present>

/** What changed in a topic. An update is a join with the reference of the leave that comes with it. */
export interface PresenceDiff {
  readonly joins: Presents
  readonly leaves: Presents
  /** Keys that were not there before, and keys that are not there any more: who moves between nodes is in neither. */
  readonly arrived: readonly string[]
  readonly gone: readonly string[]
}

/**
 * Looks up what is to be told of those who are present, all at once: names and faces by id.
 * @returns Fields by key; they stand beside `metas`.
 */
export type FetchPresents = (
  topic: string,
  presents: Presents,
) => Awaitable<ReadonlyMap<string, object>>

export interface TrackOptions {
  /** Leaves when it aborts: the signal of a live view, say. */
  readonly signal?: AbortSignal | undefined
}

/** One presence that this node tracks. Disposed, it leaves. */
export interface Tracked extends Disposable {
  readonly topic: string
  readonly key: string
  readonly meta: Meta
  /** Replaces what is told of it; those who look see one change. */
  update(meta: object): void
  untrack(): void
}

/** Knows who is where, on all nodes. */
export interface Presence {
  /**
   * Says that somebody is present in a topic. The same key may be tracked many times: one meta for each.
   * @param meta What JSON can carry.
   * @throws {PresenceFullError} when this node tracks `maxTracked` already.
   */
  track(topic: string, key: string, meta?: object, options?: TrackOptions): Tracked
  /** Who is present, by key. */
  list(topic: string): Promise<Presents>
  getByKey(topic: string, key: string): Promise<Present | null>
  /** Hears of each change in one topic, once and in order. */
  subscribe(topic: string, listener: (diff: PresenceDiff) => void): Disposable
  /** The same for all topics: for whoever passes changes on. */
  onDiff(listener: (topic: string, diff: PresenceDiff) => void): Disposable
  /**
   * Says goodbye to the other nodes: they see who is here for `handOver` more, so that a user who turns up there
   * neither leaves nor joins. From now on nobody else is told what happens here. Stopping does it, and so does `signal`.
   */
  handOver(): Promise<void>
}

/** The payload of `presence_state`, as Phoenix's own client wants it. */
export const presenceState = (presents: Presents): Readonly<Record<string, Present>> =>
  objectOf(presents)

/** The payload of `presence_diff`, as Phoenix's own client wants it. */
export const presenceDiff = ({ joins, leaves }: PresenceDiff) => ({
  joins: objectOf(joins),
  leaves: objectOf(leaves),
})

// Without a prototype, so that a key may be named "__proto__"
function objectOf(presents: Presents): Readonly<Record<string, Present>> {
  const object: Record<string, Present> = Object.create(null)
  for (const [key, present] of presents) object[key] = present
  return object
}
