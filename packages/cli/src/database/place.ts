import type { Problem } from "../contexts/problem.ts"

/** Takes `/app/migrations/1_one.sql:2:5` apart. */
export function at(place: string): Pick<Problem, "file" | "line" | "column"> {
  const [, file = place, line = "1", column = "1"] = /^(.+?):(\d+)(?::(\d+))?$/.exec(place) ?? []
  return { file, line: Number(line), column: Number(column) }
}
