import {
  type Action,
  type AnyResourcePaths,
  type Constraints,
  type Path,
  type RouteGroup,
  resources as resourceRoutes,
  type Verb,
} from "@bennu/router"
import type { Conn } from "./conn.ts"
import type { Answer } from "./plug.ts"
import type { Handler } from "./routes.ts"

/** The parameters that a path names. */
type NamesIn<P> = P extends Path<infer N, infer _ extends Verb> ? N : never

/** One handler for each action that the paths have. Its conn has the parameters of that action's path. */
export type ResourceHandlers<A, P> = {
  readonly [K in keyof P & Action]: (conn: Conn<A, NamesIn<P[K]>>) => Answer
}

/**
 * Routes of something that is listed, shown, made, changed and deleted: one handler an action, none forgotten and none too
 * many. What is nested has paths, and so a call, of its own.
 * @throws {ResourceError} when an action has no handler.
 * @example resources(resourcePaths("/posts", { only: ["index", "show"] }), { index: list, show: (conn) => show(conn.params.id) })
 */
export function resources<A, P extends AnyResourcePaths>(
  paths: P,
  handlers: ResourceHandlers<A, NoInfer<P>>,
  options: Constraints = {},
): RouteGroup<Handler<A>> {
  // the router gives each action the parameters that its pattern names, and those are the handler's
  const known = handlers as Readonly<Record<Action, Handler<A>>>
  return resourceRoutes(paths, known, { ...options, above: resources })
}
