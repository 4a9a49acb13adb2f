import { RouteConflictError } from "./errors.ts"
import type { Pattern, Segment } from "./pattern.ts"

/** The patterns of one verb, by segment, and what each is called in an error. */
export interface Claims {
  readonly statics: Map<string, Claims>
  /** By the text that stands before the parameter, mostly none. */
  readonly params: Map<string, Claims>
  rest: string | null
  leaf: string | null
}

export const noClaims = (): Claims => ({
  statics: new Map(),
  params: new Map(),
  rest: null,
  leaf: null,
})

/**
 * Adds a pattern to those of its verb.
 * @throws {RouteConflictError} when a pattern with the same shape is there.
 */
export function claim(claims: Claims, { segments }: Pattern, name: string): void {
  let node = claims
  for (const segment of segments) {
    if (segment.kind === "rest") {
      if (node.rest !== null) throw duplicate(node.rest, name)
      node.rest = name
      return
    }
    const [below, key] =
      segment.kind === "static" ? [node.statics, segment.text] : [node.params, segment.prefix]
    const next = below.get(key) ?? noClaims()
    below.set(key, next)
    node = next
  }
  if (node.leaf !== null) throw duplicate(node.leaf, name)
  node.leaf = name
}

const duplicate = (first: string, second: string) =>
  new RouteConflictError(
    first,
    second,
    "answers to the same addresses as",
    "Parameters that differ by name only are the same: leave one of the two out.",
  )

/**
 * Refuses routes of which neither is the more exact one, such as `/posts/:id` and `/:page/edit` (both are
 * `/posts/edit`), unless the address that both have in common is a route too. Routes that end in `*` are meant to
 * take what others leave, so what their `*` stands for does not count.
 * @throws {RouteConflictError}
 */
export function refuseAmbiguous(claims: Claims, { segments }: Pattern, name: string): void {
  const common: Segment[] = []
  walk(claims, 0, false, false)

  /** `above` and `below`: some segment of ours was more exact than theirs, some was less. */
  function walk(node: Claims, index: number, above: boolean, below: boolean): void {
    const segment = segments[index]
    const crossed = above && below
    if (segment === undefined) {
      if (crossed && node.leaf !== null) refuse(node.leaf)
      return
    }
    if (crossed && node.rest !== null) refuse(node.rest, true)
    if (segment.kind === "rest") {
      if (crossed) refuseAll(node)
      return
    }
    for (const [text, next] of node.statics) {
      const order = compare(segment, { kind: "static", text })
      if (order !== null) step(next, { kind: "static", text }, order)
    }
    for (const [prefix, next] of node.params) {
      const theirs: Segment = { kind: "param", prefix, name: "" }
      const order = compare(segment, theirs)
      if (order !== null) step(next, order > 0 ? segment : theirs, order)
    }
    function step(next: Claims, shared: Segment, order: number): void {
      common.push(shared)
      walk(next, index + 1, above || order > 0, below || order < 0)
      common.pop()
    }
  }

  function refuseAll(node: Claims): void {
    const other = node.leaf ?? node.rest
    if (other !== null) refuse(other, true)
    for (const next of [...node.statics.values(), ...node.params.values()]) refuseAll(next)
  }

  function refuse(other: string, open = false): void {
    if (!open && isClaimed(claims, common)) return
    const shared = `/${common.map(textOf).join("/")}${open ? "/…" : ""}`
    throw new RouteConflictError(
      other,
      name,
      `and neither more exact: ${shared} is also answered by`,
      open
        ? "Change a segment, so that one of the two is the more exact one throughout."
        : `Say which answers by adding a route for ${shared}, or change a segment.`,
    )
  }
}

/** Above zero when one is the more exact, below when the other is, null when no text is both. */
function compare(one: Segment, other: Segment): number | null {
  if (one.kind === "rest" || other.kind === "rest") return null
  if (one.kind === "static" && other.kind === "static") return one.text === other.text ? 0 : null
  if (one.kind === "static") return takes(other, one.text) ? 1 : null
  if (other.kind === "static") return takes(one, other.text) ? -1 : null
  if (one.prefix === other.prefix) return 0
  return one.prefix.startsWith(other.prefix) ? 1 : other.prefix.startsWith(one.prefix) ? -1 : null
}

const takes = (segment: Segment, text: string): boolean =>
  segment.kind === "param" && text.length > segment.prefix.length && text.startsWith(segment.prefix)

function isClaimed(claims: Claims, common: readonly Segment[]): boolean {
  let node: Claims | undefined = claims
  for (const segment of common) {
    if (segment.kind === "static") node = node?.statics.get(segment.text)
    if (segment.kind === "param") node = node?.params.get(segment.prefix)
  }
  return (node?.leaf ?? null) !== null
}

const textOf = (segment: Segment): string =>
  segment.kind === "static" ? segment.text : segment.kind === "rest" ? "*" : `${segment.prefix}:…`

/**
 * Refuses a `*` that takes nothing, because routes beside it take all: `/a/*` beside `/a/`, `/a/:x` and `/a/:x/*`.
 * @throws {RouteConflictError}
 */
export function refuseUnreachable(node: Claims): void {
  if (node.rest !== null) {
    const other = takesAll(node)
    if (other !== null) {
      const hint =
        "Routes with text or parameters come before those with a star: leave the star out."
      throw new RouteConflictError(other, node.rest, "is never reached because of", hint)
    }
  }
  for (const next of [...node.statics.values(), ...node.params.values()]) refuseUnreachable(next)
}

/** The route that answers last among those that leave nothing to a `*` here, if there are such. */
function takesAll(node: Claims): string | null {
  const beneath = node.params.get("")
  if (beneath === undefined || beneath.leaf === null) return null
  if ((node.statics.get("")?.leaf ?? null) === null) return null
  return beneath.rest ?? takesAll(beneath)
}
