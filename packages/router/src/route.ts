/** What a route answers to. `HEAD` is answered by `GET`. */
export type Verb = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"

export const verbs = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const satisfies readonly Verb[]

/** One line of a route table. What handles it is the caller's type. */
export interface Route<out H> {
  readonly verb: Verb
  /** `/posts/:id`, `/@:name`, `/files/*`. */
  readonly pattern: string
  readonly handler: H
  /** For whoever made the route; the router hands it on. */
  readonly meta?: unknown
}

/** Routes that were made together. A router is one too, so that routers can be put together. */
export interface RouteGroup<out H> {
  readonly routes: readonly (Route<H> | RouteGroup<H>)[]
}

/** The routes in a group and in the groups within, in order. */
export function flatten<H>(routes: readonly (Route<H> | RouteGroup<H>)[]): Route<H>[] {
  return routes.flatMap((route) => ("routes" in route ? flatten(route.routes) : [route]))
}

/** As people read it: `GET /posts/:id`. */
export const nameOf = ({ verb, pattern }: Route<unknown>): string => `${verb} ${pattern}`
