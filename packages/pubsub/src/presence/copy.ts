import type { Delta, Entry } from "./entry.ts"

/** What became of a delta. */
export interface Applied {
  readonly joined: readonly Entry[]
  readonly left: readonly Entry[]
  /** Something before it is missing: nothing was applied. */
  readonly gap: boolean
}

const nothing: Applied = { joined: [], left: [], gap: false }

/**
 * What this node knows of another replica. Only the replica itself adds and removes, so copies with the same version are
 * the same: whoever sent what, in whichever order, and how many times.
 */
export class Copy {
  readonly entries = new Map<number, Entry>()
  version = 0
  /** The number of the last sign of life, of those that the replica counts. */
  beat = 0
  /** When that came, from itself or through others. */
  heardAt: number
  /** When it last came from itself. */
  directAt = Number.NEGATIVE_INFINITY
  /** When this node last asked for what it misses. */
  askedAt = Number.NEGATIVE_INFINITY
  up = false

  constructor(now: number) {
    this.heardAt = now
  }

  apply({ from, to, adds, removes }: Delta): Applied {
    if (to <= this.version) return nothing
    if (from > this.version) return { ...nothing, gap: true }
    const left: Entry[] = []
    for (const clock of removes) this.#remove(clock, left)
    // What the delta covers and does not name is gone; with nothing in common there is nothing of the kind
    if (from < this.version) {
      const alive = new Set(adds.map(({ clock }) => clock))
      for (const clock of this.entries.keys()) {
        if (clock > from && !alive.has(clock)) this.#remove(clock, left)
      }
    }
    const joined = adds.filter(({ clock }) => clock > this.version)
    for (const entry of joined) this.entries.set(entry.clock, entry)
    this.version = to
    return { joined, left, gap: false }
  }

  /** The whole state, for who has less. */
  whole(replica: string): Delta {
    const adds = [...this.entries.values()]
    return { replica, from: 0, to: this.version, adds, removes: [] }
  }

  #remove(clock: number, left: Entry[]): void {
    const entry = this.entries.get(clock)
    if (!entry) return
    this.entries.delete(clock)
    left.push(entry)
  }
}
