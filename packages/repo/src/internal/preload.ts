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
  /** Statements that need nothing of one another. */
  run(statements: readonly Statement[]): Promise<Answer[]>
  /** What `load` is given. */
  readonly repo: Repo
  /** Which rows of a relation there are. */
  filter(target: object): SQL | undefined
}

/** Whether there is anything to load. */
export const isEmpty = (preloads: AnyPreloads): boolean => Object.keys(preloads).length === 0

/**
 * Loads relations into rows: one query for each relation, whatever the number of rows.
 * @param rows Get the relations themselves, so nobody else may have them yet.
 */
export async function preload(
  loading: Loading,
  schema: Schema,
  rows: readonly Record<string, unknown>[],
  preloads: AnyPreloads,
): Promise<void> {
  const wanted = asked(preloads).flatMap(([name, how]) => {
    // an embed is a column, so it is there already
    return schema.embeds.has(name) ? [] : [wantedOf(loading, schema, rows, name, how)]
  })
  const questions = wanted.flatMap(({ question }) => question ?? [])
  const answers = await loading.run(questions.map(({ statement }) => statement))
  const read = new Map(questions.map((question, at) => [question, answers[at]]))
  const found = await Promise.all(
    wanted.map(({ question, how: { load } }) => {
      const answer = question && read.get(question)
      const others = answer === undefined ? NONE : (question?.read(answer) ?? NONE)
      return load === undefined ? others : refined(others, loading.repo, load)
    }),
  )
  for (const [at, { name, many, keys }] of wanted.entries())
    add(rows, name, many, keys, found[at] ?? NONE)
}

const asked = (preloads: AnyPreloads): (readonly [string, AnyPreload])[] =>
  isList(preloads)
    ? preloads.map((name) => [String(name), {}])
    : Object.entries(preloads).flatMap(([name, how]) =>
        how === undefined ? [] : [[name, how === true ? {} : how]],
      )

const isList = (preloads: AnyPreloads): preloads is readonly PropertyKey[] =>
  Array.isArray(preloads)

/** A relation to load. */
interface Wanted {
  readonly name: string
  readonly many: boolean
  readonly how: AnyPreload
  /** What each row has in common with those on the other side. */
  readonly keys: readonly string[]
  /** None where no row has a key. */
  readonly question: Question | undefined
}

interface Question {
  readonly statement: Statement
  read(answer: Answer): Found
}

/** Rows of the other side, and the key that each of them has. */
interface Found {
  readonly keys: readonly string[]
  readonly rows: readonly AnyRow[]
}

const NONE: Found = { keys: [], rows: [] }

function wantedOf(
  loading: Loading,
  schema: Schema,
  rows: readonly AnyRow[],
  name: string,
  how: AnyPreload,
): Wanted {
  const relation = schema.relations.get(name)
  if (relation === undefined) throw unknown(schema, name)
  const { from } = relation.join()
  const own = columnOf(schema.table, from)
  const keys: string[] = []
  const values = new Map<string, unknown>()
  for (const row of rows) {
    const value = row[from]
    const text = key(own, value)
    keys.push(text)
    if (value !== null && value !== undefined) values.set(text, value)
  }
  const question =
    values.size === 0 ? undefined : questionOf(loading, relation, [...values.values()], how)
  return { name, many: relation.many, how, keys, question }
}

function questionOf(
  { plan: planOf, filter }: Loading,
  relation: Relation,
  values: readonly unknown[],
  { where, orderBy }: AnyPreload,
): Question {
  const { table, to, through } = relation.join()
  const plan = planOf(table)
  const wanted = and(where, filter(relation.target()))
  const usual = wanted === undefined && orderBy === undefined
  const other = columnOf(table, to)
  const order = () => sql.join(orderBy === undefined ? orderOf(table) : [orderBy].flat(), sql`, `)
  if (through === null) {
    const rest = () => sql` where ${and(anyOf(other, values), wanted)} order by ${order()}`
    const statement = usual
      ? {
          text: plan.once(`by ${to}`, () => plan.select(rest()).text),
          params: [encode(encoded(other, values))],
        }
      : plan.select(rest())
    return {
      statement,
      read(answer) {
        const rows = plan.read(answer)
        return { keys: rows.map((row) => key(other, row[to])), rows }
      },
    }
  }
  const from = columnOf(through.table, through.from)
  const joined = columnOf(through.table, through.to)
  const whole = () =>
    plan.statement(sql`select ${from}, ${sql.raw(plan.columns)} from ${through.table}
      inner join ${table} on ${joined} = ${other}
      where ${and(anyOf(from, values), wanted)} order by ${order()}`)
  const statement = usual
    ? {
        text: plan.once(
          `by ${planOf(through.table).from} ${through.from} ${through.to} ${to}`,
          () => whole().text,
        ),
        params: [encode(encoded(from, values))],
      }
    : whole()
  return {
    statement,
    read(answer) {
      // the key's text is what the wire brought; its column tells how it reads
      const read = readerOf(from, answer.columns[0]?.type ?? 0)
      const keys = answer.rows.map(([text]) => key(from, read ? read(text ?? "") : text))
      return { keys, rows: plan.read(answer, 1) }
    },
  }
}

/** Gives each row those of the other side that have its key. */
function add(
  rows: readonly Record<string, unknown>[],
  name: string,
  many: boolean,
  keys: readonly string[],
  found: Found,
): void {
  const groups = new Map<string, AnyRow[]>()
  for (const [at, row] of found.rows.entries()) {
    const of = found.keys[at] ?? ""
    const group = groups.get(of)
    if (group === undefined) groups.set(of, [row])
    else if (many) group.push(row)
  }
  for (const [at, row] of rows.entries()) {
    const group = groups.get(keys[at] ?? "")
    // two rows may have one key, and each has a list of its own
    row[name] = many ? (group?.slice() ?? []) : (group?.[0] ?? null)
  }
}

/** What `load` makes of the rows; each stays with those it belongs to, whether it was copied or left out. */
async function refined(
  found: Found,
  repo: Repo,
  load: NonNullable<AnyPreload["load"]>,
): Promise<Found> {
  if (found.rows.length === 0) return found
  const marked = found.rows.map((row, at) => ({ ...row, [OWNER]: found.keys[at] }))
  const keys: string[] = []
  const rows = (await load(marked, repo)).map((row) => {
    const { [OWNER]: of, ...rest }: AnyRow & { readonly [OWNER]?: unknown } = row
    if (typeof of === "string") {
      keys.push(of)
      return rest
    }
    throw new RepoUsageError(
      "load of a preload made rows that it was not given",
      "Copy rows with all that they have ({ ...row, more }), or leave them out.",
    )
  })
  return { keys, rows }
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
