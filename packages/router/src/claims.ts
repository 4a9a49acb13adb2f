import { RouteConflictError } from "./errors.ts"
import type { ParamSegment, Pattern } from "./pattern.ts"
import type { Place } from "./place.ts"
import type { Route } from "./route.ts"

/** What a route claims of the addresses of a verb. */
export interface Claim<H> {
  readonly route: Route<H>
  readonly place: Place
  readonly pattern: Pattern
  /** Of two claims to the same, the one in the lower layer counts; in one layer there must not be two. */
  readonly layer: number
}

/** All claims to the addresses of a verb, by segment. */
export interface Claims<H> {
  statics: ReadonlyMap<string, Claims<H>>
  /** By {@link keyOf}. */
  params: ReadonlyMap<string, ParamClaims<H>>
  rest: Claim<H> | null
  leaf: Claim<H> | null
}

export interface ParamClaims<H> extends Claims<H> {
  readonly segment: ParamSegment
  /** Who named it first, for errors. */
  readonly by: Claim<H>
}

// most have nothing beneath them, and a large table has thousands
const nothing: ReadonlyMap<string, never> = new Map<string, never>()

export const noClaims = <H>(): Claims<H> => ({
  statics: nothing,
  params: nothing,
  rest: null,
  leaf: null,
})

/** Parameters with the same text before them, and the same values, are the same, whatever they are called. */
const keyOf = ({ prefix, values }: ParamSegment): string =>
  // no pattern holds a bar
  values === null ? prefix : `${prefix}|${[...values].sort().join("|")}`

/** The claims beneath a segment, if there are any. */
export const beneath = <H>(claims: Claims<H>, segment: ParamSegment): Claims<H> | undefined =>
  claims.params.get(keyOf(segment))

/**
 * Adds a claim, layer by layer.
 * @returns Whether the route has its place: in a lower layer, another may stand there.
 * @throws {RouteConflictError} when another of its layer claims the same.
 */
export function claim<H>(claims: Claims<H>, added: Claim<H>): boolean {
  let node = claims
  for (const segment of added.pattern.segments) {
    if (segment.kind === "rest") {
      if (!isFree(node.rest, added)) return false
      node.rest = added
      return true
    }
    node =
      segment.kind === "static"
        ? staticClaims(node, segment.text)
        : paramClaims(node, segment, added)
  }
  if (!isFree(node.leaf, added)) return false
  node.leaf = added
  return true
}

function isFree<H>(taken: Claim<H> | null, added: Claim<H>): boolean {
  if (taken === null) return true
  if (taken.layer < added.layer) return false
  throw new RouteConflictError(
    taken,
    added,
    "answers to the same addresses as",
    "Parameters that differ by name only are the same: leave one of the two out.",
  )
}

function staticClaims<H>(node: Claims<H>, text: string): Claims<H> {
  const known = node.statics.get(text)
  if (known !== undefined) return known
  const made = noClaims<H>()
  node.statics = withEntry(node.statics, text, made)
  return made
}

function paramClaims<H>(node: Claims<H>, segment: ParamSegment, by: Claim<H>): Claims<H> {
  const key = keyOf(segment)
  const known = node.params.get(key)
  if (known !== undefined) return known
  for (const other of node.params.values()) refuseOtherValues(other, segment, by)
  const made = { ...noClaims<H>(), segment, by }
  node.params = withEntry(node.params, key, made)
  return made
}

/** The same map with one entry more, or the first one of its own. */
function withEntry<T>(map: ReadonlyMap<string, T>, key: string, value: T): ReadonlyMap<string, T> {
  // with something in it, it was made here
  return map.size === 0
    ? new Map<string, T>().set(key, value)
    : (map as Map<string, T>).set(key, value)
}

/** Two lists that share a value would make it a matter of order which of the two is meant. */
function refuseOtherValues<H>(other: ParamClaims<H>, segment: ParamSegment, by: Claim<H>): void {
  const { values } = other.segment
  if (values === null || other.segment.prefix !== segment.prefix) return
  const shared = [...(segment.values ?? [])].find((value) => values.has(value))
  if (shared === undefined) return
  throw new RouteConflictError(
    other.by,
    by,
    `takes "${shared}" for "${segment.name}" from another list than`,
    "Give both routes the same values.",
  )
}
