import { claim, noClaims } from "./claims.ts"
import { refuseAmbiguous, refuseUnreachable } from "./conflicts.ts"
import { noParams, type Params, readParams } from "./params.ts"
import { MAX_SEGMENTS, type Pattern, parsePattern } from "./pattern.ts"
import type { Place } from "./place.ts"
import { type Route, type Verb, verbs } from "./route.ts"
import { emptyNode, find, insert, type Node } from "./trie.ts"

/** The route that a request is for. */
export interface Match<out H> {
  readonly handler: H
  /** Decoded, without a prototype; the rest of a path is called `*`. */
  readonly params: Params
  readonly route: Route<H>
}

/** Routes of one verb. */
type VerbTable<H> = Node<Leaf<H>>

interface Leaf<H> {
  readonly handler: H
  readonly route: Route<H>
  readonly names: readonly string[]
  /** The match of a route without parameters, which is the same each time. */
  readonly fixed: Match<H> | null
}

/** A route with its pattern read. */
interface Line<H> {
  readonly route: Route<H>
  readonly place: Place
  readonly pattern: Pattern
}

/** Whose routes answer a verb, the first asked first. */
const layersOf = (verb: Verb): readonly Route<unknown>["verb"][] =>
  verb === "HEAD" ? ["HEAD", "GET", "*"] : [verb, "*"]

const SLASH = "/".charCodeAt(0)

// where the values of parameters are: written by each match and read before it returns; nobody else runs meanwhile
const spans = new Int32Array(2 * MAX_SEGMENTS)

/** All routes of one host, or those of any. */
export class Table<H> {
  readonly #byVerb = new Map<string, VerbTable<H>>()
  readonly #get: VerbTable<H> | undefined
  readonly #post: VerbTable<H> | undefined
  /** For verbs without a route of their own, and unknown ones. */
  readonly #any: VerbTable<H> | undefined

  /**
   * @param routerPlace Stands for that of routes which have none.
   * @throws {RouteConflictError} {@link PatternError}
   */
  constructor(routes: readonly Route<H>[], routerPlace: Place) {
    const read = routes.map((route) => ({
      route,
      place: route.place ?? routerPlace,
      pattern: parsePattern(route.pattern, route.oneOf),
    }))
    const lines = Map.groupBy(read, ({ route }) => route.verb)
    if (lines.has("*")) this.#any = verbTable([lines.get("*") ?? []])
    for (const verb of verbs) {
      const layers = layersOf(verb).map((layer) => lines.get(layer) ?? [])
      if (layers[0]?.length) this.#byVerb.set(verb, verbTable(layers))
    }
    this.#get = this.#byVerb.get("GET")
    this.#post = this.#byVerb.get("POST")
    if (this.#get !== undefined && !this.#byVerb.has("HEAD")) this.#byVerb.set("HEAD", this.#get)
  }

  match(verb: string, path: string): Match<H> | null {
    // most requests: worth not asking the map
    const table = verb === "GET" ? this.#get : verb === "POST" ? this.#post : this.#byVerb.get(verb)
    return table === undefined ? this.#matchAny(path) : this.#matchIn(table, path)
  }

  #matchAny(path: string): Match<H> | null {
    return this.#any === undefined ? null : this.#matchIn(this.#any, path)
  }

  #matchIn(table: VerbTable<H>, path: string): Match<H> | null {
    if (path.charCodeAt(0) !== SLASH) return null
    const leaf = find(table, path, 1, spans, 0)
    if (leaf === null) return null
    if (leaf.fixed !== null) return leaf.fixed
    const params = readParams(leaf.names, path, spans)
    return params === null ? null : { handler: leaf.handler, params, route: leaf.route }
  }
}

function verbTable<H>(layers: readonly (readonly Line<H>[])[]): VerbTable<H> {
  const claims = noClaims<H>()
  const table: VerbTable<H> = emptyNode()
  for (const [layer, lines] of layers.entries()) {
    for (const line of lines) {
      const { route, place, pattern } = line
      if (!claim(claims, { route, place, pattern, layer })) continue
      const { names } = pattern
      const fixed = names.length === 0 ? fixedMatch(route) : null
      insert(table, pattern, { handler: route.handler, route, names, fixed })
    }
  }
  refuseAmbiguous(claims)
  refuseUnreachable(claims)
  return table
}

const fixedMatch = <H>(route: Route<H>): Match<H> =>
  Object.freeze({ handler: route.handler, params: noParams, route })
