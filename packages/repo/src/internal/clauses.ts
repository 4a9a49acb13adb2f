import { type SQL, sql } from "drizzle-orm"
import { RepoUsageError } from "../errors.ts"
import type { Query } from "../repo.ts"

/** What comes after the table's name. */
export function clauses(where: SQL | undefined, query: Query<unknown>): SQL | undefined {
  const parts: SQL[] = []
  if (where !== undefined) parts.push(sql` where ${where}`)
  const order = query.orderBy === undefined ? [] : [query.orderBy].flat()
  if (order.length > 0) parts.push(sql` order by ${sql.join([...order], sql`, `)}`)
  if (query.limit !== undefined) parts.push(sql` limit ${natural("limit", query.limit)}`)
  if (query.offset !== undefined) parts.push(sql` offset ${natural("offset", query.offset)}`)
  return parts.length === 0 ? undefined : sql.join(parts)
}

export function natural(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value
  throw new RepoUsageError(`${name} is ${value}`, "Pass a whole number, 0 or more.")
}
