import type { ContextFacts } from "./check-contexts.ts"

/**
 * How contexts hang together, as a table for people: who many depend on should change seldom; who depends on many and is
 * depended on by many is where to draw another boundary.
 */
export function assess(contexts: readonly ContextFacts[]): string {
  const head = ["context", "files", "tables", "shared", "used by", "uses", "instability"]
  const rows = contexts.map(({ name, files, tables, shares, uses }) => {
    const usedBy = contexts.filter((other) => other.uses.includes(name)).length
    const edges = usedBy + uses.length
    const instability = edges === 0 ? "–" : (uses.length / edges).toFixed(2)
    return [name, files, tables.length, shares.length, usedBy, uses.length, instability].map(String)
  })
  const all = [head, ...rows]
  const widths = head.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0)))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
      )
      .join("  ")
  return `${all.map(line).join("\n")}\n`
}
