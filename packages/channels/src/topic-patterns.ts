import { OptionsError } from "@bennu/core"

/** Finds what stands behind a topic: an exact name before a prefix, the longest prefix first. */
export class TopicPatterns<T> {
  readonly #exact = new Map<string, T>()
  readonly #prefixes: (readonly [prefix: string, value: T])[] = []

  /** @throws {OptionsError} when a `*` stands elsewhere than at a pattern's end. */
  constructor(patterns: Iterable<readonly [pattern: string, value: T]>) {
    for (const [pattern, value] of patterns) {
      const star = pattern.indexOf("*")
      if (star === -1) this.#exact.set(pattern, value)
      else if (star === pattern.length - 1) this.#prefixes.push([pattern.slice(0, -1), value])
      else {
        const message = "may have a * at its end only"
        throw new OptionsError("socket", [{ message, path: ["channels", pattern] }])
      }
    }
    this.#prefixes.sort(([one], [other]) => other.length - one.length)
  }

  match(topic: string): T | null {
    const exact = this.#exact.get(topic)
    if (exact !== undefined) return exact
    return this.#prefixes.find(([prefix]) => topic.startsWith(prefix))?.[1] ?? null
  }
}
