import { type Keyed, keyed } from "@bennu/html"

/** A row on its way into a stream. */
export interface Insert<out T = unknown> {
  /** Of its element in the page. */
  readonly id: string
  readonly row: T
  /** Before which of the rows that are there, from 0; -1 is behind all. */
  readonly at: number
  /** How many rows may stay: the first ones, or with a minus the last. */
  readonly limit: number | null
  /** Only for pages that show it. */
  readonly updateOnly: boolean
}

/** What became of a stream since the page was last told. */
export interface StreamChange<out T = unknown> {
  /** The rows that are new or changed, each once. */
  readonly inserts: readonly Insert<T>[]
  /** Ids of elements that go; they go before others come. */
  readonly deletes: readonly string[]
  /** All that were there go first. */
  readonly reset: boolean
}

/** What `each` is given for a stream: the rows that are new or changed. What was sent is in the page and not here. */
export class StreamRows<out T = unknown> implements Keyed<T>, StreamChange<T> {
  /** Tells the streams of a page apart. */
  readonly ref: string
  /** Grows with each change: what was sent once is not sent again. */
  readonly version: number
  readonly inserts: readonly Insert<T>[]
  readonly deletes: readonly string[]
  readonly reset: boolean

  constructor(ref: string, version: number, { inserts, deletes, reset }: StreamChange<T>) {
    this.ref = ref
    this.version = version
    this.inserts = inserts
    this.deletes = deletes
    this.reset = reset
  }

  get isEmpty(): boolean {
    return this.inserts.length === 0 && this.deletes.length === 0 && !this.reset
  }

  *[keyed](): Iterable<readonly [key: string, row: T]> {
    for (const { id, row } of this.inserts) yield [id, row]
  }
}

/** What a page shows that had `held` and is told of a change: whatever goes goes first, what is there already stays where it is. */
export function arranged<R extends { readonly id: string }>(
  held: readonly R[],
  { inserts, deletes, reset }: StreamChange,
  fresh: (insert: Insert) => R,
): R[] {
  const gone = new Set(deletes)
  let rows = reset ? [] : held.filter(({ id }) => !gone.has(id))
  for (const insert of inserts) {
    const { id, at, limit, updateOnly } = insert
    const there = rows.findIndex((row) => row.id === id)
    if (there !== -1) rows[there] = fresh(insert)
    else if (!updateOnly) {
      rows.splice(at === -1 ? rows.length : at, 0, fresh(insert))
      if (limit !== null) rows = limit < 0 ? rows.slice(limit) : rows.slice(0, limit)
    }
  }
  return rows
}
