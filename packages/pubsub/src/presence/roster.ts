import type { Entry, Meta } from "./entry.ts"

/** What changed in a topic: the metas that came and went, by key. */
export interface TopicDiff {
  readonly joins: ReadonlyMap<string, readonly Meta[]>
  readonly leaves: ReadonlyMap<string, readonly Meta[]>
  /** Keys that were not there before, and keys that are not there any more. */
  readonly arrived: readonly string[]
  readonly gone: readonly string[]
}

export type Diff = ReadonlyMap<string, TopicDiff>

interface Change {
  readonly before: number
  readonly joins: Entry[]
  readonly leaves: Entry[]
}

/** Who is seen where, from all replicas that are up; and what changed since it was last asked. */
export class Roster {
  readonly #topics = new Map<string, Map<string, Entry[]>>()
  /** Entries of replicas that said goodbye: seen until their users turn up on another node. */
  readonly #moving = new Set<Entry>()
  #changes = new Map<string, Map<string, Change>>()

  of(topic: string): ReadonlyMap<string, readonly Entry[]> {
    return this.#topics.get(topic) ?? new Map()
  }

  add(entry: Entry): void {
    // An update is of one who is here: whom it replaces is told by the same delta
    if (this.#moving.size > 0 && entry.meta.phx_ref_prev === undefined) this.#arrive(entry)
    this.#change(entry, ({ joins }) => joins.push(entry))
    const keys = this.#topics.get(entry.topic) ?? new Map<string, Entry[]>()
    this.#topics.set(entry.topic, keys)
    const entries = keys.get(entry.key)
    if (entries) entries.push(entry)
    else keys.set(entry.key, [entry])
  }

  remove(entry: Entry): void {
    const keys = this.#topics.get(entry.topic)
    const entries = keys?.get(entry.key)
    const at = entries?.indexOf(entry) ?? -1
    if (!keys || !entries || at < 0) return
    this.#change(entry, ({ joins, leaves }) => {
      // Nobody has been told that it came
      const untold = joins.indexOf(entry)
      if (untold < 0) leaves.push(entry)
      else joins.splice(untold, 1)
    })
    this.#moving.delete(entry)
    entries.splice(at, 1)
    if (entries.length > 0) return
    keys.delete(entry.key)
    if (keys.size === 0) this.#topics.delete(entry.topic)
  }

  /** Keeps it until its user turns up elsewhere, or until it is removed. */
  hold(entry: Entry): void {
    this.#moving.add(entry)
  }

  /** What changed since the last time. */
  takeDiff(): Diff {
    const diff = new Map<string, TopicDiff>()
    for (const [topic, keys] of this.#changes) {
      const joins = new Map<string, Meta[]>()
      const leaves = new Map<string, Meta[]>()
      const arrived: string[] = []
      const gone: string[] = []
      for (const [key, change] of keys) {
        if (change.joins.length > 0) joins.set(key, change.joins.map(metaOf))
        if (change.leaves.length > 0) leaves.set(key, change.leaves.map(metaOf))
        const after = this.of(topic).get(key)?.length ?? 0
        if (change.before === 0 && after > 0) arrived.push(key)
        if (change.before > 0 && after === 0) gone.push(key)
      }
      if (joins.size + leaves.size > 0) diff.set(topic, { joins, leaves, arrived, gone })
    }
    if (this.#changes.size > 0) this.#changes = new Map()
    return diff
  }

  #arrive({ topic, key }: Entry): void {
    const moved = this.#topics
      .get(topic)
      ?.get(key)
      ?.find((entry) => this.#moving.has(entry))
    if (moved) this.remove(moved)
  }

  #change({ topic, key }: Entry, apply: (change: Change) => void): void {
    const keys = this.#changes.get(topic) ?? new Map<string, Change>()
    this.#changes.set(topic, keys)
    const before = this.#topics.get(topic)?.get(key)?.length ?? 0
    const change = keys.get(key) ?? { before, joins: [], leaves: [] }
    keys.set(key, change)
    apply(change)
  }
}

const metaOf = ({ meta }: Entry): Meta => meta
