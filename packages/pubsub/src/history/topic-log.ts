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

/** The last messages of one topic, as they came to this node. */
export class TopicLog {
  #kept: Kept[] = []
  /** The last number of each publisher here, and when it came. */
  readonly #heard = new Map<string, { readonly number: number; readonly at: number }>()
  /** The last number of each publisher that was dropped because there were too many, and when. */
  readonly #dropped = new Map<string, { readonly number: number; readonly at: number }>()
  #ttl = 0

  append(kept: Kept, { limit, ttl }: Keep): void {
    this.#ttl = Math.max(this.#ttl, ttl)
    this.#kept.push(kept)
    const { publisher, number, at } = kept
    const last = this.#heard.get(publisher)?.number ?? 0
    this.#heard.set(publisher, { number: Math.max(last, number), at })
    this.#expire(at)
    while (this.#kept.length > limit) this.#drop(at)
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
    return { messages, complete: complete && now - time <= (this.#ttl || Number.MAX_VALUE) }
  }

  #drop(now: number): void {
    const oldest = this.#kept.shift()
    if (oldest) this.#dropped.set(oldest.publisher, { number: oldest.number, at: now })
  }

  /** A cursor that is older than this tells of nothing that is complete, so nothing older matters. */
  #expire(now: number): void {
    const start = now - this.#ttl
    const fresh = this.#kept.findIndex(({ at }) => at >= start)
    if (fresh !== 0) this.#kept = fresh < 0 ? [] : this.#kept.slice(fresh)
    for (const marks of [this.#heard, this.#dropped]) {
      for (const [publisher, { at }] of marks) if (at < start) marks.delete(publisher)
    }
  }
}
