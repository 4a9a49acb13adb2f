import type { Relation, Schema } from "@bennu/schema"
import { and, asc, getTableColumns, type SQL, sql } from "drizzle-orm"
import type { PgColumn, PgTable } from "drizzle-orm/pg-core"
import type { Answer, Statement } from "../driver.ts"
import { RepoUsageError } from "../errors.ts"
import type { Preload } from "../preloads.ts"
import type { Repo } from "../repo.ts"
import { encode } from "./codec.ts"
import { anyOf, columnOf, encoded } from "./keys.ts"
import { readerOf, type TablePlan } from "./table-plan.ts"

type AnyRow = Readonly<Record<string, unknown>>
type AnyPreload = Preload<AnyRow>
/** Names, or more of each, without the types of a schema. */
export type AnyPreloads =
  | readonly PropertyKey[]
  | Readonly<Record<string, true | AnyPreload | undefined>>

/** Where relations are loaded. */
export interface Loading {
  plan(table: PgTable): TablePlan
  run(statement: Statement): Promise<Answer>
  /** What `load` is given. */
  readonly repo: Repo
  /** Which rows of a relation there are. */
  filter(target: object): SQL | undefined
}

/** Whether there is anything to load. */
export const isEmpty = (preloads: AnyPreloads): boolean => Object.keys(preloads).length === 0

/** Loads relations of rows: one query for each relation, whatever the number of rows. */
export async function preload(
  loading: Loading,
  schema: Schema,
  rows: readonly AnyRow[],
  preloads: AnyPreloads,
): Promise<AnyRow[]> {
  const loaded = await Promise.all(
    asked(preloads).map(([name, how]) => load(loading, schema, rows, name, how)),
  )
  return rows.map((row) => {
    const copy = { ...row }
    for (const add of loaded) add(copy)
    return copy
  })
}

const asked = (preloads: AnyPreloads): (readonly [string, AnyPreload])[] =>
  isList(preloads)
    ? preloads.map((name) => [String(name), {}])
    : Object.entries(preloads).flatMap(([name, how]) =>
        how === undefined ? [] : [[name, how === true ? {} : how]],
      )

const isList = (preloads: AnyPreloads): preloads is readonly PropertyKey[] =>
  Array.isArray(preloads)

/** Adds a relation to a row. */
type Add = (row: Record<string, unknown>) => void

async function load(
  loading: Loading,
  schema: Schema,
  rows: readonly AnyRow[],
  name: string,
  how: AnyPreload,
): Promise<Add> {
  // an embed is a column, so it is there already
  if (schema.embeds.has(name)) return () => {}
  const relation = schema.relations.get(name)
  if (relation === undefined) throw unknown(schema, name)
  const { from } = relation.join()
  const own = columnOf(schema.table, from)
  const values = new Map<string, unknown>()
  for (const row of rows) {
    const value = row[from]
    if (value !== null && value !== undefined) values.set(key(own, value), value)
  }
  const found = values.size === 0 ? [] : await related(loading, relation, [...values.values()], how)
  const groups = Map.groupBy(await refined(found, loading.repo, how), ([of]) => of)
  return (row) => {
    const others = groups.get(key(own, row[from])) ?? []
    row[name] = relation.many ? others.map(([, other]) => other) : (others[0]?.[1] ?? null)
  }
}

/** A row of the other side, and the key of the rows it belongs to. */
type Related = readonly [of: string, row: AnyRow]

async function related(
  { plan: planOf, run, filter }: Loading,
  relation: Relation,
  values: readonly unknown[],
  { where, orderBy }: AnyPreload,
): Promise<Related[]> {
  const { table, to, through } = relation.join()
  const plan = planOf(table)
  const wanted = and(where, filter(relation.target()))
  const usual = wanted === undefined && orderBy === undefined
  const other = columnOf(table, to)
  const order = sql.join(orderBy === undefined ? orderOf(table) : [orderBy].flat(), sql`, `)
  if (through === null) {
    const rest = () => sql` where ${and(anyOf(other, values), wanted)} order by ${order}`
    const asked = usual
      ? {
          text: plan.once(`by ${to}`, () => plan.select(rest()).text),
          params: [encode(encoded(other, values))],
        }
      : plan.select(rest())
    const rows = plan.read(await run(asked))
    return rows.map((row) => [key(other, row[to]), row] as const)
  }
  const from = columnOf(through.table, through.from)
  const joined = columnOf(through.table, through.to)
  const statement = () =>
    plan.statement(sql`select ${from}, ${sql.raw(plan.columns)} from ${through.table}
      inner join ${table} on ${joined} = ${other}
      where ${and(anyOf(from, values), wanted)} order by ${order}`)
  const asked = usual
    ? {
        text: plan.once(
          `by ${planOf(through.table).from} ${through.from} ${through.to} ${to}`,
          () => statement().text,
        ),
        params: [encode(encoded(from, values))],
      }
    : statement()
  const answer = await run(asked)
  const rows = plan.read(answer, 1)
  // the key's text is what the wire brought; its column tells how it reads
  const [{ type = 0 } = {}] = answer.columns
  const read = readerOf(from, type)
  return rows.map((row, at) => {
    const text = answer.rows[at]?.[0] ?? ""
    return [key(from, read === undefined ? text : read(text)), row] as const
  })
}

/** What `load` makes of the rows; each stays with those it belongs to, whether it was copied or left out. */
async function refined(
  found: readonly Related[],
  repo: Repo,
  { load }: AnyPreload,
): Promise<readonly Related[]> {
  if (load === undefined || found.length === 0) return found
  const marked = found.map(([of, row]) => ({ ...row, [OWNER]: of }))
  return (await load(marked, repo)).map((row) => {
    const { [OWNER]: of, ...rest }: AnyRow & { readonly [OWNER]?: unknown } = row
    if (typeof of === "string") return [of, rest] as const
    throw new RepoUsageError(
      "load of a preload made rows that it was not given",
      "Copy rows with all that they have ({ ...row, more }), or leave them out.",
    )
  })
}

/** Stays in copies that spread a row makes, and is in no row that anyone gets. */
const OWNER = Symbol("owner")

/** By primary key, so that lists have the same order each time. */
const orderOf = (table: PgTable): SQL[] =>
  Object.values(columnsOf(table))
    .filter((column) => column.primary)
    .map((column) => asc(column))

const columnsOf = (table: PgTable): Readonly<Record<string, PgColumn>> => getTableColumns(table)

/** A value as something that compares by its content: a Date, a bigint, a string. */
const key = (column: PgColumn, value: unknown): string =>
  value === null || value === undefined ? "" : String(column.mapToDriverValue(value))

const unknown = (schema: Schema, name: string) =>
  new RepoUsageError(
    `${schema.name} has no relation ${JSON.stringify(name)}`,
    `It has ${[...schema.relations.keys()].join(", ") || "none"}.`,
  )
