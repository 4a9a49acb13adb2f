import type { StandardSchemaV1 } from "@bennu/core"
import { PatternError } from "./errors.ts"
import { parsePattern } from "./pattern.ts"
import { type QueryValues, writeQuery } from "./query.ts"
import { type OneOf, type Verb, verbs } from "./route.ts"
import type { PathValue } from "./to-param.ts"
import { writePath } from "./write-path.ts"

/** The parameters that a pattern names. */
export type NamesOf<P extends string> = P extends `${string}:${infer N}/${infer R}`
  ? N | NamesOf<R>
  : P extends `${string}:${infer N}`
    ? N
    : P extends `${string}*`
      ? "*"
      : never

declare const namesOfPath: unique symbol
declare const verbsOfPath: unique symbol

/** Where a route stands: what makes a route takes it. `N` are its parameters, `V` the verbs it may be routed with. */
export interface Path<out N extends string, in V extends Verb> {
  /** Without the verb. */
  readonly pattern: string
  /** Where it is meant for one verb only. */
  readonly verb?: Verb | undefined
  /** The values that its parameters may have, where they are listed. */
  readonly oneOf?: OneOf | undefined
  /** @internal Exists in types only. */
  readonly [namesOfPath]?: () => N
  /** @internal Exists in types only. */
  readonly [verbsOfPath]?: (verb: V) => void
}

/** A path that can be linked to: call it for the URL. `L` are the listed values of parameters, `Q` is the query. */
export interface Address<N extends string, in V extends Verb, L = {}, Q = QueryValues>
  extends Path<N, V> {
  /** @throws {PathParameterError} when a parameter is missing, empty, or would lead elsewhere. */
  (
    ...args: [N] extends [never]
      ? QueryArgs<Q>
      : [
          params: { readonly [K in N]: K extends keyof L ? L[K] : PathValue },
          ...query: QueryArgs<Q>,
        ]
  ): string
}

type QueryArgs<Q> = {} extends Q ? [query?: Q] : [query: Q]

/** A pattern, with a verb before it where only that is meant. */
export type PathPattern = `/${string}` | `${Verb} /${string}`

/** A line of the table that `paths` takes: a pattern, or with it a schema that says what may stand in the query. */
export type PathLine =
  | PathPattern
  | { readonly path: PathPattern; readonly query: StandardSchemaV1<unknown, unknown> }

/** What `paths` makes of a line of its table. */
export type AddressOf<T, L = {}> = T extends string
  ? LinkTo<T, L, QueryValues>
  : T extends { readonly path: infer P extends string; readonly query: infer S }
    ? LinkTo<P, L, InputOf<S>>
    : never

type LinkTo<P extends string, L, Q> = P extends `${infer V extends Verb} ${infer R}`
  ? Address<NamesOf<R>, V, L, Q>
  : Address<NamesOf<P>, Verb, L, Q>

type InputOf<S> = S extends {
  readonly "~standard": { readonly types?: { readonly input: infer Q } | undefined }
}
  ? Q
  : QueryValues

type Listed<O extends OneOf> = { readonly [K in keyof O]: O[K][number] }

/** What all lines of a table have in common. */
export interface PathsOptions<O extends OneOf = OneOf> {
  /** The values that parameters may have, by name: `{ locale: ["en", "de"] }`. */
  readonly oneOf?: O | undefined
}

/**
 * Names the addresses of an app. It knows names, verbs and patterns only, so that anything may import it.
 *
 * Values are percent-encoded; a `*` keeps its slashes.
 * @throws {PatternError} when a pattern means nothing.
 * @example paths({ post: "/posts/:id" }).post({ id: "a b" }, { page: 2 }) // "/posts/a%20b?page=2"
 */
export function paths<
  const T extends Readonly<Record<string, PathLine>>,
  const O extends OneOf = {},
>(
  table: T,
  { oneOf }: PathsOptions<O> = {},
): { readonly [K in keyof T]: AddressOf<T[K], Listed<O>> } {
  const made = Object.entries(table).map(([name, line]) => {
    const { verb, pattern } = parseLine(typeof line === "string" ? line : line.path)
    return [name, addressOf(pattern, { verb, oneOf })]
  })
  // fromEntries loses which name has which pattern; each was made of the line of that name
  return Object.freeze(Object.fromEntries(made)) as {
    readonly [K in keyof T]: AddressOf<T[K], Listed<O>>
  }
}

/** @internal Makes what is called for the URL of a pattern. */
export function addressOf(
  source: string,
  { verb, oneOf }: Pick<Path<never, never>, "verb" | "oneOf"> = {},
): Address<string, Verb> {
  const pattern = parsePattern(source, oneOf)
  const facts = {
    pattern: source,
    ...(verb === undefined ? {} : { verb }),
    ...(oneOf === undefined ? {} : { oneOf }),
  }
  const fixed = pattern.names.length === 0 ? writePath(pattern, {}) : null
  const write =
    fixed === null
      ? (params: object, query?: object) => writePath(pattern, params) + writeQuery(source, query)
      : (query?: object) => fixed + writeQuery(source, query)
  // a pattern without parameters takes the query first, as its type says to whoever knows the names
  return Object.freeze(Object.assign(write, facts)) as Address<string, Verb>
}

function parseLine(line: string): { readonly verb?: Verb; readonly pattern: string } {
  const space = line.indexOf(" ")
  if (space === -1) return { pattern: line }
  const word = line.slice(0, space)
  const verb = verbs.find((known) => known === word)
  if (verb === undefined) {
    throw new PatternError(line, `starts with "${word}", which is none of ${verbs.join(", ")}`)
  }
  return { verb, pattern: line.slice(space + 1) }
}
