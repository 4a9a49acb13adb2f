import { is, SQL, StringChunk } from "drizzle-orm"
import { getTableConfig, PgColumn, type PgTable } from "drizzle-orm/pg-core"
import type { NamedConstraint, Schema } from "./schema.ts"
import { columnsOf, primaryKeyOf, toSnake } from "./table.ts"

type Kind = NamedConstraint["kind"]

/** A constraint that a Drizzle table declares itself, or its schema for it. */
export interface DeclaredConstraint {
  readonly kind: Kind
  /** The names it may have in the database: the table's own, and those that Drizzle and PostgreSQL would give. */
  readonly names: readonly string[]
  /** Property names; none for an expression over no column. */
  readonly fields: readonly string[]
}

/** What knows its constraints: a schema, or a table alone. */
export interface Constrained extends Pick<Schema, "table"> {
  readonly constraints?: Schema["constraints"] | undefined
}

/** All constraints that a schema and its table declare: what a check of the database at boot compares with. */
export const declaredConstraints = ({
  table,
  constraints = [],
}: Constrained): DeclaredConstraint[] => [
  ...uniquesOf(table),
  ...foreignKeysOf(table),
  ...checksOf(table),
  ...constraints.map(({ kind, name, fields }) => ({ kind, names: [name], fields })),
]

const declared = (
  table: PgTable,
  kind: DeclaredConstraint["kind"],
  columns: readonly object[],
  names: readonly (string | undefined)[],
): DeclaredConstraint => {
  const fields = columns.flatMap((column) => propertyOf(table, column))
  const own = names.filter((name) => name !== undefined)
  const usual = fields.length > 0 ? usualNames(table, kind, fields) : []
  // Drizzle may write columns in snake_case without telling the table
  return { kind, fields, names: [...new Set([...own, ...own.map(toSnake), ...usual])] }
}

function uniquesOf(table: PgTable): DeclaredConstraint[] {
  const primary = primaryKeyOf(table).flatMap((key) => columnsOf(table).get(key) ?? [])
  return [
    ...(primary.length > 0
      ? [declared(table, "unique", primary, [`${getTableConfig(table).name}_pkey`])]
      : []),
    ...declaredUniques(table),
  ]
}

/** What is unique beside the primary key; `where` is that of a partial index. */
export function declaredUniques(
  table: PgTable,
): (DeclaredConstraint & { readonly where?: SQL | undefined })[] {
  const { uniqueConstraints, indexes } = getTableConfig(table)
  return [
    ...[...columnsOf(table).values()]
      .filter((column) => column.isUnique)
      .map((column) => declared(table, "unique", [column], [column.uniqueName])),
    ...uniqueConstraints.map((key) => declared(table, "unique", key.columns, [key.getName()])),
    ...indexes
      .filter(({ config }) => config.unique)
      .map(({ config }) => ({
        ...declared(table, "unique", config.columns, [config.name]),
        where: config.where,
      })),
  ]
}

const foreignKeysOf = (table: PgTable): DeclaredConstraint[] =>
  getTableConfig(table).foreignKeys.map((key) =>
    declared(table, "foreignKey", key.reference().columns, [key.getName()]),
  )

const checksOf = (table: PgTable): DeclaredConstraint[] =>
  getTableConfig(table).checks.map(({ name, value }) =>
    declared(table, "check", columnsIn(value), [name]),
  )

const columnsIn = (sql: SQL): readonly PgColumn[] =>
  sql.queryChunks.flatMap((chunk) =>
    is(chunk, PgColumn) ? [chunk] : is(chunk, SQL) ? columnsIn(chunk) : [],
  )

/** Whether an expression is about a column, also where it was written as text. */
export const mentions = (sql: SQL, column: PgColumn): boolean =>
  sql.queryChunks.some((chunk) => {
    if (is(chunk, PgColumn)) return chunk.name === column.name
    if (is(chunk, SQL)) return mentions(chunk, column)
    const words = is(chunk, StringChunk) ? chunk.value.join(" ").split(/\W+/) : []
    return words.includes(column.name) || words.includes(toSnake(column.name))
  })

/** By name: what a constraint was given may be a copy of the column, and an expression has none. */
const propertyOf = (table: PgTable, column: object): string[] =>
  [...columnsOf(table)]
    .filter(([, { name }]) => name === Reflect.get(column, "name"))
    .map(([property]) => property)

const endings: Readonly<Record<Kind, readonly string[]>> = {
  unique: ["unique", "key", "index", "idx"],
  foreignKey: ["fkey", "fk"],
  check: ["check"],
  exclusion: ["excl", "exclusion"],
}

/** The names that PostgreSQL and Drizzle give to a constraint over these fields. */
export function usualNames(table: PgTable, kind: Kind, fields: readonly string[]): string[] {
  const { name } = getTableConfig(table)
  const columns = fields.map((field) => columnsOf(table).get(field)?.name ?? field)
  const stems = [columns, columns.map(toSnake)].map((parts) => [name, ...parts].join("_"))
  return stems.flatMap((stem) => endings[kind].map((ending) => `${stem}_${ending}`))
}

/** The names that a constraint over exactly these fields may have. */
export function namesOver(of: Constrained, kind: Kind, fields: readonly string[]): string[] {
  const covers = (others: readonly string[]) =>
    others.length === fields.length && fields.every((field) => others.includes(field))
  const own = declaredConstraints(of).filter((known) => known.kind === kind && covers(known.fields))
  return [...usualNames(of.table, kind, fields), ...own.flatMap(({ names }) => names)]
}

/** Whether it is one of these names, as PostgreSQL keeps them. */
export const isNamed = (names: readonly string[], name: string): boolean =>
  names.some((known) => stored(known) === stored(name))

/** PostgreSQL keeps 63 bytes of a name: postgresql.org/docs/current/sql-syntax-lexical.html */
const stored = (name: string): string =>
  name.length <= 20 ? name : Buffer.from(name).subarray(0, 63).toString()
