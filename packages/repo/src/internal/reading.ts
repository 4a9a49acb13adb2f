// Drizzle's builder cannot tell the row of a table that is a type parameter; a row of `schema.table` is what comes
// back, so the casts to Loaded<S, P> below say what `schema` says.
import type { Awaitable } from "@bennu/core"
import type { Row, Schema } from "@bennu/schema"
import { and, type SQL, sql } from "drizzle-orm"
import type { PgTable } from "drizzle-orm/pg-core"
import type { Statement } from "../driver.ts"
import { MultipleRowsError, NotFoundError } from "../errors.ts"
import type { Loaded, Preloads } from "../preloads.ts"
import type { Id, Loading, Loads, Query, Waiting } from "../repo.ts"
import type { Access } from "./access.ts"
import { clauses } from "./clauses.ts"
import { byId, byKeys, byValues, keyOf, textOfKey } from "./keys.ts"
import { type AnyPreloads, isEmpty, preload } from "./preload.ts"
import { objects } from "./rows.ts"
import type { TablePlan } from "./table-plan.ts"

export async function all<S extends Schema, const P extends Preloads<S>>(
  access: Access,
  schema: S,
  query: Query<P>,
): Promise<Loaded<S, P>[]> {
  const plan = access.plan(schema)
  const asked = plan.select(clauses(access.sight.where(schema, query.where), query))
  const rows = plan.read(await access.run(asked, query))
  return loaded<S, P>(access, schema, rows, query.preload, query)
}

export async function one<S extends Schema, const P extends Preloads<S>>(
  access: Access,
  schema: S,
  query: Query<P>,
): Promise<Loaded<S, P> | null> {
  const [row = null, ...more] = await all<S, P>(access, schema, { ...query, limit: 2 })
  if (more.length > 0) throw new MultipleRowsError(schema.name)
  return row
}

export async function get<S extends Schema, const P extends Preloads<S>>(
  access: Access,
  schema: S,
  id: Id<S>,
  options: Loads<P>,
): Promise<Loaded<S, P> | null> {
  const plan = access.plan(schema)
  const asked = keyed(access, plan, schema, id)
  if (asked === undefined) {
    const where = byId(schema, id)
    return where === null ? null : one<S, P>(access, schema, { ...options, where })
  }
  if (asked === null) return null
  const rows = plan.read(await access.run(asked, options))
  return (await loaded<S, P>(access, schema, rows, options.preload, options))[0] ?? null
}

/** The statement for a row by a key of one column, null where there can be no such row; undefined for all other keys. */
function keyed<S extends Schema>(
  { sight }: Access,
  plan: TablePlan,
  schema: S,
  id: Id<S>,
): Statement | null | undefined {
  const { primaryKey, filter } = schema
  const name = primaryKey[0]
  if (name === undefined || primaryKey.length > 1 || sight.scoped || filter !== null)
    return undefined
  const key = keyOf(schema, name, id)
  if (key === null) return null
  const text = plan.once("get", () => plan.select(sql` where ${byId(schema, id)}`).text)
  return { text, params: [key] }
}

export async function fetched<S extends Schema, const P extends Preloads<S>>(
  access: Access,
  schema: S,
  id: Id<S>,
  options: Loads<P>,
): Promise<Loaded<S, P>> {
  const row = await get<S, P>(access, schema, id, options)
  if (row === null) throw new NotFoundError(schema.name)
  return row
}

export async function getBy<S extends Schema, const P extends Preloads<S>>(
  access: Access,
  schema: S,
  values: Partial<Row<S>>,
  options: Loads<P>,
): Promise<Loaded<S, P> | null> {
  const where = byValues(schema, values)
  return where === null ? null : one<S, P>(access, schema, { ...options, where })
}

export async function allBy<S extends Schema, const P extends Preloads<S>>(
  access: Access,
  schema: S,
  values: Partial<Row<S>>,
  query: Query<P>,
): Promise<Loaded<S, P>[]> {
  const where = byValues(schema, values)
  return where === null
    ? []
    : all<S, P>(access, schema, { ...query, where: and(where, query.where) })
}

export async function reloaded<S extends Schema, const P extends Preloads<S>>(
  access: Access,
  schema: S,
  rows: readonly Row<S>[],
  options: Loads<P>,
): Promise<Loaded<S, P>[]> {
  if (rows.length === 0) return []
  const found = await all<S, P>(access, schema, { ...options, where: byKeys(schema, rows) })
  const byText = new Map(found.map((row) => [textOfKey(schema, row), row]))
  return rows.map((row) => {
    const current = byText.get(textOfKey(schema, row))
    if (current === undefined) throw new NotFoundError(schema.name)
    return current
  })
}

/**
 * Rows with the relations that were asked for; without a promise where there are none.
 * @param rows Get the relations themselves, so nobody else may have them yet.
 */
export function loaded<S extends Schema, const P extends Preloads<S>>(
  access: Access,
  schema: S,
  rows: Record<string, unknown>[],
  relations: Preloads<S> | undefined,
  options: Loading,
): Awaitable<Loaded<S, P>[]> {
  // which relations a schema has is in its type alone; what is there at run time is names and their options
  const wanted = relations as AnyPreloads | undefined
  if (wanted === undefined || isEmpty(wanted)) return rows as Loaded<S, P>[]
  const { repo, plans, sight } = access
  const loading = {
    plan: (table: PgTable) => plans.of(table),
    run: (statements: readonly Statement[]) => access.runAll(statements, options),
    repo,
    filter: (target: object) => sight.related(target),
  }
  return preload(loading, schema, rows, wanted).then(() => rows as Loaded<S, P>[])
}

/** Rows of any statement. */
export async function queried(access: Access, statement: SQL, waiting: Waiting) {
  return objects(await access.run(access.plans.texts.of(statement), waiting))
}
