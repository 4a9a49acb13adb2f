import type { Answer } from "../driver.ts"
import type { SqlRow } from "../sql.ts"
import { decodersOf, drizzle, plain } from "./codec.ts"

/** Rows by column name, for people. */
export function objects({ columns, rows }: Answer): SqlRow[] {
  const decode = decodersOf(columns, plain)
  return rows.map((row) =>
    // a column may have any name, `__proto__` too
    Object.fromEntries(columns.map(({ name }, at) => [name, value(row[at], decode[at])])),
  )
}

/** Rows by position, for Drizzle's columns to decode. */
export function arrays({ columns, rows }: Answer): unknown[][] {
  const decode = decodersOf(columns, drizzle)
  return rows.map((row) => row.map((text, at) => value(text, decode[at])))
}

const value = (
  text: string | null | undefined,
  decode: ((text: string) => unknown) | undefined,
): unknown => (text === null || text === undefined ? null : decode ? decode(text) : text)
