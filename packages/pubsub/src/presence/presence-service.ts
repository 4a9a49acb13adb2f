import type { Clock } from "@bennu/core"
import { randomToken } from "@bennu/core/crypto"
import type { Bus } from "../bus.ts"
import { MetaError, PresenceFullError } from "../errors.ts"
import { Hub } from "../hub.ts"
import { within } from "../internal/waiting.ts"
import { presenceFailed } from "../telemetry.ts"
import type { Entry, Meta } from "./entry.ts"
import type { PresenceLimits } from "./open-presence.ts"
import type {
  FetchPresents,
  Presence,
  PresenceDiff,
  Present,
  Presents,
  Tracked,
  TrackOptions,
} from "./presence.ts"
import type { Diff, TopicDiff } from "./roster.ts"
import { Shard } from "./shard.ts"

export interface PresenceServiceOptions {
  readonly bus: Bus
  readonly name: string
  readonly fetch: FetchPresents | undefined
  readonly now: Clock
  readonly limits: PresenceLimits
}

interface Told {
  readonly topic: string
  readonly diff: PresenceDiff
}
const ALL = "all"

/** The shards of one node, and those who want to hear of them. */
export class PresenceService implements Presence, AsyncDisposable {
  readonly #shards: readonly Shard[]
  readonly #limits: PresenceLimits
  readonly #fetch: FetchPresents | undefined
  readonly #listeners: Hub<PresenceDiff>
  readonly #listenersToAll: Hub<Told>
  /** The last change of a topic that waits for what `fetch` says. */
  readonly #telling = new Map<string, Promise<void>>()
  /** References are unique on all nodes by it, and by a count on this one: drawing each costs more than all the rest. */
  readonly #prefix = randomToken(9)
  #refs = 0
  #handedOver: Promise<void> | null = null

