import { Hosts } from "./host.ts"
import { placeOfCall } from "./place.ts"
import { flatten, type Route, type RouteGroup, verbs } from "./route.ts"
import { type Match, Table } from "./table.ts"

/** Finds who handles a request. */
export interface Router<out H> extends RouteGroup<H> {
  /** All routes, groups resolved, in the order in which they were given. */
  readonly routes: readonly Route<H>[]
  /**
   * Finds the route for a request, or `null`.
   * @param verb As the request says it; `HEAD` finds what answers `GET`.
   * @param path The path of the URL as it was sent: percent-encoded, without the query.
   * @param host As the request says it, a port does not matter. Without it, routes with a `host` are not found.
   */
  match(verb: string, path: string, host?: string): Match<H> | null
  /**
   * What a path would answer to, for the `Allow` header of a 405 and of an answer to `OPTIONS`; empty when there is no
   * such path.
   */
  allowed(path: string, host?: string): readonly string[]
}

/**
 * Makes one table of routes.
 *
 * The host comes first: routes for it, for what it is beneath (`*.example.com`), for any. Then text beats a parameter with
 * listed values, that beats any parameter, and that `*`, from left to right. Then the verb: a route for it beats one for any. The order of
 * the routes does not matter. The time a match takes is bounded by the table and linear in the length of the path.
 * @throws {RouteConflictError} when two routes claim the same addresses, or one would never be reached.
 * @throws {PatternError} when a pattern or host means nothing.
 * @example router({ verb: "GET", pattern: "/posts/:id", handler: 1 }).match("GET", "/posts/7")?.params.id // "7"
 */
export function router<H>(...routes: readonly (Route<H> | RouteGroup<H>)[]): Router<H> {
  const place = placeOfCall(router)
  const flat = Object.freeze(flatten(routes))
  const byHost = Map.groupBy(flat, ({ host }) => host)
  const everywhere = new Table(byHost.get(undefined) ?? [], place)
  const hosts = new Hosts<Table<H>>()
  for (const [host, ours] of byHost) if (host !== undefined) hosts.set(host, new Table(ours, place))
  const hostless = byHost.size === Number(byHost.has(undefined))
  const tablesOf = (host: string) => [...hosts.of(host), everywhere]

  return {
    routes: flat,
    match(verb, path, host) {
      if (hostless || host === undefined) return everywhere.match(verb, path)
      for (const table of tablesOf(host)) {
        const match = table.match(verb, path)
        if (match !== null) return match
      }
      return null
    },
    allowed(path, host) {
      const tables = host === undefined ? [everywhere] : tablesOf(host)
      return verbs.filter((verb) => tables.some((table) => table.match(verb, path) !== null))
    },
  }
}
