import type { Sql, SqlRow } from "@bennu/repo"

/** What the database knows of a migration. */
export interface Entry {
  readonly version: string
  readonly id: string
  readonly checksum: string | null
  /** Null while a migration outside of a transaction is on its way, or failed there. */
  readonly appliedAt: Date | null
  /** Statements that such a migration has behind it. */
  readonly done: number
  /** Milliseconds that it took, of all attempts at it that were noted. */
  readonly duration: number | null
  /** Who applied it, and which version of the app they had. */
  readonly by: string | null
  readonly appVersion: string | null
}

/** Who migrates, for whoever looks at the ledger later. */
export type Author = Pick<Entry, "by" | "appVersion">

/** How far a migration has come. */
export interface Progress extends Author {
  readonly done: number
  readonly finished: boolean
  /** Milliseconds since it was noted last. */
  readonly duration: number
}

type Query = Pick<Sql, "query">

/** The table that tells what was applied. It stands in the first schema of the search path, as tables do. */
export const ledgerTable = "bennu_migrations"

export async function createLedger(sql: Query): Promise<void> {
  await sql.query(`create table if not exists ${ledgerTable} (
    version numeric(20) primary key,
    id text not null,
    checksum text,
    done integer not null,
    started_at timestamptz not null default now(),
    applied_at timestamptz,
    duration_ms double precision,
    applied_by text,
    app_version text
  )`)
  const { rows } = await sql.query(
    "select from pg_attribute where attrelid = to_regclass($1) and attname = 'duration_ms'",
    [ledgerTable],
  )
  // ledgers of before did not tell who and how long; asked first, as an alter table waits for all who read
  if (rows.length === 0)
    await sql.query(`alter table ${ledgerTable} add column duration_ms double precision,
      add column applied_by text, add column app_version text`)
}

/** By version; empty where nothing was ever migrated. */
export async function readLedger(sql: Query): Promise<Map<string, Entry>> {
  const { rows: known } = await sql.query("select to_regclass($1) is not null as known", [
    ledgerTable,
  ])
  if (known[0]?.["known"] !== true) return new Map()
  // as json, which has null for the columns that an older ledger has not
  const { rows } = await sql.query(
    `select version::text as version, id, checksum, done, extract(epoch from applied_at)::float8 * 1000 as applied_at,
      (to_jsonb(ledger) ->> 'duration_ms')::float8 as duration, to_jsonb(ledger) ->> 'applied_by' as by,
      to_jsonb(ledger) ->> 'app_version' as app_version
      from ${ledgerTable} ledger order by ledger.version`,
  )
  return new Map(rows.map((row) => [String(row["version"]), entryOf(row)]))
}

function entryOf(row: SqlRow): Entry {
  const text = (value: unknown) => (value === null ? null : String(value))
  const number = (value: unknown) => (value === null ? null : Number(value))
  const appliedAt = number(row["applied_at"])
  return {
    version: String(row["version"]),
    id: String(row["id"]),
    checksum: text(row["checksum"]),
    done: Number(row["done"]),
    appliedAt: appliedAt === null ? null : new Date(appliedAt),
    duration: number(row["duration"]),
    by: text(row["by"]),
    appVersion: text(row["app_version"]),
  }
}

/** Notes how far it has come. What was applied already stays its author's. */
export async function record(
  sql: Query,
  { version, id, checksum }: Pick<Entry, "version" | "id" | "checksum">,
  { done, finished, duration, by, appVersion }: Progress,
): Promise<void> {
  await sql.query(
    `insert into ${ledgerTable} as ledger
        (version, id, checksum, done, applied_at, duration_ms, applied_by, app_version)
      values ($1::numeric, $2, $3, $4::integer, case when $5::boolean then now() end, $6::float8, $7, $8)
      on conflict (version) do update set id = excluded.id, checksum = excluded.checksum,
        done = excluded.done, applied_at = coalesce(ledger.applied_at, excluded.applied_at),
        duration_ms = coalesce(ledger.duration_ms, 0) + excluded.duration_ms,
        applied_by = case when ledger.applied_at is null then excluded.applied_by else ledger.applied_by end,
        app_version = case when ledger.applied_at is null then excluded.app_version else ledger.app_version end`,
    [version, id, checksum, done, finished, duration, by, appVersion],
  )
}

export async function forget(sql: Query, version: string): Promise<void> {
  await sql.query(`delete from ${ledgerTable} where version = $1::numeric`, [version])
}
