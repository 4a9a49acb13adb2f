import { is, SQL } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"

/** What a column has when nobody says: its default, or undefined when it needs a value. */
export function defaultOf(column: PgColumn, sequence: number, now: () => number): unknown {
  if (column.defaultFn !== undefined) return column.defaultFn()
  const value: unknown = column.default
  if (value !== undefined && !is(value, SQL)) return value
  if (column.hasDefault) return standIn(column, sequence, now)
  return column.notNull ? undefined : null
}

/** For what only the database could compute: a number, an id, the time. */
function standIn(column: PgColumn, sequence: number, now: () => number): unknown {
  if (column.columnType === "PgUUID") return uuidOf(sequence)
  switch (column.dataType) {
    case "number":
      return sequence
    case "bigint":
      return BigInt(sequence)
    case "date":
      return new Date(now())
    case "string":
      return column.columnType === "PgTimestampString" ? new Date(now()).toISOString() : undefined
    default:
      return undefined
  }
}

/** A valid UUID (version 4) that tells which row it is of. */
const uuidOf = (sequence: number): string =>
  `00000000-0000-4000-8000-${sequence.toString(16).padStart(12, "0")}`
