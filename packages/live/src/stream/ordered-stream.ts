import { StreamError } from "../errors.ts"
import { staying } from "./staying.ts"
import { type Insert, type StreamChange, StreamRows } from "./stream-rows.ts"

/** A row's key, as the stream's function gives it. */
export type StreamKey = string | number

/**
 * A stream that is told what to show, by keys, and finds out itself what the page has to be told. Of rows that the page has it keeps
 * their keys and nothing else. It is never changed.
 */
export class OrderedStream {
  readonly #ref: string
  readonly #name: string
  readonly #version: number
  /** What the page has. */
  readonly #held: readonly StreamKey[]
  /** What it is to have. */
  readonly #keys: readonly StreamKey[]
  /** Rows that it was given since the page was told, by their keys as strings. */
  readonly #fresh: ReadonlyMap<string, unknown>

  private constructor(
    ref: string,
    name: string,
    version: number,
    held: readonly StreamKey[],
    keys: readonly StreamKey[],
    fresh: ReadonlyMap<string, unknown>,
  ) {
    this.#ref = ref
    this.#name = name
    this.#version = version
    this.#held = held
    this.#keys = keys
    this.#fresh = fresh
  }

  static empty(ref: string, name: string): OrderedStream {
    return new OrderedStream(ref, name, 0, [], [], new Map())
  }

  /** Keys whose rows it has to be given before the page can show these. */
  lacks<K extends StreamKey>(keys: readonly K[]): readonly K[] {
    const stay = staying(this.#held, keys)
    return keys.filter((key, at) => !stay.has(at) && !this.#fresh.has(`${key}`))
  }

  /** @throws {StreamError} when a key stands twice, or a row is missing. */
  show(keys: readonly StreamKey[], rows: ReadonlyMap<string, unknown>): OrderedStream {
    const wanted = new Set(keys.map(String))
    if (wanted.size < keys.length)
      throw new StreamError(`a key stands twice in "${this.#name}"`, "Give each key once.")
    const fresh = new Map([...this.#fresh, ...rows].filter(([key]) => wanted.has(key)))
    const next = this.#with(keys, fresh)
    const lacking = next.lacks(keys)
    if (lacking.length === 0) return next
    throw new StreamError(
      `"${this.#name}" has no row for ${lacking.slice(0, 3).join(", ")}${lacking.length > 3 ? ", …" : ""}`,
      "Give the rows of the keys that streamLacks names.",
    )
  }

  /** The same stream once the page knows. */
  sent(): OrderedStream {
    if (this.#held === this.#keys && this.#fresh.size === 0) return this
    return new OrderedStream(this.#ref, this.#name, this.#version, this.#keys, this.#keys, none)
  }

  /** What there is to be told. A row that moves goes and comes again: that is how pages move them. */
  rows(): StreamRows {
    if (this.#held === this.#keys && this.#fresh.size === 0)
      return new StreamRows(this.#ref, this.#version, nothing)
    const stay = staying(this.#held, this.#keys)
    const kept = new Set([...stay].map((at) => `${this.#keys[at]}`))
    const deletes = this.#held.filter((key) => !kept.has(`${key}`)).map((key) => this.#idOf(key))
    const inserts: Insert[] = []
    // each place is that among the rows before it, which are right by then
    for (const [at, key] of this.#keys.entries()) {
      if (!this.#fresh.has(`${key}`)) continue
      const row = this.#fresh.get(`${key}`)
      inserts.push({ id: this.#idOf(key), row, at, limit: null, updateOnly: false })
    }
    return new StreamRows(this.#ref, this.#version, { inserts, deletes, reset: false })
  }

  #idOf(key: StreamKey): string {
    return `${this.#name}-${key}`
  }

  #with(keys: readonly StreamKey[], fresh: ReadonlyMap<string, unknown>): OrderedStream {
    return new OrderedStream(this.#ref, this.#name, this.#version + 1, this.#held, keys, fresh)
  }
}

const none: ReadonlyMap<string, unknown> = new Map()
const nothing: StreamChange = { inserts: [], deletes: [], reset: false }
