import { getTableColumns } from "drizzle-orm"
import { getTableConfig, type PgColumn, type PgTable } from "drizzle-orm/pg-core"

const columns = new WeakMap<PgTable, ReadonlyMap<string, PgColumn>>()

/** A table's columns by property name. */
export function columnsOf(table: PgTable): ReadonlyMap<string, PgColumn> {
  let found = columns.get(table)
  if (found === undefined) {
    found = new Map(Object.entries(getTableColumns(table)))
    columns.set(table, found)
  }
  return found
}

/** The property names of the primary key, in order. */
export function primaryKeyOf(table: PgTable): readonly string[] {
  const composite = getTableConfig(table).primaryKeys[0]?.columns
  // Drizzle hands the columns of a composite key out as objects of their own
  const isKey = (column: PgColumn) =>
    column.primary || (composite?.some(({ name }) => name === column.name) ?? false)
  return [...columnsOf(table)].filter(([, column]) => isKey(column)).map(([property]) => property)
}

/** The name of one row of a table: `articles` → `article`, `categories` → `category`. */
export function singular(name: string): string {
  if (name.endsWith("ies")) return `${name.slice(0, -3)}y`
  for (const ending of ["ses", "xes", "zes", "ches", "shes"]) {
    if (name.endsWith(ending)) return name.slice(0, -2)
  }
  return name.endsWith("s") && !name.endsWith("ss") ? name.slice(0, -1) : name
}

/** `blog_post` → `blogPost`. */
export const toCamel = (name: string): string =>
  name
    .split("_")
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("")

/** `blogPost` → `blog_post`, as Drizzle's `casing: "snake_case"` writes it. */
export const toSnake = (name: string): string =>
  name.replace(/[A-Z]/g, (letter, at) => (at === 0 ? "" : "_") + letter.toLowerCase())
