/** A map with a bound on the sum of its entries' sizes; when it is exceeded, what was not used for longest goes. */
export class Lru<V> {
  readonly #entries = new Map<string, { readonly value: V; readonly size: number }>()
  readonly #max: number
  readonly #evicted: (key: string, value: V) => void
  #size = 0

  constructor(max: number, evicted: (key: string, value: V) => void) {
    this.#max = max
    this.#evicted = evicted
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    // a Map keeps the order of insertion: last in it is last used
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  /** An entry larger than the bound leaves nothing else, and then goes itself: refuse it before. */
  set(key: string, value: V, size: number): void {
    this.delete(key)
    this.#entries.set(key, { value, size })
    this.#size += size
    for (const [oldest, entry] of this.#entries) {
      if (this.#size <= this.#max) break
      this.delete(oldest)
      this.#evicted(oldest, entry.value)
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (entry === undefined) return
    this.#entries.delete(key)
    this.#size -= entry.size
  }

  clear(): void {
    this.#entries.clear()
    this.#size = 0
  }
}
