import { relative, sep } from "node:path"
import { lineOf, printRoutes, type Route } from "@bennu/router"

/** A line of an app's routes, as programs read it. */
export interface ShownRoute {
  readonly verb: string
  readonly host: string | null
  readonly pattern: string
  /** The values that parameters may have, where they are listed. */
  readonly oneOf: Readonly<Record<string, readonly string[]>>
  /** What the handler is called; empty for one without a name. */
  readonly handler: string
  /** Where it is declared, from the folder in which the command runs: `src/router.ts:12`. */
  readonly place: string | null
}

/** What is known of a route. */
export const shownRoute = (route: Route<unknown>, cwd: string): ShownRoute => ({
  verb: route.verb,
  host: route.host ?? null,
  pattern: route.pattern,
  oneOf: route.oneOf ?? {},
  handler: typeof route.handler === "function" ? route.handler.name : "",
  place: placeOf(route, cwd),
})

function placeOf({ place }: Route<unknown>, cwd: string): string | null {
  const line = lineOf(place)
  return line === null ? null : relative(cwd, line).split(sep).join("/")
}

/** Routes as a table for people, a line each, or as JSON. */
export function showRoutes(
  routes: readonly Route<unknown>[],
  format: "text" | "json",
  cwd: string,
): string {
  if (format === "json") {
    return `${JSON.stringify(
      routes.map((route) => shownRoute(route, cwd)),
      null,
      2,
    )}\n`
  }
  const describe = (route: Route<unknown>) => {
    const { handler, place } = shownRoute(route, cwd)
    return [handler, place ?? ""]
  }
  return routes.length === 0 ? "" : `${printRoutes(routes, { describe })}\n`
}
