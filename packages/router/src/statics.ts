/** Longer paths cost more to hash than to walk through the trie. */
const LONGEST = 24

/**
 * What stands at paths without parameters. To look one up costs a hash, unless the engine knows it already; so paths
 * that are none, by their length and last character, are not even looked up.
 */
export class Statics<T> {
  readonly #byPath = new Map<string, T>()
  /** One bit a last character, by length. */
  readonly #known = new Int32Array(LONGEST + 1)

  /** Whether the path was short enough to be kept. */
  set(path: string, value: T): boolean {
    if (path.length > LONGEST) return false
    this.#byPath.set(path, value)
    this.#known[path.length] = (this.#known[path.length] ?? 0) | bitOf(path)
    return true
  }

  get(path: string): T | undefined {
    const known = this.#known[path.length]
    return known === undefined || (known & bitOf(path)) === 0 ? undefined : this.#byPath.get(path)
  }
}

/** The five low bits tell letters from one another, and mostly digits from letters. */
const bitOf = (path: string): number => 1 << (path.charCodeAt(path.length - 1) & 31)
