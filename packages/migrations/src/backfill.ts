import { setTimeout as wait } from "node:timers/promises"
import { type Duration, parseOptions } from "@bennu/core"
import { duration } from "@bennu/core/zod"
import type { Sql } from "@bennu/repo"
import * as z from "zod"
import { BackfillError } from "./errors.ts"
import { identifier, qualified } from "./internal/identifier.ts"
import { backfillProgressed } from "./telemetry.ts"

export interface BackfillOptions {
  /** What the database remembers it by, and how far it got. */
  readonly name: string
  readonly table: string
  /** SQL of what is set, `slug = lower(title)`; or code, which gets the keys of a batch as text and its transaction. */
  readonly change: string | ((sql: Sql, keys: readonly string[]) => Promise<unknown>)
  /** SQL; only rows of which it is true. */
  readonly where?: string | undefined
  /** A column by which rows are told apart, with an index (`"id"`). */
  readonly key?: string | undefined
  /** Rows in a transaction (1,000). */
  readonly batch?: number | undefined
  /** Which part of the time it works, above 0 to 1: a database that gets slower gets longer pauses (0.5). */
  readonly load?: number | undefined
  /** The longest pause (`"30s"`). */
  readonly maxPause?: Duration | undefined
  /** Stops between batches and in pauses; the next run goes on there. */
  readonly signal?: AbortSignal | undefined
}
interface Resolved extends BackfillOptions {
  readonly key: string
  readonly batch: number
  readonly load: number
  readonly maxPause: number
}

const schema = z.strictObject({
  name: z.string().min(1).max(200),
  table: z.string().min(1),
  change: z.union([
    z.string().min(1),
    z.custom<Exclude<BackfillOptions["change"], string>>((value) => typeof value === "function"),
  ]),
  where: z.string().optional(),
  key: z.string().default("id"),
  batch: z.int().positive().max(100_000).default(1_000),
  load: z.number().gt(0).lte(1).default(0.5),
  maxPause: duration.prefault("30s"),
  signal: z.instanceof(AbortSignal).optional(),
}) satisfies z.ZodType<Resolved, BackfillOptions>

/**
 * Changes the rows of a table in use, batch by batch in the order of their keys, each batch a transaction with its
 * place in `bennu_backfills`. Whatever stops it, the next call goes on after the last batch; processes that call it at
 * once take turns. Rows that come in behind its back are the app's: deploy code that writes them right first.
 * @returns Rows of this run; 0 when it is done already.
 * @example migration("20261122000000_fill_slugs", { transaction: false,
 *   up: async (sql) => { await backfill(sql, { name: "slugs", table: "articles", change: "slug = lower(title)", where: "slug is null" }) } })
 */
export async function backfill(
  sql: Pick<Sql, "query" | "transaction">,
  options: BackfillOptions,
): Promise<number> {
  const plan = parseOptions("backfill", schema, options)
  await begin(sql, plan.name)
  const type = await typeOf(sql, plan)
  let rows = 0
  for (;;) {
    plan.signal?.throwIfAborted()
    const started = performance.now()
    const batch = await sql.transaction((within) => nextBatch(within, plan, type))
    const took = performance.now() - started
    rows += batch.rows
    const { name } = plan
    backfillProgressed.emit(() => ({ name, ...batch, duration: took }))
    if (batch.finished) return rows
    const pause = Math.min(plan.maxPause, took * (1 / plan.load - 1))
    await wait(pause, undefined, { signal: plan.signal })
  }
}

/** Under a lock: two that create a table at once fail, `if not exists` or not. */
const begin = (sql: Pick<Sql, "transaction">, name: string): Promise<unknown> =>
  sql.transaction(async (within) => {
    await within.query(
      "select pg_advisory_xact_lock(hashtext('bennu backfills'), hashtext(current_schema()))",
    )
    await within.query(`create table if not exists bennu_backfills (
      name text primary key,
      cursor text,
      rows bigint not null default 0,
      started_at timestamptz not null default now(),
      updated_at timestamptz not null default now(),
      finished_at timestamptz
    )`)
    await within.query("insert into bennu_backfills (name) values ($1) on conflict do nothing", [
      name,
    ])
  })

/** The type of the key, so that its text is read back as what it was. */
async function typeOf(sql: Pick<Sql, "query">, { name, table, key }: Resolved): Promise<string> {
  const { rows } = await sql.query(
    `select format_type(atttypid, atttypmod) as type from pg_attribute
      where attrelid = to_regclass($1) and attname = $2 and not attisdropped`,
    [qualified(table), key],
  )
  const type = rows[0]?.["type"]
  if (typeof type !== "string") throw new BackfillError(name, `${table} has no column ${key}`)
  return type
}

async function nextBatch(sql: Sql, plan: Resolved, type: string) {
  const { name, change, where = "true", batch } = plan
  const [table, key] = [qualified(plan.table), identifier(plan.key)]
  const { rows: known } = await sql.query(
    "select cursor, finished_at is not null as finished from bennu_backfills where name = $1 for update",
    [name],
  )
  const cursor = known[0]?.["cursor"] ?? null
  if (known[0]?.["finished"] === true) return { rows: 0, total: 0, cursor, finished: true }
  const { rows: found } = await sql.query(
    `select ${key}::text as key from ${table}
      where ($1::text is null or ${key} > $1::text::${type}) and (${where}) order by ${key} limit ${batch}`,
    [cursor],
  )
  const keys = found.map((row) => String(row["key"]))
  if (keys.length > 0) await changed(sql, { table, key, type, change }, keys)
  const finished = keys.length < batch
  const last = keys.at(-1) ?? cursor
  const { rows: noted } = await sql.query(
    `update bennu_backfills set cursor = $2, rows = rows + $3::int, updated_at = now(),
      finished_at = case when $4::boolean then now() end where name = $1 returning rows::float8 as total`,
    [name, last, keys.length, finished],
  )
  return { rows: keys.length, total: Number(noted[0]?.["total"]), cursor: last, finished }
}

const changed = (
  sql: Sql,
  {
    table,
    key,
    type,
    change,
  }: Pick<Resolved, "table" | "key" | "change"> & { readonly type: string },
  keys: readonly string[],
): Promise<unknown> =>
  typeof change === "function"
    ? change(sql, keys)
    : sql.query(
        `update ${table} set ${change} where ${key} in (select value::${type} from jsonb_array_elements_text($1::text::jsonb) value)`,
        [JSON.stringify(keys)],
      )
