import type { Sql } from "@bennu/repo"
import type { StatementText } from "./statements.ts"

/**
 * Readies a concurrent build. An index whose build failed or was killed stays behind, invalid: every write pays for
 * it and no query uses it, and `if not exists` would be content with it. So it is dropped first.
 * @returns Whether the index is there already: of a build that ended after the process that had asked for it.
 */
export async function repairIndex(
  sql: Sql,
  { text }: StatementText,
  resumed: boolean,
): Promise<boolean> {
  const words = text.slice(0, 400).split(/\s+/)
  const at = words.findIndex((word) => word.toLowerCase() === "concurrently")
  const start = words.slice(0, at).join(" ").toLowerCase()
  if (start.startsWith("reindex") && resumed) await dropLeftOvers(sql)
  if (start !== "create index" && start !== "create unique index") return false
  const rest = words.slice(at + 1)
  const name = rest[0]?.toLowerCase() === "if" ? rest[3] : rest[0]
  if (name === undefined || name.toLowerCase() === "on") return false
  const { rows } = await sql.query(
    "select indexrelid::regclass::text as name, indisvalid as valid from pg_index where indexrelid = to_regclass($1)",
    [name],
  )
  for (const row of rows)
    if (row["valid"] === false) await sql.query(`drop index concurrently ${String(row["name"])}`)
  return resumed && rows[0]?.["valid"] === true
}

/** What `reindex concurrently` was building, or had replaced: postgresql.org/docs/current/sql-reindex.html */
async function dropLeftOvers(sql: Sql): Promise<void> {
  const { rows } = await sql.query(
    `select indexrelid::regclass::text as name from pg_index join pg_class on pg_class.oid = indexrelid
      where not indisvalid and relname ~ '_cc(new|old)[0-9]*$' and relnamespace = current_schema()::regnamespace`,
  )
  for (const { name } of rows) await sql.query(`drop index concurrently ${String(name)}`)
}
