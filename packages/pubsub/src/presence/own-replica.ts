import type { Delta, Entry, Meta } from "./entry.ts"

/** The presences of this node. Each change is a version; the latest ones are kept, so that any recent delta can be cut. */
export class OwnReplica {
  readonly id: string
  readonly entries = new Map<number, Entry>()
  readonly #maxLog: number
  /** For each version after `#forgotten`: the clock of what it removed, or 0 where it added. */
  #log: number[] = []
  #forgotten = 0

  constructor(id: string, maxLog: number) {
    this.id = id
    this.#maxLog = maxLog
  }

  get version(): number {
    return this.#forgotten + this.#log.length
  }

  add(topic: string, key: string, meta: Meta): Entry {
    this.#record(0)
    const entry = { clock: this.version, topic, key, meta }
    this.entries.set(entry.clock, entry)
    return entry
  }

  /** @returns Whether it was there. */
  remove({ clock }: Entry): boolean {
    if (!this.entries.delete(clock)) return false
    this.#record(clock)
    return true
  }

  /** What happened after a version, or everything where that is too long ago. */
  since(version: number): Delta {
    const to = this.version
    if (version < this.#forgotten) {
      return { replica: this.id, from: 0, to, adds: [...this.entries.values()], removes: [] }
    }
    const adds: Entry[] = []
    const removes: number[] = []
    for (let at = version + 1; at <= to; at += 1) {
      const removed = this.#log[at - this.#forgotten - 1] ?? 0
      const entry = removed === 0 ? this.entries.get(at) : undefined
      if (entry) adds.push(entry)
      if (removed > 0 && removed <= version) removes.push(removed)
    }
    return { replica: this.id, from: version, to, adds, removes }
  }

  #record(removed: number): void {
    this.#log.push(removed)
    // By halves, so that not every change moves the whole log
    if (this.#log.length <= this.#maxLog * 2) return
    this.#forgotten += this.#log.length - this.#maxLog
    this.#log = this.#log.slice(-this.#maxLog)
  }
}
