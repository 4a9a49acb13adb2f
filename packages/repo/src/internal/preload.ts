import type { Relation, Schema } from "@bennu/schema"
import { asc, eq, getTableColumns, Param, type SQL, sql } from "drizzle-orm"
import type { PgColumn, PgTable } from "drizzle-orm/pg-core"
import { RepoUsageError } from "../errors.ts"
import type { QueryBuilder } from "../repo.ts"
import { columnOf } from "./keys.ts"

type AnyRow = Readonly<Record<string, unknown>>

/** Loads relations of rows: one query for each relation, whatever the number of rows. */
export async function preload(
  db: QueryBuilder,
  schema: Schema,
  rows: readonly AnyRow[],
  names: readonly string[],
): Promise<AnyRow[]> {
  const loaded = await Promise.all(names.map((name) => load(db, schema, rows, name)))
  return rows.map((row) => Object.assign({}, row, ...loaded.map((relatedTo) => relatedTo(row))))
}

/** What a relation adds to a row. */
type RelatedTo = (row: AnyRow) => AnyRow

async function load(
  db: QueryBuilder,
  schema: Schema,
  rows: readonly AnyRow[],
  name: string,
): Promise<RelatedTo> {
  // an embed is a column, so it is there already
  if (schema.embeds.has(name)) return () => ({})
  const relation = schema.relations.get(name)
  if (relation === undefined) throw unknown(schema, name)
  const join = relation.join()
  const own = columnOf(schema.table, join.from)
  const keys = [...new Map(rows.map((row) => [key(own, row[join.from]), row[join.from]])).values()]
  const values = keys.filter((value) => value !== null && value !== undefined)
  const found = values.length === 0 ? [] : await related(db, join, values)
  const groups = Map.groupBy(found, ([of]) => of)
  return (row) => {
    const others = (groups.get(key(own, row[join.from])) ?? []).map(([, other]) => other)
    return { [name]: relation.many ? others : (others[0] ?? null) }
  }
}

/** Rows of the other side, each with the key of the rows it belongs to. */
async function related(
  db: QueryBuilder,
  { table, to, through }: ReturnType<Relation["join"]>,
  values: readonly unknown[],
): Promise<(readonly [string, AnyRow])[]> {
  const order = orderOf(table)
  const other = columnOf(table, to)
  if (through === null) {
    const rows: AnyRow[] = await db
      .select()
      .from(table)
      .where(anyOf(other, values))
      .orderBy(...order)
    return rows.map((row) => [key(other, row[to]), row] as const)
  }
  const from = columnOf(through.table, through.from)
  const rows = await db
    .select({ of: from, row: getTableColumns(table) })
    .from(through.table)
    .innerJoin(table, eq(columnOf(through.table, through.to), other))
    .where(anyOf(from, values))
    .orderBy(...order)
  return rows.map(({ of, row }) => [key(from, of), row] as const)
}

/** `column = any($1)`: one parameter and one text for any number of values, so that the server knows the statement. */
function anyOf(column: PgColumn, values: readonly unknown[]): SQL {
  const encoded = values.map((value) => column.mapToDriverValue(value))
  return sql`${column} = any(${new Param(encoded)})`
}

/** By primary key, so that lists have the same order each time. */
const orderOf = (table: PgTable): SQL[] =>
  Object.values(columnsOf(table))
    .filter((column) => column.primary)
    .map((column) => asc(column))

const columnsOf = (table: PgTable): Readonly<Record<string, PgColumn>> => getTableColumns(table)

/** A value as something that compares by its content: a Date, a bigint, a string. */
const key = (column: PgColumn, value: unknown): string =>
  value === null || value === undefined ? "" : String(column.mapToDriverValue(value))

const unknown = (schema: Schema, name: string) =>
  new RepoUsageError(
    `${schema.name} has no relation ${JSON.stringify(name)}`,
    `It has ${[...schema.relations.keys()].join(", ") || "none"}.`,
  )
