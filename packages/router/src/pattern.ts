import { PatternError } from "./errors.ts"
import type { OneOf } from "./route.ts"

/** Text and then a parameter (`@:name`, mostly without the text). */
export interface ParamSegment {
  readonly kind: "param"
  readonly prefix: string
  readonly name: string
  /** What it may stand for, percent-encoded; `null` is anything but nothing. */
  readonly values: ReadonlySet<string> | null
}

/** One segment of a pattern, the part between two slashes; `rest` is all that remains of the path. */
export type Segment =
  | { readonly kind: "static"; readonly text: string }
  | ParamSegment
  | { readonly kind: "rest" }

/** A pattern, read once: `/posts/:id` is `posts` and the parameter `id`. */
export interface Pattern {
  readonly source: string
  readonly segments: readonly Segment[]
  /** The parameters in order; the rest of the path is called `*`. */
  readonly names: readonly string[]
}

// what the path of a URL may hold as it is: unreserved characters and sub-delims (RFC 3986 §3.3), and ":" and "@"
const PLAIN = /^[A-Za-z0-9\-._~!$&'()+,;=@]*$/
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
/** Of one pattern. */
export const MAX_SEGMENTS = 64

/**
 * Reads a pattern: `/posts/:id`, `/@:name`, `/files/*`.
 * @param oneOf What parameters may stand for, where that is not anything.
 * @throws {PatternError} when it means nothing, or something that no request could have.
 */
export function parsePattern(source: string, oneOf: OneOf = {}): Pattern {
  if (!source.startsWith("/")) throw new PatternError(source, "must start with a slash")
  const segments: Segment[] = []
  const names: string[] = []
  // cut by hand: a table may have thousands, and what split gives the engine keeps at hand, which takes it longer
  for (let start = 1; start <= source.length; ) {
    if (segments.length === MAX_SEGMENTS) {
      throw new PatternError(source, `has more than ${MAX_SEGMENTS} segments`)
    }
    const slash = source.indexOf("/", start)
    const end = slash === -1 ? source.length : slash
    const segment = parseSegment(source, source.slice(start, end), slash === -1, oneOf)
    segments.push(segment)
    if (segment.kind !== "static") names.push(segment.kind === "rest" ? "*" : segment.name)
    start = end + 1
  }
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new PatternError(source, `names the parameter "${twice}" twice`)
  return { source, segments, names }
}

function parseSegment(source: string, text: string, last: boolean, oneOf: OneOf): Segment {
  if (text === "*") {
    if (!last) throw new PatternError(source, `may have a "*" only at its end`)
    return { kind: "rest" }
  }
  const colon = text.indexOf(":")
  if (colon === -1) {
    if (text === "" && !last) throw new PatternError(source, "has an empty segment")
    return { kind: "static", text: literal(source, text) }
  }
  const name = text.slice(colon + 1)
  if (!NAME.test(name)) {
    throw new PatternError(
      source,
      `has no parameter name that is letters, digits and "_" in ":${name}"`,
    )
  }
  const values = Object.hasOwn(oneOf, name) ? valuesOf(source, name, oneOf[name] ?? []) : null
  return { kind: "param", prefix: literal(source, text.slice(0, colon)), name, values }
}

function valuesOf(source: string, name: string, values: readonly string[]): ReadonlySet<string> {
  if (values.length === 0 || values.includes("")) {
    const problem = values.length === 0 ? "no value at all" : "an empty value"
    throw new PatternError(source, `is given ${problem} for the parameter "${name}"`)
  }
  return new Set(values.map((value) => literal(source, value)))
}

/** As browsers send it: what is not ASCII arrives percent-encoded. */
function literal(source: string, text: string): string {
  if (text === "." || text === "..") {
    throw new PatternError(
      source,
      `has the segment "${text}", which browsers resolve before they ask`,
    )
  }
  if (PLAIN.test(text)) return text
  // a lone surrogate has no encoding: encodeURI would throw an error that names no pattern
  if (!text.isWellFormed()) throw new PatternError(source, "is not well-formed Unicode")
  const odd = [...text].find((character) => character < "\u0080" && !PLAIN.test(character))
  if (odd !== undefined) {
    throw new PatternError(source, `holds ${JSON.stringify(odd)}, which no path holds as it is`)
  }
  return encodeURI(text)
}
