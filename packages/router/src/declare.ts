import { joinPatterns } from "./join-patterns.ts"
import type { Path } from "./paths.ts"
import { type AnyFunction, placeOfCall } from "./place.ts"
import { type Constraints, merged, type Route, type RouteGroup, type Verb } from "./route.ts"

/** What a route may say beside its verb, its path and its handler. */
export interface RouteOptions extends Constraints {
  /** For whoever made the route; the router hands it on. */
  readonly meta?: unknown
  /** The function whose caller declares the route, where yours wraps this one. */
  readonly above?: AnyFunction | undefined
}

/**
 * Declares a route, and remembers where: an error about it names the line.
 * @param path One of `paths`, or a pattern.
 * @example route("GET", "/posts/:id", showPost)
 */
export function route<H, V extends Verb>(
  verb: V,
  path: Path<string, V> | `/${string}`,
  handler: H,
  { meta, above = route, ...constraints }: RouteOptions = {},
): Route<H> {
  const place = placeOfCall(above)
  return { ...placed(path, constraints), verb, handler, meta, place }
}

/**
 * Declares a route for several verbs, or with `"*"` for any: unknown ones too.
 * @example match(["PUT", "PATCH"], "/posts/:id", updatePost)
 */
export function match<H>(
  verbs: "*",
  path: Path<string, Verb> | `/${string}`,
  handler: H,
  options?: RouteOptions,
): RouteGroup<H>
export function match<H, V extends Verb>(
  verbs: readonly V[],
  path: Path<string, V> | `/${string}`,
  handler: H,
  options?: RouteOptions,
): RouteGroup<H>
export function match<H>(
  verbs: readonly Verb[] | "*",
  path: Path<string, never> | string,
  handler: H,
  { meta, above = match, ...constraints }: RouteOptions = {},
): RouteGroup<H> {
  const line = { ...placed(path, constraints), handler, meta, place: placeOfCall(above) }
  const all: readonly Route<H>["verb"][] = verbs === "*" ? [verbs] : verbs
  return { routes: all.map((verb) => ({ ...line, verb })) }
}

/**
 * Hands all that is below a prefix, and the prefix itself, to one handler whatever the verb, or to the routes of a
 * router. A handler learns with {@link pathBelow} what it is asked for.
 * @example forward("/admin", adminRouter)
 */
export function forward<H>(
  prefix: `/${string}`,
  group: RouteGroup<H>,
  options?: RouteOptions,
): RouteGroup<H>
export function forward<H>(prefix: `/${string}`, handler: H, options?: RouteOptions): RouteGroup<H>
export function forward<H>(
  prefix: `/${string}`,
  target: H | RouteGroup<H>,
  { meta, above = forward, ...constraints }: RouteOptions = {},
): RouteGroup<H> {
  if (isGroup(target)) return { ...constraints, prefix, routes: [target] }
  const line = { verb: "*", handler: target, meta, place: placeOfCall(above) } as const
  const patterns = [joinPatterns(prefix, "/"), joinPatterns(prefix, "/*")]
  return { ...constraints, routes: patterns.map((pattern) => ({ ...line, pattern })) }
}

const isGroup = <H>(target: H | RouteGroup<H>): target is RouteGroup<H> =>
  typeof target === "object" && target !== null && "routes" in target

/**
 * What a forwarded request asks for, as it was sent: of `/files/a%2Fb` below `forward("/files", …)`, that is `/a%2Fb`.
 * @param route The route that was found for the path.
 */
export function pathBelow({ pattern }: Pick<Route<unknown>, "pattern">, path: string): string {
  if (!pattern.endsWith("/*")) return "/"
  let at = 0
  for (let slashes = pattern.split("/").length - 2; slashes > 0; slashes -= 1) {
    at = path.indexOf("/", at + 1)
  }
  return path.slice(at)
}

function placed(path: Path<string, never> | string, constraints: Constraints) {
  const { pattern, oneOf } = typeof path === "string" ? { pattern: path, oneOf: undefined } : path
  return { ...constraints, pattern, oneOf: merged(oneOf, constraints.oneOf) }
}
