import type { Route } from "./route.ts"

/**
 * Writes a table of routes for people to read.
 * @param options `describe` adds a third column, such as a name found in the route's `meta`.
 * @example console.log(printRoutes(app.routes))
 */
export function printRoutes<H>(
  routes: readonly Route<H>[],
  { describe }: { readonly describe?: ((route: Route<H>) => string) | undefined } = {},
): string {
  const rows = routes.map((route) => [
    route.verb,
    `${route.host ?? ""}${route.pattern}`,
    describe?.(route) ?? "",
  ])
  const widths = [0, 1].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}
