import type { PgColumn } from "drizzle-orm/pg-core"

/** Whether a value is text of nothing but white space: what an empty input sends. */
export const isBlank = (value: unknown): boolean => typeof value === "string" && value.trim() === ""

type ArrayColumn = PgColumn & { readonly baseColumn: PgColumn }

/** A column's name for its type is read ten times as fast as Drizzle's `is` compares classes. */
export const isArray = (column: PgColumn): column is ArrayColumn => column.columnType === "PgArray"

const texts: ReadonlySet<string> = new Set(["PgText", "PgVarchar", "PgChar"])

/** Whether the column holds text of any kind, the empty one too. */
export const isText = (column: PgColumn): boolean => texts.has(column.columnType)

/**
 * Reads text as what the column holds: `"42"` for an integer, `"on"` for a boolean, `"2026-11-22T10:00"` for a
 * timestamp (UTC where no zone is said). What cannot be read comes back as it is, for the rules to refuse.
 */
export function readAs(column: PgColumn, value: unknown): unknown {
  if (isArray(column) && Array.isArray(value)) {
    // a list of check boxes sends one empty text, so that an empty choice arrives at all
    return value.filter((item) => !isBlank(item)).map((item) => readAs(column.baseColumn, item))
  }
  if (typeof value !== "string" || value.length > MAX_LENGTH) return value
  switch (column.dataType) {
    case "number":
      return readNumber(value)
    case "bigint":
      return /^[+-]?\d+$/.test(value) ? BigInt(value.replace("+", "")) : value
    case "boolean":
      return booleans.get(value) ?? value
    case "date":
      return readDate(value) ?? value
    default:
      return value
  }
}

// no number or date is written longer
const MAX_LENGTH = 100

const booleans: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["on", true],
  ["false", false],
  ["0", false],
  ["off", false],
])

function readNumber(text: string): number | string {
  if (!/^[+-]?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return text
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

const isoDate =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?)(Z|[+-]\d\d(?::?\d\d)?)?)?$/

/** An ISO 8601 date or date and time that exists; null for anything else. */
export function readDate(text: string): Date | null {
  const match = isoDate.exec(text)
  if (match === null) return null
  const [, year, month, day, time = "00:00", zone = "Z"] = match
  // 30 February would become 2 March
  const start = new Date(`${year}-${month}-${day}T00:00Z`)
  if (start.getUTCDate() !== Number(day)) return null
  // PostgreSQL writes +00 and +0530, Date reads +00:00 and +05:30
  const offset = zone.length === 3 ? `${zone}:00` : zone.replace(/^(...)(\d\d)$/, "$1:$2")
  const date = new Date(`${year}-${month}-${day}T${time}${offset}`)
  return Number.isNaN(+date) ? null : date
}
