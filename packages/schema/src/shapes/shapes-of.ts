import type { PgTable } from "drizzle-orm/pg-core"
import {
  type BuildSchema,
  createInsertSchema,
  createSelectSchema,
  createUpdateSchema,
} from "drizzle-zod"
import type { Schema } from "../schema.ts"

type Columns<T extends PgTable> = T["_"]["columns"]

/** A row's zod schemas, by what is done with it. */
export interface Shapes<T extends PgTable> {
  /** A whole row, as it comes out of the database. */
  readonly select: BuildSchema<"select", Columns<T>, undefined, undefined>
  /** What an insert takes: columns with a default may be left out. */
  readonly insert: BuildSchema<"insert", Columns<T>, undefined, undefined>
  /** What an update takes: any of the columns. */
  readonly update: BuildSchema<"update", Columns<T>, undefined, undefined>
}

const made = new WeakMap<PgTable, object>()

/**
 * The zod schemas that a table implies: what its columns hold, and no rule of yours. Pick from them the fields that a
 * rule or an API is about. Made by drizzle-zod, once for each table.
 * @example const rules = shapesOf(Article).insert.pick({ title: true }).extend({ title: z.string().min(3) })
 */
export function shapesOf<T extends PgTable>({ table }: Schema<T>): Shapes<T> {
  // what stands there for a table was made of it just so
  const known = made.get(table) as Shapes<T> | undefined
  const shapes = known ?? {
    select: createSelectSchema(table),
    insert: createInsertSchema(table),
    update: createUpdateSchema(table),
  }
  made.set(table, shapes)
  return shapes
}
