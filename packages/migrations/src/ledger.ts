import type { Sql } from "@bennu/repo"

/** What the database knows of a migration. */
export interface Entry {
  readonly version: string
  readonly id: string
  readonly checksum: string | null
  /** Null while a migration outside of a transaction is on its way, or failed there. */
  readonly appliedAt: Date | null
  /** Statements that such a migration has behind it. */
  readonly done: number
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
    applied_at timestamptz
  )`)
}

/** By version; empty where nothing was ever migrated. */
export async function readLedger(sql: Query): Promise<Map<string, Entry>> {
  const { rows: known } = await sql.query("select to_regclass($1) is not null as known", [
    ledgerTable,
  ])
  if (known[0]?.["known"] !== true) return new Map()
  const { rows } = await sql.query(
    `select version::text as version, id, checksum, done,
      extract(epoch from applied_at)::float8 * 1000 as applied_at from ${ledgerTable} order by ${ledgerTable}.version`,
  )
  return new Map(
    rows.map(({ version, id, checksum, done, applied_at: appliedAt }) => [
      String(version),
      {
        version: String(version),
        id: String(id),
        checksum: checksum === null ? null : String(checksum),
        done: Number(done),
        appliedAt: appliedAt === null ? null : new Date(Number(appliedAt)),
      },
    ]),
  )
}

export async function record(
  sql: Query,
  { version, id, checksum }: Pick<Entry, "version" | "id" | "checksum">,
  progress: { readonly done: number; readonly finished: boolean },
): Promise<void> {
  await sql.query(
    `insert into ${ledgerTable} (version, id, checksum, done, applied_at)
      values ($1::numeric, $2, $3, $4::integer, case when $5::boolean then now() end)
      on conflict (version) do update set id = excluded.id, checksum = excluded.checksum,
        done = excluded.done, applied_at = coalesce(${ledgerTable}.applied_at, excluded.applied_at)`,
    [version, id, checksum, progress.done, progress.finished],
  )
}

export async function forget(sql: Query, version: string): Promise<void> {
  await sql.query(`delete from ${ledgerTable} where version = $1::numeric`, [version])
}
