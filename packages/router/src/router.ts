import { claim, noClaims, refuseAmbiguous, refuseUnreachable } from "./conflicts.ts"
import { noParams, type Params, readParams } from "./params.ts"
import { parsePattern } from "./pattern.ts"
import { flatten, nameOf, type Route, type RouteGroup, verbs } from "./route.ts"
import { emptyNode, find, insert, type Node } from "./trie.ts"

/** The route that a request is for. */
export interface Match<out H> {
  readonly handler: H
  /** Decoded, without a prototype; the rest of a path is called `*`. */
  readonly params: Params
  readonly route: Route<H>
}

/** Finds who handles a request. */
export interface Router<out H> extends RouteGroup<H> {
  /** All routes, groups resolved, in the order in which they were given. */
  readonly routes: readonly Route<H>[]
  /**
   * Finds the route for a request, or `null`.
   * @param verb As the request says it; `HEAD` finds what answers `GET`.
   * @param path The path of the URL as it was sent: percent-encoded, without the query.
   */
  match(verb: string, path: string): Match<H> | null
  /** What a path would answer to, for the `Allow` header of a 405; empty when there is no such path. */
  allowed(path: string): readonly string[]
}

/** What a trie holds. A match without parameters is the same each time, so it is made once. */
interface Leaf<H> {
  readonly route: Route<H>
  readonly names: readonly string[]
  readonly fixed: Match<H> | null
}

/**
 * Makes one table of routes.
 *
 * Text beats a parameter, a parameter beats `*`, from left to right; the order of the routes does not matter. The
 * time a match takes is bounded by the table and the length of the path.
 * @throws {RouteConflictError} when two routes claim the same addresses, or one would never be reached.
 * @throws {PatternError} when a pattern means nothing.
 * @example router({ verb: "GET", pattern: "/posts/:id", handler: 1 }).match("GET", "/posts/7")?.params.id // "7"
 */
export function router<H>(...routes: readonly (Route<H> | RouteGroup<H>)[]): Router<H> {
  const table = Object.freeze(flatten(routes))
  const tries = new Map<string, Node<Leaf<H>>>()
  for (const verb of verbs) {
    const ours = table.filter((route) => route.verb === verb)
    if (ours.length > 0) tries.set(verb, trieOf(ours))
  }
  const get = tries.get("GET")
  if (get !== undefined) tries.set("HEAD", get)
  // written by each match and read before it returns; nobody else runs meanwhile
  const spans: number[] = []

  return {
    routes: table,
    match(verb, path) {
      // most requests: worth not asking the map
      const trie = verb === "GET" ? get : tries.get(verb)
      if (trie === undefined) return null
      const leaf = find(trie, path, 0, spans, 0)
      if (leaf === null) return null
      if (leaf.fixed !== null) return leaf.fixed
      const params = readParams(leaf.names, path, spans)
      return params && { handler: leaf.route.handler, params, route: leaf.route }
    },
    allowed: (path) =>
      [...tries].flatMap(([verb, trie]) => (find(trie, path, 0, spans, 0) === null ? [] : [verb])),
  }
}

function trieOf<H>(routes: readonly Route<H>[]): Node<Leaf<H>> {
  const trie = emptyNode<Leaf<H>>()
  const claims = noClaims()
  const patterns = routes.map((route) => ({ route, pattern: parsePattern(route.pattern) }))
  for (const { route, pattern } of patterns) {
    claim(claims, pattern, nameOf(route))
    const { names } = pattern
    const { handler } = route
    const fixed = names.length === 0 ? Object.freeze({ handler, params: noParams, route }) : null
    insert(trie, pattern, { route, names, fixed })
  }
  for (const { route, pattern } of patterns) refuseAmbiguous(claims, pattern, nameOf(route))
  refuseUnreachable(claims)
  return trie
}
