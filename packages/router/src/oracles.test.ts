import fc from "fast-check"
import findMyWay from "find-my-way"
import { addRoute, createRouter, findRoute } from "rou3"
import { describe, expect, it } from "vitest"
import {
  match as matchRoutes,
  type Route,
  RouteConflictError,
  type RouteGroup,
  route,
  router,
  type Verb,
} from "./index.ts"

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

/** Of groups of routes, the ones that may stand together. */
function groupsTogether<T extends RouteGroup<string>>(all: readonly T[]): T[] {
  const taken: T[] = []
  for (const each of all) {
    try {
      router(...taken, each)
      taken.push(each)
    } catch (error) {
      if (!(error instanceof RouteConflictError)) throw error
    }
  }
  return taken
}

const verb = fc.constantFrom<Verb>("GET", "HEAD", "POST", "PUT", "OPTIONS")
const asked = fc.tuple(verb, path)

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

  it("finds what find-my-way finds for lists of verbs, with text before parameters, on hosts", () => {
    const prefixed = fc
      .tuple(pattern, fc.constantFrom("", "x", "@"))
      .map(([pattern, prefix]) => pattern.replace("/:", `/${prefix}:`) as `/${string}`)
    const host = fc.constantFrom(undefined, "a.test", "b.test")
    const group = fc
      .tuple(fc.uniqueArray(verb, { minLength: 1, maxLength: 3 }), prefixed, host)
      .map(([verbs, pattern, host]) => ({
        ...matchRoutes(verbs, pattern, `${host} ${pattern}`, { host }),
        ...{ verbs, pattern, host },
      }))
    const groups = fc.uniqueArray(group, { maxLength: 10 })
    const requests = fc.array(fc.tuple(asked, host), { maxLength: 20 })
    const property = fc.property(groups, requests, (all, wanted) => {
      const taken = groupsTogether(all)
      const made = router(...taken)
      const peer = findMyWay()
      for (const { verbs, pattern, host } of taken) {
        const constraints = host === undefined ? {} : { constraints: { host } }
        peer.on(verbs, pattern, constraints, () => {}, `${host} ${pattern}`)
      }
      for (const [[verb, path], host] of wanted) {
        // it has no HEAD of GET, and looks for routes of any host only when the host has none for the pattern
        const theirs =
          host === undefined ? peer.find(verb, path, {}) : peer.find(verb, path, { host })
        if (theirs === null || verb === "HEAD") continue
        // an empty segment is a parameter to find-my-way, not to us
        if (Object.values(theirs.params).includes("")) continue
        const found = made.match(verb, path, host)
        expect([verb, path, host, found === null]).toEqual([verb, path, host, false])
        const hostless = taken.every((group) => group.host === undefined)
        if (hostless) expect([verb, path, found?.handler]).toEqual([verb, path, theirs.store])
      }
    })
    fc.assert(property, { numRuns: 500 })
  })

  it("finds what rou3 finds for routes of one verb and of any", () => {
    const group = fc
      .tuple(fc.oneof(verb, fc.constant("*" as const)), pattern)
      .map(([verb, pattern]) => {
        const known = pattern as `/${string}`
        const name = `${verb} ${pattern}`
        const routes =
          verb === "*" ? matchRoutes("*", known, name).routes : [route(verb, known, name)]
        return { routes, verb, pattern, name }
      })
    const property = fc.property(
      fc.uniqueArray(group, { maxLength: 10 }),
      fc.array(asked, { maxLength: 20 }),
      (all, wanted) => {
        const taken = groupsTogether(all.filter(({ pattern }) => !pattern.endsWith("*")))
        const made = router(...taken)
        const peer = createRouter<string>()
        for (const { verb, pattern, name } of taken) {
          addRoute(peer, verb === "*" ? "" : verb, pattern, name)
        }
        for (const [verb, path] of wanted) {
          const theirs = findRoute(peer, verb, path)
          // its HEAD is not answered by GET, and it chooses the path before it looks at the verb
          if (theirs === undefined || verb === "HEAD") continue
          expect(made.match(verb, path)?.handler).toBe(theirs.data)
        }
      },
    )
    fc.assert(property, { numRuns: 500 })
  })

  it("finds the same whether values are listed, or there is a route for each", () => {
    const values = ["a", "b", "ab"]
    const listed = fc
      .array(fc.oneof(segment, fc.constant("?")), { minLength: 1, maxLength: 3 })
      .map((segments) => segments.map((each, index) => (each === ":" ? `:p${index}` : each)))
    const property = fc.property(listed, path, (segments, path) => {
      const written = `/${segments.map((each, index) => (each === "?" ? `:q${index}` : each)).join("/")}`
      const names = segments.flatMap((each, index) => (each === "?" ? [`q${index}`] : []))
      const oneOf = Object.fromEntries(names.map((name) => [name, values]))
      const made = router(route("GET", written as `/${string}`, "", { oneOf }))
      const each = names.reduce<readonly string[]>(
        (all, name) =>
          all.flatMap((one) => values.map((value) => one.replace(`:${name}`, () => value))),
        [written],
      )
      const spelled = router(...each.map((one) => route("GET", one as `/${string}`, "")))
      expect(made.match("GET", path) === null).toBe(spelled.match("GET", path) === null)
    })
    fc.assert(property, { numRuns: 500 })
  })
})
