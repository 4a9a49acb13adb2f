/** Puts a prefix before a pattern: `/admin` and `/users` are `/admin/users`, `/admin` and `/` are `/admin`. */
export function joinPatterns(prefix: string, pattern: string): string {
  const base = prefix.endsWith("/") ? prefix.slice(0, -1) : prefix
  return base === "" ? pattern : pattern === "/" ? base : base + pattern
}
