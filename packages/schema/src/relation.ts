import { is } from "drizzle-orm"
import { getTableConfig, PgTable } from "drizzle-orm/pg-core"
import { SchemaDefinitionError } from "./errors.ts"
import { columnsOf, primaryKeyOf, singular, toCamel } from "./table.ts"

export type RelationKind = "belongsTo" | "hasOne" | "hasMany" | "manyToMany"

/** What joins a row to the rows of a relation; all keys are property names, not column names. */
export interface Join {
  /** The table on the other side. */
  readonly table: PgTable
  /** The property of this schema's rows … */
  readonly from: string
  /** … whose value the other table's rows have in this one. */
  readonly to: string
  /** For many to many: `row[from] = through[through.from]` and `through[through.to] = other[to]`. */
  readonly through: {
    readonly table: PgTable
    readonly from: string
    readonly to: string
  } | null
}

/** A relation, as whoever loads or writes its rows sees it. */
export interface Relation {
  readonly name: string
  readonly kind: RelationKind
  /** Whether its value is a list. */
  readonly many: boolean
  /** What was declared on the other side: a schema, or a bare table. Asked late, so that two schemas may name each other. */
  target(): object
  /** @throws {SchemaDefinitionError} when no key is named, declared in Drizzle, or there by convention. */
  join(): Join
}

/** How a relation is declared, whatever its kind. */
export interface RelationSource {
  readonly to: () => object
  readonly by?: string | undefined
  readonly through?: (() => PgTable) | undefined
}

/** A relation whose join is worked out when first asked for. */
export function relation(
  table: PgTable,
  name: string,
  kind: RelationKind,
  { to, by, through }: RelationSource,
): Relation {
  let join: Join | undefined
  return {
    name,
    kind,
    many: kind === "hasMany" || kind === "manyToMany",
    target: to,
    join: () => {
      join ??= through
        ? throughJoin(table, name, tableOf(to()), through())
        : directJoin(table, name, kind, tableOf(to()), by)
      return join
    },
  }
}

/** The table of what a relation points to. */
export function tableOf(entity: object): PgTable {
  if (is(entity, PgTable)) return entity
  const table: unknown = Reflect.get(entity, "table")
  if (is(table, PgTable)) return table
  throw new TypeError("a relation points to a schema or to a Drizzle table")
}

function directJoin(
  table: PgTable,
  name: string,
  kind: RelationKind,
  other: PgTable,
  by: string | undefined,
): Join {
  const [holder, held] = kind === "belongsTo" ? [table, other] : [other, table]
  const guesses = kind === "belongsTo" ? [`${name}Id`] : [conventional(held)]
  const key =
    by ?? declaredKey(holder, held) ?? guesses.find((guess) => columnsOf(holder).has(guess))
  if (key === undefined || !columnsOf(holder).has(key)) {
    const holderName = getTableConfig(holder).name
    throw new SchemaDefinitionError(
      getTableConfig(table).name,
      `"${name}" needs a foreign key, and "${holderName}" has no ${key ?? guesses.join(" or ")}`,
      `Say which it is: ${kind}: { ${name}: { to: () => …, by: "${key ?? guesses[0]}" } }.`,
    )
  }
  const heldKey = singleKey(held)
  return kind === "belongsTo"
    ? { table: other, from: key, to: heldKey, through: null }
    : { table: other, from: heldKey, to: key, through: null }
}

function throughJoin(table: PgTable, name: string, other: PgTable, through: PgTable): Join {
  const side = (held: PgTable) => {
    const guess = conventional(held)
    const key = declaredKey(through, held) ?? (columnsOf(through).has(guess) ? guess : undefined)
    if (key !== undefined) return key
    throw new SchemaDefinitionError(
      getTableConfig(table).name,
      `"${name}" goes through "${getTableConfig(through).name}", which has no ${guess}`,
      `Declare the foreign key in Drizzle: ${guess}: ….references(() => …).`,
    )
  }
  return {
    table: other,
    from: singleKey(table),
    to: singleKey(other),
    through: { table: through, from: side(table), to: side(other) },
  }
}

/** The property of `holder` that Drizzle was told to reference `held`, if it is the only one. */
function declaredKey(holder: PgTable, held: PgTable): string | undefined {
  const found = getTableConfig(holder)
    .foreignKeys.map((key) => key.reference())
    .filter(({ foreignTable, columns }) => foreignTable === held && columns.length === 1)
  const column = found.length === 1 ? found[0]?.columns[0] : undefined
  for (const [property, own] of columnsOf(holder)) if (own.name === column?.name) return property
  return undefined
}

/** `blog_posts` → `blogPostId`. */
const conventional = (held: PgTable): string => `${toCamel(singular(getTableConfig(held).name))}Id`

function singleKey(table: PgTable): string {
  const [key, ...more] = primaryKeyOf(table)
  if (key !== undefined && more.length === 0) return key
  throw new SchemaDefinitionError(
    getTableConfig(table).name,
    "a relation joins by a primary key of one column",
    "Give the table such a key, or write the query with Drizzle.",
  )
}