  constructor({ bus, name, fetch, now, limits }: PresenceServiceOptions) {
    this.#limits = limits
    this.#fetch = fetch
    this.#listeners = new Hub(limits.maxTracked)
    this.#listenersToAll = new Hub(limits.maxTracked)
    const changed = (diff: Diff) => this.#changed(diff)
    this.#shards = Array.from({ length: limits.shards }, (_, index) => {
      const topic = `presence:${name}:${limits.shards}:${index}`
      return new Shard({ bus, topic, limits, now, changed })
    })
  }

  track(topic: string, key: string, given: object = {}, { signal }: TrackOptions = {}): Tracked {
    const { maxTracked } = this.#limits
    const size = this.#shards.reduce((sum, shard) => sum + shard.size, 0)
    if (size >= maxTracked) throw new PresenceFullError(maxTracked)
    const shard = this.#shardOf(topic)
    let entry: Entry | null = shard.track(topic, key, this.#metaOf(topic, given))
    let { meta } = entry
    const update = (next: object) => {
      if (!entry) return
      const before = entry.meta.phx_ref
      entry = shard.update(entry, { ...this.#metaOf(topic, next), phx_ref_prev: before })
      meta = entry.meta
    }
    const untrack = () => {
      signal?.removeEventListener("abort", untrack)
      if (entry) shard.untrack(entry)
      entry = null
    }
    if (signal?.aborted) untrack()
    else signal?.addEventListener("abort", untrack)
    return {
      topic,
      key,
      get meta() {
        return meta
      },
      update,
      untrack,
      [Symbol.dispose]: untrack,
    }
  }

  list(topic: string): Promise<Presents> {
    return this.#known(topic, presentsOf(this.#shardOf(topic).list(topic)))
  }

  async getByKey(topic: string, key: string): Promise<Present | null> {
    const entries = this.#shardOf(topic).list(topic).get(key)
    if (!entries) return null
    const presents = await this.#known(topic, presentsOf(new Map([[key, entries]])))
    return presents.get(key) ?? null
  }

  subscribe(topic: string, listener: (diff: PresenceDiff) => void): Disposable {
    return this.#listeners.subscribe(topic, listener)
  }

  onDiff(listener: (topic: string, diff: PresenceDiff) => void): Disposable {
    return this.#listenersToAll.subscribe(ALL, ({ topic, diff }) => listener(topic, diff))
  }

  handOver(): Promise<void> {
    this.#handedOver ??= Promise.all(this.#shards.map((shard) => shard.end())).then(() => {})
    return this.#handedOver
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handOver()
    for (const shard of this.#shards) shard.stop()
    this.#listeners.clear()
    this.#listenersToAll.clear()
  }

  #metaOf(topic: string, given: object): Meta {
    const { phx_ref: _, phx_ref_prev: __, ...fields } = copyOf(topic, given)
    this.#refs += 1
    return Object.freeze({ ...fields, phx_ref: `${this.#prefix}${this.#refs.toString(36)}` })
  }

  #shardOf(topic: string): Shard {
    // there is at least one shard, and the index is below their number
    return this.#shards[hash(topic) % this.#shards.length] as Shard
  }

  #changed(changes: Diff): void {
    for (const [topic, change] of changes) {
      if (this.#listeners.count(topic) + this.#listenersToAll.count(ALL) === 0) continue
      const before = this.#telling.get(topic)
      if (!this.#fetch && !before) {
        this.#tell(topic, { ...change, joins: bare(change.joins), leaves: bare(change.leaves) })
        continue
      }
      const telling = this.#tellWhenKnown(topic, change, before)
      this.#telling.set(topic, telling)
      void telling.then(() => {
        if (this.#telling.get(topic) === telling) this.#telling.delete(topic)
      })
    }
  }

  async #tellWhenKnown(topic: string, change: TopicDiff, before?: Promise<void>): Promise<void> {
    const [joins, leaves] = await Promise.all([
      this.#known(topic, bare(change.joins)),
      this.#known(topic, bare(change.leaves)),
      before,
    ])
    this.#tell(topic, { ...change, joins, leaves })
  }

  #tell(topic: string, diff: PresenceDiff): void {
    this.#listeners.deliver(topic, diff)
    this.#listenersToAll.deliver(ALL, { topic, diff })
  }

  /** Adds what `fetch` says. Presence goes on without it: who is there matters more than how they look. */
  async #known(topic: string, presents: Presents): Promise<Presents> {
    if (!this.#fetch || presents.size === 0) return presents
    const { fetchTimeout } = this.#limits
    try {
      const known = await within(
        fetchTimeout,
        (async () => this.#fetch?.(topic, presents))(),
        () => new Error(`fetch took longer than ${fetchTimeout} ms`),
      )
      return new Map(
        [...presents].map(([key, { metas }]) => [key, { ...known?.get(key), metas }] as const),
      )
    } catch (error) {
      presenceFailed.emit(() => ({ topic, error }))
      return presents
    }
  }
}

const bare = (metas: ReadonlyMap<string, readonly Meta[]>): Presents =>
  new Map([...metas].map(([key, metas]) => [key, { metas }]))

const presentsOf = (entries: ReadonlyMap<string, readonly Entry[]>): Presents =>
  new Map([...entries].map(([key, some]) => [key, { metas: some.map(({ meta }) => meta) }]))

/** As it will be on the other nodes too, and nobody's to change. */
function copyOf(topic: string, given: object): Readonly<Record<string, unknown>> {
  let copy: unknown
  try {
    copy = JSON.parse(JSON.stringify(given) ?? "null")
  } catch (cause) {
    throw new MetaError(topic, { cause })
  }
  if (typeof copy !== "object" || copy === null || Array.isArray(copy)) throw new MetaError(topic)
  // an object that is no array has its fields by name
  return copy as Readonly<Record<string, unknown>>
}

/** FNV-1a, over UTF-16 code units. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) {
    value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  }
  return value >>> 0
}
