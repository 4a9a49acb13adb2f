import fc from "fast-check"
import findMyWay from "find-my-way"
import { addRoute, createRouter, findRoute } from "rou3"
import { describe, expect, it } from "vitest"
import { type Route, RouteConflictError, router } from "./index.ts"

// few letters, so that routes and paths meet
const text = fc.constantFrom("a", "b", "ab", "abc", "c")
const segment = fc.oneof({ weight: 2, arbitrary: text }, { weight: 1, arbitrary: fc.constant(":") })
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
  .map(([segments, star]) => {
    const named = segments.map((each, index) => (each === ":" ? `:p${index}` : each))
    return `/${[...named, ...(star ? ["*"] : [])].join("/")}`
  })
const patterns = fc.uniqueArray(pattern, { minLength: 1, maxLength: 12 })
const value = fc.oneof(text, fc.constantFrom("x", "a%20b", "%C3%A9", "__proto__", "caf"))
const path = fc.array(value, { maxLength: 5 }).map((segments) => `/${segments.join("/")}`)

/** Of these, the ones that may stand together. */
function together(all: readonly string[]): Route<string>[] {
  let taken: Route<string>[] = []
  for (const each of all) {
    try {
      taken = [...router(...taken, { verb: "GET", pattern: each, handler: each }).routes]
    } catch (error) {
      if (!(error instanceof RouteConflictError)) throw error
    }
  }
  return taken
}

/** What we find, written so that others' answers can be compared with it. */
const ours = (routes: readonly Route<string>[], wanted: string) => {
  const match = router(...routes).match("GET", wanted)
  return match && { handler: match.handler, params: { ...match.params } }
}

describe("router", () => {
  it("finds what find-my-way finds", () => {
    const property = fc.property(patterns, fc.array(path, { maxLength: 20 }), (all, wanted) => {
      const routes = together(all)
      const peer = findMyWay()
      for (const { pattern } of routes) peer.on("GET", pattern, () => {}, pattern)
      for (const each of wanted) {
        const theirs = peer.find("GET", each)
        // an empty segment is a parameter to find-my-way, not to us
        if (Object.entries(theirs?.params ?? {}).some(([name, value]) => name !== "*" && !value))
          continue
        const expected = theirs && { handler: theirs.store, params: { ...theirs.params } }
        expect([each, ours(routes, each)]).toEqual([each, expected])
      }
    })
    fc.assert(property, { numRuns: 500 })
  })

  it("finds what rou3 finds, decoded", () => {
    const property = fc.property(patterns, fc.array(path, { maxLength: 20 }), (all, wanted) => {
      // rou3 writes a star differently, lets it take the slash before it too, and does not come back from a
      // dead end: what it finds, we find
      const routes = together(all.filter((each) => !each.endsWith("*")))
      const peer = createRouter<string>()
      for (const { pattern } of routes) addRoute(peer, "GET", pattern, pattern)
      for (const each of wanted) {
        const theirs = findRoute(peer, "GET", each)
        if (theirs === undefined) continue
        const params = Object.entries(theirs.params ?? {}).map(([name, raw]) => [
          name,
          decodeURIComponent(raw),
        ])
        expect(ours(routes, each)).toEqual({
          handler: theirs.data,
          params: Object.fromEntries(params),
        })
      }
    })
    fc.assert(property, { numRuns: 500 })
  })

  it("matches one pattern as the platform's URLPattern does", () => {
    const property = fc.property(pattern, path, (pattern, path) => {
      const theirs = new URLPattern({ pathname: pattern }).exec({ pathname: path })
      const groups = Object.entries(theirs?.pathname.groups ?? {}).map(([name, raw]) => [
        name === "0" ? "*" : name,
        decodeURIComponent(raw ?? ""),
      ])
      const routes = [{ verb: "GET", pattern, handler: pattern }] as const
      expect(ours(routes, path)?.params).toEqual(theirs ? Object.fromEntries(groups) : undefined)
    })
    fc.assert(property, { numRuns: 1_000 })
  })

  it("refuses exactly the pairs of which some path is both, and neither is more exact", () => {
    const plain = fc.array(segment, { minLength: 1, maxLength: 3 })
    const property = fc.property(plain, plain, (one, other) => {
      const write = (segments: string[]) =>
        `/${segments.map((s, i) => (s === ":" ? `:p${i}` : s)).join("/")}`
      const meets =
        one.length === other.length &&
        one.every((s, i) => s === ":" || other[i] === ":" || s === other[i])
      const above = one.some((s, i) => s !== ":" && other[i] === ":")
      const below = one.some((s, i) => s === ":" && other[i] !== ":")
      const refused = together([write(one), write(other)]).length < 2
      expect(refused).toBe(meets && above === below)
    })
    fc.assert(property, { numRuns: 1_000 })
  })
})
