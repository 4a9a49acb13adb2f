import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { RouteConflictError, route, router } from "./index.ts"

/** A path that counts the characters that are looked at. */
class CountedPath {
  steps = 0
  readonly #text: string
  constructor(text: string) {
    this.#text = text
  }
  get length(): number {
    return this.#text.length
  }
  charCodeAt(at: number): number {
    this.steps += 1
    return this.#text.charCodeAt(at)
  }
  indexOf(text: string, from = 0): number {
    const found = this.#text.indexOf(text, from)
    this.steps += (found === -1 ? this.length : found + text.length) - from
    return found
  }
  slice(start: number, end: number): string {
    this.steps += end - start
    return this.#text.slice(start, end)
  }
}

function stepsOf(made: ReturnType<typeof router<string>>, text: string): number {
  const path = new CountedPath(text)
  // it has all that a match asks of a string: another method would be missed at once
  made.match("GET", path as unknown as string)
  return path.steps
}

const pattern = fc
  .tuple(
    fc.array(fc.constantFrom("a", "b", "ab", ":", "a:"), { maxLength: 6 }),
    fc.constantFrom("", "/*"),
  )
  .map(([segments, star]) => {
    const named = segments.map((each, index) => each.replace(":", `:p${index}`))
    return (named.map((each) => `/${each}`).join("") + star || "/") as `/${string}`
  })

/** A table of the patterns that can stand together, and how many segments it has. */
function tableOf(patterns: readonly `/${string}`[]) {
  let taken = router<string>()
  for (const each of patterns) {
    try {
      taken = router(taken, route("GET", each, each))
    } catch (error) {
      if (!(error instanceof RouteConflictError)) throw error
    }
  }
  const segments = taken.routes.map(({ pattern }) => pattern.split("/").length)
  return { made: taken, size: segments.reduce((sum, count) => sum + count, 0) }
}

describe("a match", () => {
  it("looks at each character a bounded number of times, whatever table and path", () => {
    const patterns = fc.uniqueArray(pattern, { maxLength: 25 })
    const text = fc
      .array(fc.constantFrom("/", "a", "b", "ab", "/a", "/ab", "%41"), { maxLength: 60 })
      .map((parts) => `/${parts.join("")}`)
    const property = fc.property(patterns, text, (patterns, text) => {
      const { made, size } = tableOf(patterns)
      expect(stepsOf(made, text)).toBeLessThanOrEqual((size + 4) * 3 * (text.length + 1))
    })
    fc.assert(property, { numRuns: 300 })
  })

  it("takes twice the steps for a path twice as long, even where it has to come back from everywhere", () => {
    // text and a parameter at each of six levels, and a star behind them: 2 ** 6 ways to be wrong
    const levels = (depth: number): string[] =>
      depth === 0
        ? ["/end"]
        : ["/a", "/:p"].flatMap((first) =>
            levels(depth - 1).map((rest) => first.replace("p", `p${depth}`) + rest),
          )
    const made = router(
      ...levels(6).map((each) => route("GET", each as `/${string}`, each)),
      route("GET", "/*", "rest"),
    )
    const steps = [50, 100, 200, 400].map((length) =>
      stepsOf(made, `/a/a/a/a/a/a/${"a".repeat(length)}`),
    )
    const [first = 0, second = 0, third = 0, fourth = 0] = steps
    expect(second).toBeLessThanOrEqual(2 * first)
    expect(third).toBeLessThanOrEqual(2 * second)
    expect(fourth).toBeLessThanOrEqual(2 * third)
  })

  it("does not look at more of a path because there are more routes", () => {
    const tables = [10, 100, 1_000, 10_000].map((count) =>
      router(
        ...Array.from({ length: count }, (_, index) =>
          route("GET", `/shelf${index}/:book/page/:page`, ""),
        ),
      ),
    )
    const steps = tables.map((made) => stepsOf(made, "/shelf7/moby-dick/page/1"))
    // with more routes the text is cut into more pieces, no more
    expect(Math.max(...steps)).toBeLessThanOrEqual(Math.min(...steps) + 10)
  })
})
