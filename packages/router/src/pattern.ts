import { PatternError } from "./errors.ts"

/**
 * One segment of a pattern, the part between two slashes: text, text and then a parameter (`@:name`, mostly
 * without the text), or the rest of the path.
 */
export type Segment =
  | { readonly kind: "static"; readonly text: string }
  | { readonly kind: "param"; readonly prefix: string; readonly name: string }
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
const MAX_SEGMENTS = 64

/**
 * Reads a pattern: `/posts/:id`, `/@:name`, `/files/*`.
 * @throws {PatternError} when it means nothing, or something that no request could have.
 */
export function parsePattern(source: string): Pattern {
  if (!source.startsWith("/")) throw new PatternError(source, "must start with a slash")
  const texts = source.slice(1).split("/")
  if (texts.length > MAX_SEGMENTS) {
    throw new PatternError(source, `has more than ${MAX_SEGMENTS} segments`)
  }
  const segments = texts.map((text, index) =>
    parseSegment(source, text, index === texts.length - 1),
  )
  const names = segments.flatMap((segment) =>
    segment.kind === "static" ? [] : segment.kind === "rest" ? ["*"] : [segment.name],
  )
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw new PatternError(source, `names the parameter "${twice}" twice`)
  return { source, segments, names }
}

function parseSegment(source: string, text: string, last: boolean): Segment {
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
  return { kind: "param", prefix: literal(source, text.slice(0, colon)), name }
}

/** As browsers send it: what is not ASCII arrives percent-encoded. */
function literal(source: string, text: string): string {
  if (text === "." || text === "..") {
    throw new PatternError(
      source,
      `has the segment "${text}", which browsers resolve before they ask`,
    )
  }
  // a lone surrogate has no encoding: encodeURI would throw an error that names no pattern
  if (!text.isWellFormed()) throw new PatternError(source, "is not well-formed Unicode")
  const odd = [...text].find((character) => character < "\u0080" && !PLAIN.test(character))
  if (odd !== undefined) {
    throw new PatternError(source, `holds ${JSON.stringify(odd)}, which no path holds as it is`)
  }
  return encodeURI(text)
}

/** Puts a prefix before a pattern: `/admin` and `/users` are `/admin/users`, `/admin` and `/` are `/admin`. */
export function joinPatterns(prefix: string, pattern: string): string {
  const base = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix
  return base === "" ? pattern : pattern === "/" ? base : base + pattern
}
