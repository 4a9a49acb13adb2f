import {
  flatten,
  joinPatterns,
  match as matchRoutes,
  type OneOf,
  type Path,
  type Route,
  type RouteGroup,
  route,
  type Verb,
} from "@bennu/router"
import type { Conn } from "./conn.ts"
import { declarationOf, withDeclaration } from "./declaration.ts"
import { named } from "./named.ts"
import { checkKeys } from "./options.ts"
import { type Layout, setLayout } from "./page.ts"
import { type AddsOf, type Answer, type AnyPlug, type Plug, pipeline } from "./plug.ts"
import {
  innerLimits,
  type ResolvedRouteLimits,
  type RouteLimits,
  resolveRouteLimits,
} from "./route-limits.ts"

/** What handles a route: `A` is what its scope's pipeline has to assign. */
export type Handler<in A> = (conn: Conn<A>) => Answer

/** Makes one kind of route. The handler's conn has the parameters that the path names. */
type MakeRoute<V extends Verb> = <A, N extends string>(
  path: Path<N, V>,
  handler: (conn: Conn<A, NoInfer<N>>) => Answer,
) => Route<Handler<A>>

function maker<V extends Verb>(verb: V): MakeRoute<V> {
  const make: MakeRoute<V> = <A, N extends string>(
    path: Path<N, V>,
    handler: (conn: Conn<A, N>) => Answer,
    // the router gives the parameters that the pattern names, and N are those
  ) => route(verb, path, handler as Handler<A>, { above: make })
  return make
}

/** Answers a GET, and a HEAD with the same headers. */
export const get: MakeRoute<"GET"> = maker("GET")
export const post: MakeRoute<"POST"> = maker("POST")
export const put: MakeRoute<"PUT"> = maker("PUT")
export const patch: MakeRoute<"PATCH"> = maker("PATCH")
/** Answers a DELETE, which is a word of JavaScript's own. */
export const del: MakeRoute<"DELETE"> = maker("DELETE")

/** Answers several verbs, or with `"*"` any, unknown ones too. */
export function match<A, N extends string, V extends Verb>(
  verbs: readonly V[],
  path: Path<N, V>,
  handler: (conn: Conn<A, NoInfer<N>>) => Answer,
): RouteGroup<Handler<A>>
export function match<A, N extends string>(
  verbs: "*",
  path: Path<N, Verb>,
  handler: (conn: Conn<A, NoInfer<N>>) => Answer,
): RouteGroup<Handler<A>>
export function match<A, N extends string>(
  verbs: readonly Verb[] | "*",
  path: Path<N, Verb>,
  handler: (conn: Conn<A, N>) => Answer,
): RouteGroup<Handler<A>> {
  const options = { above: match }
  // as above: the parameters are those of the pattern
  const known = handler as Handler<A>
  return verbs === "*"
    ? matchRoutes(verbs, path, known, options)
    : matchRoutes(verbs, path, known, options)
}

export interface ScopeOptions {
  /** Answers on this host only: `api.example.com`, or `*.example.com` for all beneath it. */
  readonly host?: string | undefined
  /** The values that parameters may have: `{ locale: ["en", "de"] }`. */
  readonly oneOf?: OneOf | undefined
  /** The document around the pages of these routes. */
  readonly layout?: Layout | undefined
  /** What requests may bring, where it differs from what the server allows: `{ bodyBytes: 50_000_000, requestTimeout: "10m" }`. */
  readonly limits?: RouteLimits | undefined
  /** Divides live views that share pipeline and layout into sessions of their own. */
  readonly name?: string | undefined
}

/** What `scope` tells of its routes in their `meta`, beside what was there already. */
export interface ScopeMeta {
  /** The pipeline that runs before the handler, the same value for all routes behind the same plugs. */
  readonly through: AnyPlug
  readonly layout: Layout | null
  readonly limits: ResolvedRouteLimits | null
  readonly name: string | null
}

/** Routes that a scope takes: some need what its pipeline assigns. */
type Routes<A> = readonly (Route<Handler<A>> | RouteGroup<Handler<A>>)[]

/**
 * Puts routes behind a prefix and a pipeline, and their pages into a layout. A route that needs what the pipeline does not
 * assign does not compile. Scopes nest: the outer pipeline runs first, the inner layout wins.
 */
export function scope<P extends Plug<{}, unknown>>(
  prefix: string,
  through: P,
  routes: Routes<AddsOf<P>>,
): RouteGroup<Handler<{}>>
export function scope<P extends Plug<{}, unknown>>(
  prefix: string,
  through: P,
  options: ScopeOptions,
  routes: Routes<AddsOf<P>>,
): RouteGroup<Handler<{}>>
export function scope(
  prefix: string,
  through: AnyPlug,
  ...rest:
    | readonly [routes: Routes<never>]
    | readonly [options: ScopeOptions, routes: Routes<never>]
): RouteGroup<Handler<{}>> {
  const [options, routes] = rest.length === 1 ? [{}, rest[0]] : rest
  checkKeys("scope", options, { layout: true, limits: true, name: true, host: true, oneOf: true })
  const { layout, name, host, oneOf } = options
  const limits = options.limits === undefined ? null : resolveRouteLimits(options.limits)
  // the overloads have checked that it needs nothing, and assigns what the routes need
  const around = through as Plug
  const wrapped = (handler: Handler<never>): Handler<{}> => {
    const inner = handler as Handler<{}>
    const run: Handler<{}> = (conn) => {
      if (layout !== undefined) setLayout(conn, layout)
      return around(conn, inner)
    }
    return withDeclaration(named(run, handler), declarationOf(handler))
  }
  const wrap = (route: Route<Handler<never>>): Route<Handler<{}>> => ({
    ...route,
    pattern: joinPatterns(prefix, route.pattern),
    handler: wrapped(route.handler),
    meta: scoped(route.meta, { through, layout: layout ?? null, limits, name: name ?? null }),
  })
  return { host, oneOf, routes: flatten(routes).map(wrap) }
}

/** The scope that `scope` wrote into a route's meta, or `null` for a route outside of any. */
export function scopeOf(route: Pick<Route<unknown>, "meta">): ScopeMeta | null {
  const { meta } = route
  const isScoped = typeof meta === "object" && meta !== null && "through" in meta
  // `through` in it means that `scoped` made it
  return isScoped ? (meta as ScopeMeta) : null
}

/** The limits of a route, or `null` where its scopes set none: for servers, which have to let pass what some route takes. */
export const limitsOf = (route: Pick<Route<unknown>, "meta">): ResolvedRouteLimits | null =>
  scopeOf(route)?.limits ?? null

function scoped(meta: unknown, outer: ScopeMeta): ScopeMeta {
  const inner = scopeOf({ meta })
  const own = typeof meta === "object" && meta !== null ? meta : {}
  if (inner === null) return { ...own, ...outer }
  return {
    ...own,
    through: joined(outer.through, inner.through),
    layout: inner.layout ?? outer.layout,
    limits: innerLimits(outer.limits, inner.limits),
    name: inner.name ?? outer.name,
  }
}

// one value for the same two pipelines, wherever they meet, so that it can be compared
const pairs = new WeakMap<AnyPlug, WeakMap<AnyPlug, AnyPlug>>()

function joined(outer: AnyPlug, inner: AnyPlug): AnyPlug {
  const known = pairs.get(outer) ?? new WeakMap<AnyPlug, AnyPlug>()
  pairs.set(outer, known)
  // scopes nest only where the inner one's pipeline is content with the outer one's
  const pair = known.get(inner) ?? pipeline(outer as Plug, inner as Plug)
  known.set(inner, pair)
  return pair
}
