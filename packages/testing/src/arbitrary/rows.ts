import type { Schema } from "@bennu/schema"
import type { PgColumn } from "drizzle-orm/pg-core"
import * as fc from "fast-check"
import { columnValues } from "./columns.ts"
import { ArbitraryError } from "./errors.ts"
import { type Replacements, zodValues } from "./zod.ts"

type Made = fc.Arbitrary<unknown>

export interface RowSources {
  /** Rows to belong to, by the relation's name. */
  readonly refs: ReadonlyMap<string, readonly object[]>
  /** What makes some columns' values. */
  readonly given: ReadonlyMap<string, Made>
  /** The app's own rules, by field, as zod says them. */
  readonly rules: ReadonlyMap<string, unknown>
  readonly replacements: Replacements
}

/** Rows to insert, as a table and whatever stands around it allow them. */
export function rowValues(schema: Schema, sources: RowSources): fc.Arbitrary<object> {
  const keys = keysOf(schema, sources.refs)
  const fields: Record<string, Made> = {}
  const required: string[] = []
  for (const [name, column] of schema.columns) {
    if (isComputed(schema, name, column) && !sources.given.has(name)) continue
    fields[name] = fieldValues(schema, name, column, sources, keys)
    if (!column.hasDefault) required.push(name)
  }
  return fc.record(fields, { requiredKeys: required, noNullPrototype: true })
}

/** What the database makes by itself, and a key that it draws: two rows with the same are none. */
const isComputed = ({ primaryKey }: Schema, name: string, column: PgColumn): boolean =>
  column.generated !== undefined ||
  column.generatedIdentity !== undefined ||
  (primaryKey.includes(name) && column.hasDefault)

function fieldValues(
  { name: table, embeds }: Schema,
  name: string,
  column: PgColumn,
  { given, rules, replacements }: RowSources,
  keys: ReadonlyMap<string, Made | null>,
): Made {
  const own = given.get(name) ?? keys.get(name)
  if (own) return own
  const optional = (made: Made): Made => (column.notNull ? made : fc.option(made, { nil: null }))
  if (keys.has(name)) {
    if (!column.notNull) return fc.constant(null)
    throw new ArbitraryError(
      `rows of "${table}" belong to others by "${name}", and there are none to belong to`,
      "Give some: arbitrary(schema, { refs: { author: [ada, grace] } }).",
    )
  }
  const rule = rules.get(name) ?? embeds.get(name)
  // what is under a rule's or an embed's name is a schema; whether it is zod's is looked at
  if (rule !== undefined && isZod(rule)) return optional(zodValues(rule, replacements))
  const made = columnValues(column)
  if (made !== undefined) return made
  throw new ArbitraryError(
    `nobody knows what "${table}"."${name}" holds, a column of type ${column.columnType}`,
    `Say what makes its values: arbitrary(schema, { given: { ${name}: fc.string() } }).`,
  )
}

export const isZod = (schema: unknown): schema is Parameters<typeof zodValues>[0] =>
  typeof schema === "object" && schema !== null && "_zod" in schema

/** What refers to other rows: a key of one of those that were given, or null for none. */
function keysOf(
  { relations }: Schema,
  refs: ReadonlyMap<string, readonly object[]>,
): ReadonlyMap<string, Made | null> {
  const keys = new Map<string, Made | null>()
  for (const [name, relation] of relations) {
    if (relation.kind !== "belongsTo") continue
    const { from, to } = relation.join()
    const rows = refs.get(name) ?? []
    const values: unknown[] = rows.map((row) => Reflect.get(row, to))
    keys.set(from, values.length === 0 ? null : fc.constantFrom(...values))
  }
  return keys
}
