import type { PgColumn } from "drizzle-orm/pg-core"

/**
 * A value as an input has it. Times are written in UTC and without a zone, as `datetime-local` wants them and
 * `cast` reads them; what no input could hold is empty.
 */
export function textOf(value: unknown, column?: PgColumn | undefined): string {
  switch (typeof value) {
    case "string":
      return value
    case "number":
      return Number.isNaN(value) ? "" : String(value)
    case "boolean":
    case "bigint":
      return String(value)
    case "object":
      if (value instanceof Date) return textOfDate(value, column?.columnType === "PgDate")
      return value === null || column?.dataType !== "json" ? "" : textOfJson(value)
    default:
      return ""
  }
}

/** The values chosen in a list. */
export const textsOf = (value: unknown, column?: PgColumn | undefined): readonly string[] =>
  [value]
    .flat()
    .map((item) => textOf(item, column))
    .filter((text) => text !== "")

function textOfDate(date: Date, dayOnly: boolean): string {
  if (Number.isNaN(+date)) return ""
  const [day = "", time = ""] = date.toISOString().split("T")
  if (dayOnly) return day
  const [minutes, rest] = [time.slice(0, 5), time.slice(5, -1)]
  if (rest === ":00.000") return `${day}T${minutes}`
  return `${day}T${minutes}${rest.endsWith(".000") ? rest.slice(0, -4) : rest}`
}

function textOfJson(value: object): string {
  try {
    return JSON.stringify(value)
  } catch {
    // a bigint or a circle: it did not come from the database, and no input could show it
    return ""
  }
}
