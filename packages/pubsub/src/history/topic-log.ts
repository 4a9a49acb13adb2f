import type { Cursor } from "./cursor.ts"
import type { Keep } from "./keep.ts"

/** A message with its place: the publisher numbers all that it says on topics with a history. */
export interface Kept {
  readonly publisher: string
  readonly number: number
  readonly message: string
  /** When it came to this node. */
  readonly at: number
}

/** Clocks of two nodes that differ by less are taken for the same. */
const SKEW = 2_000

/** What all topics keep, counted in characters. */
export interface Total {
  size: number
}

/** The last messages of one topic, as they came to this node. */
export class TopicLog {
  readonly #total: Total
  /** Something may be forgotten that came until then. */
  readonly #forgotten: number
  #kept: Kept[] = []
  /** The last number of each publisher here, and when it came. */
  readonly #heard = new Map<string, { readonly number: number; readonly at: number }>()
  /** The last number of each publisher that was dropped because there were too many, and when. */
  readonly #dropped = new Map<string, { readonly number: number; readonly at: number }>()
  #ttl = 0
  /** When the last message came. */
  lastAt = Number.NEGATIVE_INFINITY

  constructor(total: Total, forgotten: number) {
    this.#total = total
    this.#forgotten = forgotten
  }

  append(kept: Kept, { limit, ttl }: Keep): void {
    this.#ttl = Math.max(this.#ttl, ttl)
    this.#kept.push(kept)
    const { publisher, number, message, at } = kept
    this.#total.size += message.length
    this.lastAt = at
    const last = this.#heard.get(publisher)?.number ?? 0
    this.#heard.set(publisher, { number: Math.max(last, number), at })
    this.#expire(at)
    while (this.#kept.length > limit) this.#drop(at)
  }

  /** Drops the oldest messages until all topics keep no more than so much. */
  shrink(maxSize: number, now: number): void {
    while (this.#total.size > maxSize && this.#kept.length > 0) this.#drop(now)
  }

  /** Whether none of its messages would be said again any more. */
  isOver(now: number): boolean {
    return now - this.lastAt > this.#ttl
  }

  /** Lets go of everything. */
  clear(): void {
    this.#forget(this.#kept.length)
  }

  /** The last number heard of each publisher that is not long gone. */
  heard(now: number): ReadonlyMap<string, number> {
    this.#expire(now)
    return new Map([...this.#heard].map(([publisher, { number }]) => [publisher, number]))
  }

  /** What came after a cursor, and whether that is all. */
  since(cursor: Cursor, self: string, now: number) {
    this.#expire(now)
    const { heard, time, node } = cursor
    const skew = node === self ? 0 : SKEW
    const messages = this.#kept.filter(({ publisher, number, at }) => {
      const last = heard.get(publisher)
      // Of whom it does not name the other node had heard nothing, or nothing that it still knew
      return last === undefined ? at >= time - skew : number > last
    })
    const complete = [...this.#dropped].every(([publisher, { number, at }]) => {
      const last = heard.get(publisher)
      return last === undefined ? at < time - skew : number <= last
    })
    const known = time - skew > this.#forgotten && now - time <= (this.#ttl || Number.MAX_VALUE)
    return { messages, complete: complete && known }
  }

  #drop(now: number): void {
    const oldest = this.#kept.shift()
    if (!oldest) return
    this.#total.size -= oldest.message.length
    this.#dropped.set(oldest.publisher, { number: oldest.number, at: now })
  }

  /** A cursor that is older than this tells of nothing that is complete, so nothing older matters. */
  #expire(now: number): void {
    const start = now - this.#ttl
    const fresh = this.#kept.findIndex(({ at }) => at >= start)
    if (fresh !== 0) this.#forget(fresh < 0 ? this.#kept.length : fresh)
    for (const marks of [this.#heard, this.#dropped]) {
      for (const [publisher, { at }] of marks) if (at < start) marks.delete(publisher)
    }
  }

  #forget(count: number): void {
    for (const { message } of this.#kept.slice(0, count)) this.#total.size -= message.length
    this.#kept = this.#kept.slice(count)
  }
}
