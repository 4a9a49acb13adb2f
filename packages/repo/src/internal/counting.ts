import type { Row, Schema } from "@bennu/schema"
import { count, sql } from "drizzle-orm"
import type { Aggregate, Aggregated, Filter } from "../repo.ts"
import type { Access } from "./access.ts"
import { aggregated, exact } from "./aggregate.ts"
import { columnOf } from "./keys.ts"

export async function aggregate<S extends Schema, F extends Aggregate, K extends keyof Row<S>>(
  access: Access,
  schema: S,
  what: F,
  field: K,
  filter: Filter,
): Promise<Aggregated<Row<S>[K], F>> {
  const column = columnOf(schema.table, String(field))
  const [found] = await access
    .builder(filter)
    .select({ value: aggregated(what, column) })
    .from(access.sight.table(schema))
    .where(access.sight.where(schema, filter.where))
  // the least and the greatest are decoded by the column, the others are what `exact` says
  return exact(what, column, found?.value ?? null) as Aggregated<Row<S>[K], F>
}

export async function counted(access: Access, schema: Schema, filter: Filter): Promise<number> {
  const [found] = await access
    .builder(filter)
    .select({ rows: count() })
    .from(access.sight.table(schema))
    .where(access.sight.where(schema, filter.where))
  return found?.rows ?? 0
}

export async function exists(access: Access, schema: Schema, filter: Filter): Promise<boolean> {
  const found = await access
    .builder(filter)
    .select({ one: sql`1` })
    .from(access.sight.table(schema))
    .where(access.sight.where(schema, filter.where))
    .limit(1)
  return found.length > 0
}
