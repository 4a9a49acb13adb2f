import type { Sql } from "@bennu/repo"
import {
  type Constrained,
  type DeclaredConstraint,
  declaredConstraints,
  type Schema,
} from "@bennu/schema"
import { getTableColumns } from "drizzle-orm"
import { getTableConfig, PgDialect, type PgTable } from "drizzle-orm/pg-core"
import { addConstraint } from "./constraint-definitions.ts"
import { type MissingConstraint, MissingConstraintsError } from "./errors.ts"
import { createIndex } from "./index-definitions.ts"

/**
 * At boot, after migrating: whether the database has every unique, foreign key, check and exclusion constraint that the
 * schemas declare, by name, since changesets find their messages by it. Without one a race leaves rows that "cannot be".
 * @param schemas Of `@bennu/schema`.
 * @throws {MissingConstraintsError} naming each with its table, the schema's file and line, and the SQL that adds it.
 * @example await checkConstraints(repo.sql, [Article, Tag])
 */
export async function checkConstraints(
  sql: Pick<Sql, "query">,
  schemas: readonly (Constrained & Partial<Pick<Schema, "definedAt">>)[],
): Promise<void> {
  const missing: MissingConstraint[] = []
  for (const { table, constraints, definedAt = null } of schemas) {
    const known = await constraintsOf(sql, table)
    for (const declared of declaredConstraints({ table, constraints }))
      if (!declared.names.some((name) => known.has(`${declared.kind} ${stored(name)}`)))
        missing.push({ ...missingFrom(table, declared), declaredAt: definedAt })
  }
  if (missing.length > 0) throw new MissingConstraintsError(missing)
}

/** PostgreSQL keeps 63 bytes of a name: postgresql.org/docs/current/sql-syntax-lexical.html */
const stored = (name: string): string => Buffer.from(name).subarray(0, 63).toString()

const nameOf = (table: PgTable): string => {
  const { schema, name } = getTableConfig(table)
  return schema === undefined ? name : `${schema}.${name}`
}

/** Kind and name of each that the database has; a unique index is as good as a constraint. */
async function constraintsOf(sql: Pick<Sql, "query">, table: PgTable): Promise<Set<string>> {
  const { schema, name } = getTableConfig(table)
  const { rows } = await sql.query(
    `with of as (select oid from pg_class where relname = $1
        and relnamespace = coalesce(to_regnamespace($2), current_schema()::regnamespace))
      select conname as name, case contype when 'f' then 'foreignKey' when 'c' then 'check' when 'x' then 'exclusion' else 'unique' end as kind
        from pg_constraint join of on conrelid = of.oid where contype in ('f', 'c', 'u', 'p', 'x')
      union select relname, 'unique' from pg_index join of on indrelid = of.oid
        join pg_class on pg_class.oid = indexrelid where indisunique and indisvalid`,
    [name, schema ?? null],
  )
  return new Set(rows.map((row) => `${String(row["kind"])} ${String(row["name"])}`))
}

function missingFrom(
  table: PgTable,
  { kind, names, fields }: DeclaredConstraint,
): Omit<MissingConstraint, "declaredAt"> {
  const [constraint = ""] = names
  const on = nameOf(table)
  const columns = fields.map((field) => columnOf(table, field))
  const add = (definition: string) => `${addConstraint(on, constraint, definition)};`
  if (kind === "unique")
    return {
      table: on,
      constraint,
      sql: `${createIndex(constraint, { on, columns, unique: true, concurrently: false })};`,
    }
  // the schema knows that it is there, and not what it says
  if (kind === "exclusion") return { table: on, constraint, sql: add("exclude using gist (…)") }
  const { foreignKeys, checks } = getTableConfig(table)
  if (kind === "check") {
    const value = checks.find(({ name }) => names.includes(name))?.value
    const text = value && new PgDialect().sqlToQuery(value.inlineParams()).sql
    return { table: on, constraint, sql: add(`check (${text ?? "…"})`) }
  }
  const key = foreignKeys.find((each) => names.includes(each.getName()))?.reference()
  const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(", ")
  const others = key?.foreignColumns.map(({ name }) => name) ?? []
  const target = key ? `"${nameOf(key.foreignTable).replace(".", '"."')}" (${quoted(others)})` : "…"
  return {
    table: on,
    constraint,
    sql: add(`foreign key (${quoted(columns)}) references ${target}`),
  }
}

/** The column of a property. */
const columnOf = (table: PgTable, field: string): string =>
  getTableColumns(table)[field]?.name ?? field
