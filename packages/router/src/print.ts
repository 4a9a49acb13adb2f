import type { Route } from "./route.ts"

/**
 * Writes a table of routes for people to read.
 * @param options `describe` adds a third column, or several, such as a name found in the route's `meta`.
 * @example console.log(printRoutes(app.routes))
 */
export function printRoutes<H>(
  routes: readonly Route<H>[],
  {
    describe,
  }: { readonly describe?: ((route: Route<H>) => string | readonly string[]) | undefined } = {},
): string {
  const rows = routes.map((route) => [
    route.verb,
    `${route.host ?? ""}${route.pattern}`,
    ...[describe?.(route) ?? []].flat(),
  ])
  const columns = Math.max(0, ...rows.map((row) => row.length))
  const widths = Array.from({ length: columns }, (_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0)),
  )
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n")
}
