import type { PgTable } from "drizzle-orm/pg-core"
import { getTableConfig } from "drizzle-orm/pg-core"
import { columnsOf, primaryKeyOf, toSnake } from "./table.ts"

export type ConstraintKind = "unique" | "foreignKey" | "check" | "exclusion"

/** What the database may refuse, and what the form says then. */
export interface Constraint {
  readonly kind: ConstraintKind
  /** The first of them gets the message. */
  readonly fields: readonly [string, ...string[]]
  /** Its name in the database; without it, any of the usual ones. */
  readonly name: string | undefined
  readonly message: string
}

export interface ConstraintOptions {
  /** Its name in the database; by default the names PostgreSQL and Drizzle give. */
  readonly name?: string | undefined
  readonly message?: string | undefined
}

const messages: Readonly<Record<ConstraintKind, string>> = {
  unique: "has already been taken",
  foreignKey: "does not exist",
  check: "is invalid",
  exclusion: "violates an exclusion constraint",
}

/** A constraint over `fields`, as its author declares it. */
export const constraint = (
  kind: ConstraintKind,
  fields: Constraint["fields"],
  { name, message = messages[kind] }: ConstraintOptions = {},
): Constraint => ({ kind, fields, name, message })

// a conflict with rows that refer to this one is 23001 since PostgreSQL 18, where the key says RESTRICT
const kinds: ReadonlyMap<string, ConstraintKind> = new Map([
  ["23505", "unique"],
  ["23503", "foreignKey"],
  ["23001", "foreignKey"],
  ["23514", "check"],
  ["23P01", "exclusion"],
])

/** The constraint that a database error is about: the first declared with that kind and name. */
export function broken(
  table: PgTable,
  constraints: readonly Constraint[],
  { code, constraint }: { readonly code: string; readonly constraint: string },
): Constraint | undefined {
  const kind = kinds.get(code)
  return constraints.find(
    (known) =>
      known.kind === kind &&
      namesOf(table, known).some((name) => stored(name) === stored(constraint)),
  )
}

const namesOf = (table: PgTable, { kind, fields, name }: Constraint): readonly string[] =>
  name === undefined ? usualNames(table, kind, fields) : [name]

function usualNames(
  table: PgTable,
  kind: ConstraintKind,
  fields: readonly [string, ...string[]],
): string[] {
  const { name } = getTableConfig(table)
  const columns = fields.map((field) => columnsOf(table).get(field)?.name ?? field)
  // Drizzle may write the columns in snake_case without telling the table
  const stems = [columns, columns.map(toSnake)].map((parts) => [name, ...parts].join("_"))
  const endings: Readonly<Record<ConstraintKind, readonly string[]>> = {
    unique: ["unique", "key", "index", "idx"],
    foreignKey: ["fkey", "fk"],
    check: ["check"],
    exclusion: ["excl", "exclusion"],
  }
  return [
    ...stems.flatMap((stem) => endings[kind].map((ending) => `${stem}_${ending}`)),
    ...declaredNames(table, kind, fields),
  ]
}

/** The names that the Drizzle table itself gives to constraints over exactly these fields. */
function declaredNames(table: PgTable, kind: ConstraintKind, fields: readonly string[]): string[] {
  const { uniqueConstraints, indexes, foreignKeys, name } = getTableConfig(table)
  const columns = fields.map((field) => columnsOf(table).get(field))
  // by name: what constraints were given may be copies of the columns; an expression has none
  const covers = (others: readonly object[]) =>
    others.length === columns.length &&
    columns.every((column) => others.some((other) => Reflect.get(other, "name") === column?.name))
  if (kind === "unique") {
    const primary = primaryKeyOf(table)
    const isPrimary =
      primary.length === fields.length && primary.every((key) => fields.includes(key))
    return [
      ...(isPrimary ? [`${name}_pkey`] : []),
      ...columns.flatMap((column) => (columns.length === 1 ? (column?.uniqueName ?? []) : [])),
      ...uniqueConstraints
        .filter((unique) => covers(unique.columns))
        .flatMap((unique) => unique.getName() ?? []),
      ...indexes
        .filter(({ config }) => config.unique && config.name && covers(config.columns))
        .flatMap(({ config }) => config.name ?? []),
    ]
  }
  if (kind !== "foreignKey") return []
  return foreignKeys
    .filter((key) => covers(key.reference().columns))
    .flatMap((key) => [key.getName(), toSnake(key.getName())])
}

/** PostgreSQL keeps 63 bytes of a name: postgresql.org/docs/current/sql-syntax-lexical.html */
const stored = (name: string): string =>
  name.length <= 20 ? name : Buffer.from(name).subarray(0, 63).toString()
