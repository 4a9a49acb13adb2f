import { type AnyColumn, avg, max, min, type SQL, sum } from "drizzle-orm"
import type { Aggregate } from "../repo.ts"

type Expression = (column: AnyColumn) => SQL<unknown>
const expressions: Readonly<Record<Aggregate, Expression>> = { min, max, sum, avg }

/** What stands in the query. */
export const aggregated = (what: Aggregate, column: AnyColumn): SQL<unknown> =>
  expressions[what](column)

/** Sums and averages come as text: a number, where it is one that holds the value. */
export function exact(what: Aggregate, column: AnyColumn, value: unknown): unknown {
  if (what === "min" || what === "max" || typeof value !== "string") return value
  const number = Number(value)
  const holds = column.dataType === "number" && Math.abs(number) <= Number.MAX_SAFE_INTEGER
  return holds ? number : value
}
