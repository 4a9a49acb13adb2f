import { is, SQL } from "drizzle-orm"
import type { PgColumn } from "drizzle-orm/pg-core"
import type { Problem } from "./changeset-issue.ts"
import { isArray, readDate } from "./read.ts"

/**
 * Says why a column cannot hold a value, or null. The rules decide what is wanted; this decides what PostgreSQL
 * would refuse with an error that no form can show: a NUL in text, a number out of range, a word that is no uuid.
 */
export function misfit(column: PgColumn, value: unknown): Problem | null {
  if (value === null) return column.notNull ? BLANK : null
  if (typeof value === "object" && is(value, SQL)) return null
  if (isArray(column)) {
    if (!Array.isArray(value)) return INVALID
    return value.every((item) => item === null || misfit(column.baseColumn, item) === null)
      ? null
      : INVALID
  }
  switch (column.dataType) {
    case "string":
      return typeof value === "string" ? misfitText(column, value) : INVALID
    case "number":
      return typeof value === "number" && numberFits(column, value) ? null : INVALID
    case "bigint":
      return typeof value === "bigint" && integerFits(column, value) ? null : INVALID
    case "boolean":
      return typeof value === "boolean" ? null : INVALID
    case "date":
      return value instanceof Date && dateFits(value) ? null : INVALID
    case "array":
      return Array.isArray(value) ? null : INVALID
    case "json":
      return jsonFits(value) ? null : INVALID
    default:
      return null
  }
}

const INVALID: Problem = { message: "is invalid", code: "type" }
const BLANK: Problem = { message: "can't be blank", code: "required" }

function misfitText(column: PgColumn, text: string): Problem | null {
  if (!storable(text)) return INVALID
  if (column.enumValues?.length && !column.enumValues.includes(text)) return INVALID
  const length: unknown = Reflect.get(column, "length")
  if (typeof length === "number" && text.length > length && [...text].length > length) {
    const message = `should be at most ${length} character(s)`
    return { message, code: "length.max", params: { count: length } }
  }
  const fits = formats.get(column.columnType)?.(text) ?? true
  return fits && (column.columnType !== "PgNumeric" || digitsFit(column, text)) ? null : INVALID
}

const formats: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ["PgUUID", (text) => /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i.test(text)],
  ["PgNumeric", (text) => text.length <= 1000 && /^[+-]?\d+(\.\d+)?$/.test(text)],
  ["PgDateString", (text) => text.length === 10 && instantFits(text)],
  ["PgTimestampString", instantFits],
  [
    "PgTime",
    (text) => /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)?$/.test(text),
  ],
])

// a numeric column has room for any bigint that could have been sent
const integerFits = (column: PgColumn, value: bigint): boolean =>
  column.columnType === "PgNumericBigInt"
    ? digitsFit(column, String(value))
    : BigInt.asIntN(64, value) === value

/** Whether the digits before the point are as few as `numeric({ precision, scale })` allows; others are rounded. */
function digitsFit(column: PgColumn, text: string): boolean {
  const precision: unknown = Reflect.get(column, "precision")
  if (typeof precision !== "number") return true
  const scale: unknown = Reflect.get(column, "scale")
  const room = precision - (typeof scale === "number" ? scale : 0)
  return Math.abs(Number(text)) < 10 ** room - 0.5 * 10 ** (room - precision)
}

const ranges: ReadonlyMap<string, number> = new Map([
  ["PgSmallInt", 2 ** 15],
  ["PgSmallSerial", 2 ** 15],
  ["PgInteger", 2 ** 31],
  ["PgSerial", 2 ** 31],
  ["PgBigInt53", 2 ** 53],
  ["PgBigSerial53", 2 ** 53],
])

function numberFits(column: PgColumn, number: number): boolean {
  const range = ranges.get(column.columnType)
  if (column.columnType === "PgReal") {
    // what four bytes would round to nothing or to infinity is out of range
    const rounded = Math.fround(number)
    return Number.isFinite(rounded) && (rounded !== 0 || number === 0)
  }
  if (range === undefined) return Number.isFinite(number) && digitsFit(column, String(number))
  return Number.isInteger(number) && number >= -range && number < range
}

function instantFits(text: string): boolean {
  const date = readDate(text)
  return date !== null && dateFits(date)
}

// beyond these years `toISOString` writes what PostgreSQL does not read
const dateFits = (date: Date): boolean =>
  !Number.isNaN(+date) && date.getUTCFullYear() >= 1 && date.getUTCFullYear() <= 9999

const MAX_DEPTH = 64

/** PostgreSQL's text is UTF-8 without NUL, so half of a surrogate pair has no place in it either. */
const storable = (text: string): boolean => !text.includes("\0") && text.isWellFormed()

/** jsonb holds no NUL, and what is nested without end would exhaust whoever walks it. */
function jsonFits(value: unknown, depth = 0): boolean {
  if (depth > MAX_DEPTH) return false
  switch (typeof value) {
    case "string":
      return storable(value)
    case "number":
      return Number.isFinite(value)
    case "boolean":
      return true
    case "object":
      if (value === null || value instanceof Date) return true
      return Object.entries(value).every(
        ([key, item]) => storable(key) && (item === undefined || jsonFits(item, depth + 1)),
      )
    default:
      return false
  }
}
