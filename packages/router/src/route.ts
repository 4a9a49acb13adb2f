import { joinPatterns } from "./join-patterns.ts"
import type { Place } from "./place.ts"

/** What a route answers to. `GET` answers `HEAD` too, unless a route of its own does. */
export type Verb = "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS"

export const verbs = [
  "GET",
  "HEAD",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "OPTIONS",
] as const satisfies readonly Verb[]

/** The values that parameters may have, by name: `{ locale: ["en", "de"] }`. Other values are other addresses. */
export type OneOf = Readonly<Record<string, readonly string[]>>

/** What a route, or all routes of a group, are bound to and bring along. */
export interface Constraints {
  /** Answers on this host only: `api.example.com`, or `*.example.com` for all beneath it. Without a port. */
  readonly host?: string | undefined
  /** Which values parameters may have. */
  readonly oneOf?: OneOf | undefined
  /** What a handler finds assigned. The router hands it on. */
  readonly assigns?: Readonly<Record<string, unknown>> | undefined
  /** The same for libraries, by keys of their own. */
  readonly private?: Readonly<Record<symbol, unknown>> | undefined
}

/** One line of a route table. What handles it is the caller's type. */
export interface Route<out H> extends Constraints {
  /** `"*"` is any verb, unknown ones too; a route for the verb itself is asked first. */
  readonly verb: Verb | "*"
  /** `/posts/:id`, `/@:name`, `/files/*`. */
  readonly pattern: string
  readonly handler: H
  /** For whoever made the route; the router hands it on. */
  readonly meta?: unknown
  /** Where it was declared, for errors. */
  readonly place?: Place | undefined
}

/** Routes that were made together. A router is one too, so that routers can be put together. */
export interface RouteGroup<out H> extends Constraints {
  readonly routes: readonly (Route<H> | RouteGroup<H>)[]
  /** Stands before the patterns of all: `/admin`. */
  readonly prefix?: string | undefined
}

/**
 * The routes in groups and in the groups within, in order, each with what its groups say: the inner word counts.
 */
export function flatten<H>(routes: readonly (Route<H> | RouteGroup<H>)[]): Route<H>[] {
  const flat: Route<H>[] = []
  for (const entry of routes) {
    if (!("routes" in entry)) flat.push(entry)
    else for (const route of flatten(entry.routes)) flat.push(within(entry, route))
  }
  return flat
}

function within<H>(group: RouteGroup<H>, route: Route<H>): Route<H> {
  const { prefix, host, oneOf, assigns } = group
  const said = prefix ?? host ?? oneOf ?? assigns ?? group.private
  if (said === undefined) return route
  return {
    ...route,
    pattern: prefix === undefined ? route.pattern : joinPatterns(prefix, route.pattern),
    host: route.host ?? host,
    oneOf: merged(oneOf, route.oneOf),
    assigns: merged(assigns, route.assigns),
    private: merged(group.private, route.private),
  }
}

/** @internal Both, where there are both; of what both say, the inner word. */
export const merged = <T extends object>(
  outer: T | undefined,
  inner: T | undefined,
): T | undefined =>
  outer === undefined || inner === undefined ? (inner ?? outer) : { ...outer, ...inner }

/** As people read it: `GET /posts/:id`, `GET api.example.com/posts/:id`. */
export const nameOf = ({ verb, host = "", pattern }: Route<unknown>): string =>
  `${verb} ${host}${pattern}`
