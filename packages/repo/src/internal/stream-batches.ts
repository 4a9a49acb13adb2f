import type { Schema } from "@bennu/schema"
import { type SQL, sql } from "drizzle-orm"
import type { PgTable } from "drizzle-orm/pg-core"
import type { Answer, Statement } from "../driver.ts"
import { RepoUsageError } from "../errors.ts"
import { columnOf } from "./keys.ts"
import type { TablePlan } from "./table-plan.ts"

type Row = Readonly<Record<string, unknown>>

/** Where a stream reads. */
export interface Reading {
  readonly plan: TablePlan
  run(statement: Statement): Promise<Answer>
}

/** The rows that a statement gives, in batches, by a cursor of the transaction that it runs in. */
export async function* byCursor(
  { plan, run }: Reading,
  asked: Statement,
  batch: number,
  cursor: string,
): AsyncGenerator<Record<string, unknown>[]> {
  await run({ text: `declare ${cursor} no scroll cursor for ${asked.text}`, params: asked.params })
  const next = { text: `fetch ${batch} from ${cursor}`, params: [] }
  let open = true
  try {
    for (;;) {
      const rows = plan.read(await run(next))
      if (rows.length > 0) yield rows
      if (rows.length < batch) break
    }
  } catch (error) {
    // the transaction failed, and its cursors with it
    open = false
    throw error
  } finally {
    if (open) await run({ text: `close ${cursor}`, params: [] })
  }
}

/** Rows in batches in the order of the primary key, each by a query of its own that goes on after the last row. */
export async function* byKeyset(
  { plan, run }: Reading,
  schema: Schema,
  where: SQL | undefined,
  batch: number,
): AsyncGenerator<Record<string, unknown>[]> {
  const { table } = schema
  const keys = schema.primaryKey.map((name) => ({ name, column: columnOf(table, name) }))
  if (keys.length === 0)
    throw new RepoUsageError(
      `${schema.name} has no primary key to go along`,
      'Say { by: "cursor" }.',
    )
  const list = sql.join(
    keys.map(({ column }) => sql`${column}`),
    sql`, `,
  )
  let last: Row | undefined
  for (;;) {
    const after = last && sql`(${list}) > (${sql.join(valuesOf(table, keys, last), sql`, `)})`
    const conditions = [where, after].filter((condition) => condition !== undefined)
    const narrowed =
      conditions.length === 0
        ? sql``
        : sql` where ${sql.join(
            conditions.map((condition) => sql`(${condition})`),
            sql` and `,
          )}`
    const rows = plan.read(await run(plan.select(sql`${narrowed} order by ${list} limit ${batch}`)))
    if (rows.length > 0) yield rows
    last = rows.at(-1)
    if (rows.length < batch) return
  }
}

const valuesOf = (table: PgTable, keys: readonly { readonly name: string }[], row: Row): SQL[] =>
  keys.map(({ name }) => sql`${sql.param(row[name], columnOf(table, name))}`)
