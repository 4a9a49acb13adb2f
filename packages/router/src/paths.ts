import { PathParameterError, PatternError } from "./errors.ts"
import { parsePattern, type Segment } from "./pattern.ts"
import { type Verb, verbs } from "./route.ts"

/** The parameters that a pattern names. */
type Names<P extends string> = P extends `${string}:${infer N}/${infer R}`
  ? N | Names<R>
  : P extends `${string}:${infer N}`
    ? N
    : P extends `${string}*`
      ? "*"
      : never

/** What may stand for a parameter. */
export type PathValue = string | number | bigint

/** What may follow the `?`; what is null or undefined is left out. */
export type QueryValues = Readonly<Record<string, PathValue | boolean | null | undefined>>

declare const verbsOfPath: unique symbol

/** A named address: call it for the URL. `V` are the verbs it may be routed with. */
export interface Path<N extends string, in V extends Verb> {
  /** @throws {PathParameterError} when a parameter is missing, empty, or would lead elsewhere. */
  (
    ...args: [N] extends [never]
      ? [query?: QueryValues]
      : [params: { readonly [K in N]: PathValue }, query?: QueryValues]
  ): string
  readonly pattern: string
  /** @internal Exists in types only. */
  readonly [verbsOfPath]?: (verb: V) => void
}

/** What `paths` makes of a line of its table. */
export type PathOf<T extends string> = T extends `${infer V extends Verb} ${infer P}`
  ? Path<Names<P>, V>
  : Path<Names<T>, Verb>

/** A line of the table that `paths` takes: a pattern, with a verb before it where only that is meant. */
export type PathPattern = `/${string}` | `${Verb} /${string}`

/**
 * Names the addresses of an app. It knows names, verbs and patterns only, so that anything may import it.
 *
 * Values are percent-encoded; a `*` keeps its slashes.
 * @throws {PatternError} when a pattern means nothing.
 * @example paths({ post: "/posts/:id" }).post({ id: "a b" }, { page: 2 }) // "/posts/a%20b?page=2"
 */
export function paths<const T extends Readonly<Record<string, PathPattern>>>(
  table: T,
): { readonly [K in keyof T]: PathOf<T[K]> } {
  const made = Object.entries(table).map(([name, line]) => [name, pathOf(line)])
  // fromEntries loses which name has which pattern; each was made of the line of that name
  return Object.freeze(Object.fromEntries(made)) as { readonly [K in keyof T]: PathOf<T[K]> }
}

function pathOf(line: string): Path<string, Verb> | Path<never, Verb> {
  const source = withoutVerb(line)
  const { segments, names } = parsePattern(source)
  const write = (params: Values, query?: QueryValues) =>
    segments.map((segment) => `/${textOf(source, segment, params)}`).join("") + queryOf(query)
  const fixed = names.length === 0 ? write({}) : null
  if (fixed === null) return Object.freeze(Object.assign(write, { pattern: source }))
  const writeFixed = (query?: QueryValues) => fixed + queryOf(query)
  return Object.freeze(Object.assign(writeFixed, { pattern: source }))
}

function withoutVerb(line: string): string {
  const space = line.indexOf(" ")
  if (space === -1) return line
  const verb = line.slice(0, space)
  if (!verbs.some((known) => known === verb)) {
    throw new PatternError(line, `starts with "${verb}", which is none of ${verbs.join(", ")}`)
  }
  return line.slice(space + 1)
}

type Values = Readonly<Record<string, PathValue>>

function textOf(source: string, segment: Segment, params: Values): string {
  if (segment.kind === "static") return segment.text
  const name = segment.kind === "rest" ? "*" : segment.name
  const refuse = (problem: string) => new PathParameterError(source, name, problem)
  // what types promise, templates and JSON do not keep
  const value: unknown = Object.hasOwn(params ?? {}, name) ? params[name] : undefined
  if (value === undefined || value === null) throw refuse("is missing")
  const text = String(value)
  if (text === "" || Number.isNaN(value)) throw refuse("is empty")
  if (!text.isWellFormed()) throw refuse("is not well-formed Unicode")
  const parts = segment.kind === "rest" ? text.split("/") : [segment.prefix + text]
  const moving = parts.find((part) => part === "." || part === "..")
  // browsers resolve them before they ask, even encoded: URL Standard §4.1
  if (moving !== undefined) throw refuse(`must not be "${moving}"`)
  // "//host" is an address of another host
  if (parts.slice(0, -1).includes("")) throw refuse("must not have an empty segment")
  if (segment.kind === "rest") return parts.map(encodeURIComponent).join("/")
  return segment.prefix + encodeURIComponent(text)
}

function queryOf(query: QueryValues | undefined): string {
  if (query === undefined) return ""
  const pairs = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === null || value === undefined ? [] : [[name, String(value)]],
  )
  return pairs.length === 0 ? "" : `?${new URLSearchParams(pairs)}`
}
