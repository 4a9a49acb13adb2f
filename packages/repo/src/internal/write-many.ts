import type { Row, Schema } from "@bennu/schema"
import { type SQL, sql } from "drizzle-orm"
import { RepoUsageError } from "../errors.ts"
import type { Filter, NewRow, OnConflict, QueryBuilder, Settings, Waiting } from "../repo.ts"
import type { Access } from "./access.ts"
import { encode } from "./codec.ts"
import { type Conflict, insertMany } from "./insert-many.ts"
import type { Row as AnyRow } from "./write-changeset.ts"

/** The protocol counts a statement's parameters in 16 bits. */
const MAX_PARAMETERS = 65_000
/** Rows of a source that are written by one statement. */
const IMPORT_BATCH = 500

export type InsertOptions<S extends Schema> = Waiting & {
  readonly onConflict?: OnConflict<S> | undefined
}

export async function insertAll<S extends Schema>(
  access: Access,
  schema: S,
  rows: readonly NewRow<S>[],
  options: InsertOptions<S>,
): Promise<Row<S>[]> {
  access.sight.table(schema)
  const conflict: Conflict | undefined = options.onConflict
  const insert = (db: QueryBuilder, some: readonly AnyRow[]) =>
    insertMany(db, access.sight, schema, some, conflict)
  const atOnce = Math.floor(MAX_PARAMETERS / Math.max(1, schema.columns.size))
  // what comes back of a schema's table is its rows
  if (rows.length <= atOnce) return (await insert(access.builder(options), rows)) as Row<S>[]
  return access.transaction(
    async ({ drizzle }) => {
      const written: AnyRow[] = []
      for (let at = 0; at < rows.length; at += atOnce)
        written.push(...(await insert(drizzle, rows.slice(at, at + atOnce))))
      return written as Row<S>[]
    },
    { signal: options.signal },
  )
}

/** Rows of a source without end in sight, a batch at a time. */
export async function insertSource<S extends Schema>(
  access: Access,
  schema: S,
  rows: AsyncIterable<NewRow<S>>,
  options: InsertOptions<S>,
): Promise<number> {
  access.sight.table(schema)
  return access.transaction(
    async (within) => {
      let written = 0
      for await (const some of batches(rows, IMPORT_BATCH))
        written += (await insertAll(within, schema, some, options)).length
      return written
    },
    { signal: options.signal },
  )
}

export async function updateAll<S extends Schema>(
  access: Access,
  schema: S,
  set: Settings<S>,
  { where, ...waiting }: Filter,
): Promise<number> {
  const update = access.drizzle.update(access.sight.table(schema)).set(set)
  const rows = access.sight.where(schema, narrowed(where))
  return changed(access, update.where(rows).toSQL(), waiting)
}

export async function deleteAll(
  access: Access,
  schema: Schema,
  { where, ...waiting }: Filter,
): Promise<number> {
  const rows = access.sight.where(schema, narrowed(where))
  const table = access.sight.table(schema)
  const { softDelete } = schema
  const statement =
    softDelete === null
      ? access.drizzle.delete(table).where(rows)
      : access.drizzle
          .update(table)
          .set({ [softDelete]: sql`now()` })
          .where(rows)
  return changed(access, statement.toSQL(), waiting)
}

async function changed(
  access: Access,
  { sql: text, params }: { readonly sql: string; readonly params: readonly unknown[] },
  waiting: Waiting,
): Promise<number> {
  const { count } = await access.run({ text, params: params.map(encode) }, waiting)
  return count
}

function narrowed(where: SQL | undefined): SQL {
  if (where !== undefined) return where
  throw new RepoUsageError("this would change every row", "Say so: { where: sql`true` }.")
}

async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
