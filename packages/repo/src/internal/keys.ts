import type { Schema } from "@bennu/schema"
import {
  and,
  eq,
  getTableColumns,
  getTableName,
  isNull,
  or,
  Param,
  type SQL,
  sql,
} from "drizzle-orm"
import type { PgColumn, PgTable } from "drizzle-orm/pg-core"
import { RepoUsageError } from "../errors.ts"
import type { Id } from "../repo.ts"
import { encode } from "./codec.ts"

/** The condition for one row by its primary key; null when no row can have that key. */
export function byId<S extends Schema>(schema: S, id: Id<S>): SQL | null {
  const values: Readonly<Record<string, unknown>> =
    typeof id === "object" ? id : { [only(schema)]: id }
  return byKey(schema, values)
}

/** A key of one column as the driver takes it; null when no row can have it. */
export function keyOf<S extends Schema>(schema: S, name: string, id: Id<S>): string | null {
  const value: unknown = typeof id === "object" ? Reflect.get(id, name) : id
  const column = schema.columns.get(name)
  if (column === undefined || value === undefined || value === null) throw missing(schema, name)
  return canHold(column, value) ? encode(column.mapToDriverValue(value)) : null
}

/** The condition for the row that `data` is, known or partly known. */
export function byKey(schema: Schema, data: Readonly<Record<string, unknown>>): SQL | null {
  const conditions: SQL[] = []
  for (const name of schema.primaryKey) {
    const column = schema.columns.get(name)
    const value = data[name]
    if (column === undefined || value === undefined || value === null) throw missing(schema, name)
    if (!canHold(column, value)) return null
    conditions.push(eq(column, value))
  }
  const condition = and(...conditions)
  if (condition === undefined) throw missing(schema, "primary key")
  return condition
}

/** The condition for rows with these values; null when there can be none. */
export function byValues(schema: Schema, values: Readonly<Record<string, unknown>>): SQL | null {
  const conditions: SQL[] = []
  for (const [name, value] of Object.entries(values)) {
    const column = columnOf(schema.table, name)
    if (value === undefined) throw missing(schema, name)
    if (value !== null && !canHold(column, value)) return null
    conditions.push(value === null ? isNull(column) : eq(column, value))
  }
  const condition = and(...conditions)
  if (condition === undefined)
    throw new RepoUsageError("no values were given to ask for", "Name a column.")
  return condition
}

/** The condition for these rows: one parameter where the key is one column. */
export function byKeys(schema: Schema, rows: readonly Readonly<Record<string, unknown>>[]): SQL {
  const [name, ...more] = schema.primaryKey
  if (name === undefined) throw missing(schema, "primary key")
  if (more.length === 0) {
    const values = rows.map((row) => row[name])
    return anyOf(columnOf(schema.table, name), values)
  }
  const conditions = rows.map((row) => byKey(schema, row)).filter((row) => row !== null)
  return or(...conditions) ?? sql`false`
}

/** `column = any($1)`: one parameter and one text for any number of values, so that the server knows the statement. */
export function anyOf(column: PgColumn, values: readonly unknown[]): SQL {
  return sql`${column} = any(${new Param(encoded(column, values))})`
}

/** Values as the driver takes those of a column. */
export const encoded = (column: PgColumn, values: readonly unknown[]): readonly unknown[] =>
  values.map((value) => column.mapToDriverValue(value))

/** A row's primary key as text that compares by its content. */
export const textOfKey = (schema: Schema, row: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(
    schema.primaryKey.map((name) =>
      String(columnOf(schema.table, name).mapToDriverValue(row[name])),
    ),
  )

function only(schema: Schema): string {
  const [name, ...more] = schema.primaryKey
  if (name !== undefined && more.length === 0) return name
  throw new RepoUsageError(
    `the primary key of ${schema.name} has ${schema.primaryKey.length} columns`,
    `Ask with an object: { ${schema.primaryKey.join(", ") || "…"} }.`,
  )
}

const missing = (schema: Schema, name: string) =>
  new RepoUsageError(
    `this row of ${schema.name} has no ${name}`,
    "A row is found by its primary key: load it from the database first.",
  )

const limits = new Map([
  ["PgSmallInt", 2n ** 15n],
  ["PgSmallSerial", 2n ** 15n],
  ["PgInteger", 2n ** 31n],
  ["PgSerial", 2n ** 31n],
  ["PgBigInt53", 2n ** 63n],
  ["PgBigSerial53", 2n ** 63n],
  ["PgBigInt64", 2n ** 63n],
  ["PgBigSerial64", 2n ** 63n],
])

/** Ids come out of addresses: what PostgreSQL would refuse to read is the id of no row. */
function canHold(column: PgColumn, value: unknown): boolean {
  if (column.columnType === "PgUUID")
    return typeof value === "string" && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value)
  const limit = limits.get(column.columnType)
  if (limit === undefined) return typeof value !== "string" || !value.includes("\0")
  const text = String(value)
  if (text.length > 20 || !/^-?\d+$/.test(text)) return false
  const number = BigInt(text)
  return number >= -limit && number < limit
}

/** A column by its property. */
export function columnOf(table: PgTable, property: string): PgColumn {
  const columns: Readonly<Record<string, PgColumn>> = getTableColumns(table)
  const column = Object.hasOwn(columns, property) ? columns[property] : undefined
  if (column !== undefined) return column
  throw new RepoUsageError(
    `${getTableName(table)} has no column ${JSON.stringify(property)}`,
    `It has ${Object.keys(getTableColumns(table)).join(", ")}; a property is meant, not its name in the database.`,
  )
}
