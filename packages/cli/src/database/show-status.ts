import type { MigrationStatus } from "@bennu/migrations"

/** The states of migrations as a table for people, a line each, or as JSON. */
export function showStatus(states: readonly MigrationStatus[], format: "text" | "json"): string {
  if (format === "json") return `${JSON.stringify(states, null, 2)}\n`
  const rows = states.map(({ id, state, appliedAt, duration, by, appVersion }) => [
    id,
    state,
    appliedAt?.toISOString() ?? "",
    duration === null ? "" : `${Math.round(duration)} ms`,
    by ?? "",
    appVersion ?? "",
  ])
  const table = [["migration", "state", "applied", "took", "by", "app"], ...rows]
  const widths = table[0]?.map((_, at) => Math.max(...table.map((row) => row[at]?.length ?? 0)))
  return table
    .map((row) =>
      row
        .map((cell, at) => cell.padEnd(widths?.[at] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("")
}
