import type { Schema } from "@bennu/schema"
import { and, or, type SQL, sql } from "drizzle-orm"
import { alias } from "drizzle-orm/pg-core"
import type { QueryBuilder } from "../repo.ts"
import { columnOf } from "./keys.ts"
import type { Sight } from "./sight.ts"
import type { Row } from "./write-changeset.ts"

/** `OnConflict` without the types of a schema. */
export type Conflict =
  | "nothing"
  | { readonly target: readonly PropertyKey[]; readonly replace: readonly PropertyKey[] | "all" }

/** One statement for all rows; of those that conflict, the ones that it changed come back. Rows out of sight are not changed. */
export async function insertMany(
  db: QueryBuilder,
  sight: Sight,
  schema: Schema,
  rows: readonly Row[],
  conflict: Conflict | undefined,
): Promise<readonly Row[]> {
  if (rows.length === 0) return []
  const { table, columns } = schema
  const insert = db.insert(table).values([...rows])
  if (conflict === undefined) return insert.returning()
  if (conflict === "nothing") return insert.onConflictDoNothing().returning()
  const target = conflict.target.map((name) => columnOf(table, String(name)))
  const given = new Set(rows.flatMap((row) => Object.keys(row)))
  const replaced: readonly string[] =
    conflict.replace === "all"
      ? [...columns.keys()].filter((name) => given.has(name))
      : conflict.replace.map(String)
  const names = replaced.filter((name) => !target.includes(columnOf(table, name)))
  if (names.length === 0) return insert.onConflictDoNothing({ target }).returning()
  // PostgreSQL's name for the row that was to be inserted
  const excluded = alias(table, "excluded")
  const set: Record<string, SQL> = Object.fromEntries(
    names.map((name) => [name, sql`${columnOf(excluded, name)}`]),
  )
  // a row that would stay as it is is not written again: no dead tuple, no trigger
  const differs = or(
    ...names.map((name) => {
      const column = columnOf(table, name)
      return sql`${column} is distinct from ${columnOf(excluded, name)}`
    }),
  )
  const setWhere = and(differs, sight.limit(schema))
  return insert
    .onConflictDoUpdate({ target, set, ...(setWhere === undefined ? {} : { setWhere }) })
    .returning()
}
