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
  readonly statics: Map<string, Claims<H>>
  /** By {@link keyOf}. */
  readonly params: Map<string, ParamClaims<H>>
  rest: Claim<H> | null
  leaf: Claim<H> | null
}

export interface ParamClaims<H> extends Claims<H> {
  readonly segment: ParamSegment
  /** Who named it first, for errors. */
  readonly by: Claim<H>
}

export const noClaims = <H>(): Claims<H> => ({
  statics: new Map(),
  params: new Map(),
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

function staticClaims<H>({ statics }: Claims<H>, text: string): Claims<H> {
  const known = statics.get(text)
  if (known !== undefined) return known
  const made = noClaims<H>()
  statics.set(text, made)
  return made
}

function paramClaims<H>({ params }: Claims<H>, segment: ParamSegment, by: Claim<H>): Claims<H> {
  const key = keyOf(segment)
  const known = params.get(key)
  if (known !== undefined) return known
  for (const other of params.values()) refuseOtherValues(other, segment, by)
  const made = { ...noClaims<H>(), segment, by }
  params.set(key, made)
  return made
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
