import { beneath, type Claim, type Claims } from "./claims.ts"
import { RouteConflictError } from "./errors.ts"
import type { ParamSegment, Segment } from "./pattern.ts"

/**
 * Refuses routes of which neither is the more exact one, such as `/posts/:id` and `/:page/edit` (both are
 * `/posts/edit`), unless the address that both have in common is a route too. Routes that end in `*` are meant to
 * take what others leave, so what their `*` stands for does not count.
 * @throws {RouteConflictError}
 */
export function refuseAmbiguous<H>(root: Claims<H>): void {
  /** The most exact address that the two sides have in common, so far. */
  const common: Segment[] = []
  inside(root)

  function inside(claims: Claims<H>): void {
    const params = [...claims.params.values()]
    for (const [text, exact] of claims.statics) {
      // most of a large table ends here
      if (params.length === 0 && !hasBeneath(exact)) continue
      common.push(staticSegment(text))
      for (const open of params) if (takes(open.segment, text)) pair(exact, open, true, false)
      inside(exact)
      common.pop()
    }
    for (const [index, one] of params.entries()) {
      for (const other of params.slice(index + 1)) meet(one, other, false, false)
      if (hasBeneath(one)) at(one.segment, () => inside(one))
    }
  }

  function at(segment: Segment, run: () => void): void {
    common.push(segment)
    run()
    common.pop()
  }

  /** `above` and `below`: some segment of the first was more exact than the other's, some was less. */
  function pair(one: Claims<H>, other: Claims<H>, above: boolean, below: boolean): void {
    if (above && below) refuseShared(one, other)
    const [few, many] =
      one.statics.size <= other.statics.size
        ? [one.statics, other.statics]
        : [other.statics, one.statics]
    for (const text of few.keys()) {
      const [first, second] = [one.statics.get(text), other.statics.get(text)]
      if (!many.has(text) || first === undefined || second === undefined) continue
      at(staticSegment(text), () => pair(first, second, above, below))
    }
    for (const param of other.params.values()) {
      for (const [text, exact] of one.statics) {
        if (takes(param.segment, text)) {
          at(staticSegment(text), () => pair(exact, param, true, below))
        }
      }
    }
    for (const param of one.params.values()) {
      for (const [text, exact] of other.statics) {
        if (takes(param.segment, text)) {
          at(staticSegment(text), () => pair(param, exact, above, true))
        }
      }
      for (const theirs of other.params.values()) meet(param, theirs, above, below)
    }
  }

  function meet(
    one: Claims<H> & { readonly segment: ParamSegment },
    other: Claims<H> & { readonly segment: ParamSegment },
    above: boolean,
    below: boolean,
  ): void {
    const order = compare(one.segment, other.segment)
    if (order === null) return
    const segment = order >= 0 ? one.segment : other.segment
    at(segment, () => pair(one, other, above || order > 0, below || order < 0))
  }

  function refuseShared(one: Claims<H>, other: Claims<H>): void {
    if (one.leaf !== null && other.leaf !== null && !isClaimed()) refuse(one.leaf, other.leaf)
    if (one.rest !== null) {
      const beyond = other.rest ?? anyBeneath(other)
      if (beyond !== null) refuse(one.rest, beyond)
    }
    if (other.rest !== null) {
      const beyond = anyBeneath(one)
      if (beyond !== null) refuse(other.rest, beyond)
    }
  }

  function isClaimed(): boolean {
    let node: Claims<H> | undefined = root
    for (const segment of common) {
      if (segment.kind === "static") node = node?.statics.get(segment.text)
      else if (segment.kind === "param") node = node && beneath(node, segment)
    }
    return (node?.leaf ?? null) !== null
  }

  function refuse(one: Claim<H>, other: Claim<H>): never {
    const open = [one, other].some(({ pattern }) => pattern.segments.at(-1)?.kind === "rest")
    const shared = `/${common.map(textOf).join("/")}${open ? "/…" : ""}`
    throw new RouteConflictError(
      one,
      other,
      `and neither more exact: ${shared} is also answered by`,
      open
        ? "Change a segment, so that one of the two is the more exact one throughout."
        : `Say which answers by adding a route for ${shared}, or change a segment.`,
    )
  }
}

const hasBeneath = <H>({ statics, params }: Claims<H>): boolean =>
  statics.size > 0 || params.size > 0

const staticSegment = (text: string): Segment => ({ kind: "static", text })

/** Some claim that lies at least one segment deeper. */
function anyBeneath<H>(claims: Claims<H>): Claim<H> | null {
  for (const next of [...claims.statics.values(), ...claims.params.values()]) {
    const found = next.leaf ?? next.rest ?? anyBeneath(next)
    if (found !== null) return found
  }
  return null
}

/**
 * Above zero when the first is the more exact, below when the other is, null when no text is both. More text before
 * the parameter is more exact, then a list of values.
 */
function compare(one: ParamSegment, other: ParamSegment): number | null {
  const listed = one.values === null ? other : one
  const open = listed === one ? other : one
  if (listed.values === null) {
    if (!one.prefix.startsWith(other.prefix) && !other.prefix.startsWith(one.prefix)) return null
    return one.prefix.length - other.prefix.length
  }
  const texts = [...listed.values].map((value) => listed.prefix + value)
  if (!texts.some((text) => takes(open, text))) return null
  const byPrefix = one.prefix.length - other.prefix.length
  return byPrefix === 0 && open.values === null ? (listed === one ? 1 : -1) : byPrefix
}

const takes = ({ prefix, values }: ParamSegment, text: string): boolean =>
  text.length > prefix.length &&
  text.startsWith(prefix) &&
  (values === null || values.has(text.slice(prefix.length)))

const textOf = (segment: Segment): string =>
  segment.kind === "static" ? segment.text : segment.kind === "rest" ? "*" : `${segment.prefix}:…`

/**
 * Refuses a `*` that takes nothing, because routes beside it take all: `/a/*` beside `/a/`, `/a/:x` and `/a/:x/*`.
 * @throws {RouteConflictError}
 */
export function refuseUnreachable<H>(claims: Claims<H>): void {
  if (claims.rest !== null) {
    const other = takesAll(claims)
    if (other !== null) {
      throw new RouteConflictError(
        other,
        claims.rest,
        "is never reached because of",
        "Routes with text or parameters come before those with a star: leave the star out.",
      )
    }
  }
  // most of a large table ends here
  if (!hasBeneath(claims)) return
  for (const next of claims.statics.values()) refuseUnreachable(next)
  for (const next of claims.params.values()) refuseUnreachable(next)
}

/** The claim that answers last among those that leave nothing to a `*` here, if there are such. */
function takesAll<H>(claims: Claims<H>): Claim<H> | null {
  const all = claims.params.get("")
  if (all === undefined || all.leaf === null) return null
  if ((claims.statics.get("")?.leaf ?? null) === null) return null
  return all.rest ?? takesAll(all)
}
