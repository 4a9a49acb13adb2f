import type { StandardSchemaV1 } from "@bennu/core"
import { and, isNull, type SQL } from "drizzle-orm"
import { getTableConfig, type PgColumn, type PgTable } from "drizzle-orm/pg-core"
import { SchemaDefinitionError } from "./errors.ts"
import { placeOfCall } from "./place-of-call.ts"
import { type Relation, type RelationSource, relation } from "./relation.ts"
import { columnsOf, primaryKeyOf } from "./table.ts"

/** A table together with what a row can be beyond its columns: virtual fields, relations, embeds. */
export interface Schema<
  T extends PgTable = PgTable,
  V = unknown,
  R = unknown,
  P = unknown,
  N = unknown,
  W = T["$inferSelect"],
> {
  readonly table: T
  /** The table's name in the database. */
  readonly name: string
  /** Columns by property name. */
  readonly columns: ReadonlyMap<string, PgColumn>
  /** Property names of the primary key. */
  readonly primaryKey: readonly string[]
  /** Fields that are cast and validated and never stored. */
  readonly virtual: ReadonlyMap<string, StandardSchemaV1<unknown, unknown>>
  /** Associations by name; embeds are columns and stand in `embeds`. */
  readonly relations: ReadonlyMap<string, Relation>
  /** What a json column holds, by the column's property name. */
  readonly embeds: ReadonlyMap<string, StandardSchemaV1<unknown, unknown>>
  /** Fields whose values never reach logs, telemetry and errors. */
  readonly redacted: ReadonlySet<string>
  /** When a column may be written, where that is not always. */
  readonly writable: ReadonlyMap<string, Writable>
  /** What a repo does with a column that it may not write. */
  readonly onWritableViolation: "ignore" | "raise"
  /** Which rows there are for whoever does not ask for all of them by `unscoped`; null for all. */
  readonly filter: SQL | null
  /** The column that has the time of deletion, in a table whose rows are kept. */
  readonly softDelete: string | null
  /** What is unique among deleted rows too, by name, and is meant to. */
  readonly uniqueAmongDeleted: readonly string[]
  /** Constraints of the database that the table does not tell of, or under another name. */
  readonly constraints: readonly NamedConstraint[]
  /** The file, line and column of the call that made it, for errors that are about it; null where the stack does not tell. */
  readonly definedAt: string | null
  /** Types only; there is nothing at run time. */
  readonly $inferSelect: W
  readonly $virtual: V
  readonly $relations: R
  /** The rows that a row belongs to, which are among its relations. */
  readonly $parents: P
  /** The names of `constraints`, by kind. */
  readonly $constraints: N
}

/** What a constraint is about. Of several fields the first gets the error. */
export type ConstraintFields<C> = C | readonly [C, ...C[]]
/** Constraints by kind, and by their names in the database. */
export type NamedConstraints<C> = {
  readonly [K in NamedConstraint["kind"]]?: Readonly<Record<string, ConstraintFields<C>>>
}
export interface NamedConstraint {
  readonly kind: "unique" | "foreignKey" | "check" | "exclusion"
  readonly name: string
  readonly fields: readonly string[]
}
/** The names of a schema's constraints of one kind. */
export type ConstraintName<
  S extends Schema,
  K extends NamedConstraint["kind"],
> = S["$constraints"] extends { readonly [k in K]: infer Named } ? keyof Named & string : never

/** When a column may be written: at any time, only as its row is inserted, or never (the database fills it in). */
export type Writable = "always" | "insert" | "never"

/** A row as the table has it; a json column that says no type of its own holds what its embed is. */
export type Row<S extends Schema> = S["$inferSelect"]
/** One row of a relation, whether it holds one or many. */
export type Nested<T> = T extends readonly (infer R)[] ? R : NonNullable<T>

/** What a relation may point to: a schema, or a Drizzle table where two schemas would define each other in a circle. */
export interface Entity<R> {
  readonly $inferSelect: R
}
/** A relation, with the foreign key's property (`by`) where neither Drizzle nor the convention `userId` tells it. */
export type RelationTo<R> =
  | (() => Entity<R>)
  | { readonly to: () => Entity<R>; readonly by: string }

/** What belongs to a row is there, unless the column of its key may be null. */
export type BelongsTo<T extends PgTable, B, By> = {
  [K in keyof B]: null extends KeyOf<T["$inferSelect"], K, K extends keyof By ? By[K] : undefined>
    ? B[K] | null
    : B[K]
}
/** What the column of a foreign key holds: that named by `by`, or by convention. A key that only Drizzle knows may be any. */
type KeyOf<R, K, By> = By extends keyof R
  ? R[By]
  : `${K & string}Id` extends keyof R
    ? R[`${K & string}Id`]
    : R[keyof R]

/** A table's row, with what `embeds` say of json columns whose type nobody said. */
type RowOf<T extends PgTable, E> = keyof E extends never
  ? T["$inferSelect"]
  : {
      [K in keyof T["$inferSelect"]]: K extends keyof E
        ? Embedded<T["$inferSelect"][K], E[K], T["_"]["columns"][K]["_"]["notNull"]>
        : T["$inferSelect"][K]
    }
type Embedded<C, V, NotNull> = unknown extends C ? (NotNull extends true ? V : V | null) : C

export interface SchemaOptions<
  V,
  B,
  O,
  M,
  MM,
  E,
  C extends PropertyKey = string,
  By = unknown,
  N = unknown,
> {
  /** Fields without a column, such as a password before it is hashed. */
  readonly virtual?: { readonly [K in keyof V]: StandardSchemaV1<unknown, V[K]> } | undefined
  /** This table has the foreign key; where its column may be null, so may the relation. */
  readonly belongsTo?:
    | ({ readonly [K in keyof B]: RelationTo<B[K]> } & {
        readonly [K in keyof By]: (() => unknown) | { readonly by: By[K] }
      })
    | undefined
  /** The other table has the foreign key, at most once. */
  readonly hasOne?: { readonly [K in keyof O]: RelationTo<O[K]> } | undefined
  /** The other table has the foreign key. */
  readonly hasMany?: { readonly [K in keyof M]: RelationTo<M[K]> } | undefined
  /** A third table has a foreign key to each. */
  readonly manyToMany?:
    | {
        readonly [K in keyof MM]: {
          readonly to: () => Entity<MM[K]>
          readonly through: () => PgTable
        }
      }
    | undefined
  /**
   * What json columns of this table hold; null where they hold nothing. Rows have this type too, unless the column says
   * another (`jsonb().$type<…>()`). What is read has been through JSON and is not checked again: say an instant as text
   * (`z.iso.datetime()`), as a `Date` would come back as that.
   */
  readonly embeds?: { readonly [K in keyof E]: StandardSchemaV1<unknown, E[K]> } | undefined
  /** Columns and virtual fields whose values are nobody's business: `"[redacted]"` in logs, telemetry and errors. */
  readonly redact?: readonly (C | keyof NoInfer<V>)[] | undefined
  /** Columns that are written once (`"insert"`) or by the database alone (`"never"`). */
  readonly writable?: { readonly [K in C]?: Writable } | undefined
  /**
   * Constraints that Drizzle cannot declare (`exclude`), that are about no column as far as it can tell, or that have another
   * name in the database: what they refuse is an error of the field, and `checkConstraints` of `@bennu/migrations` looks for them.
   * @example constraints: { exclusion: { bookings_no_overlap: "room" }, check: { bookings_in_order: "until" } }
   */
  readonly constraints?: N | undefined
  /** Which rows a repo reads and changes, unless asked for `unscoped(schema)`. */
  readonly filter?: SQL | undefined
  /**
   * The timestamp column that a repo's `delete` sets instead of removing the row. Rows that have it are then filtered
   * out, as by `filter`; make unique indexes partial (`where deleted_at is null`), or `checkSchemas` refuses them.
   */
  readonly softDelete?: C | undefined
  /**
   * Unique constraints and indexes, by name, that deleted rows are to count in: who has deleted such a row cannot make it anew.
   * @example uniqueAmongDeleted: ["invoices_number_unique"]
   */
  readonly uniqueAmongDeleted?: readonly string[] | undefined
  /** Whether a change to such a column is left out in silence, or throws (`"ignore"`, as in Ecto). */
  readonly onWritableViolation?: "ignore" | "raise" | undefined
}

/**
 * Describes what a row of a Drizzle table is to your app; `cast`, `change` and a repo start from it.
 * @param table Any `pgTable`.
 * @param options Relations are declared by a function, so that modules may import each other.
 * @returns A constant to export; `type Todo = typeof Todo.$inferSelect` is its row.
 * @throws {SchemaDefinitionError} when an embed has no column, or a virtual field or relation has a column's name.
 * @example const Todo = schema(todos, { belongsTo: { user: () => users } })
 */
export function schema<
  T extends PgTable,
  V = object,
  B = object,
  O = object,
  M = object,
  MM = object,
  E = object,
  const By = object,
  const N extends NamedConstraints<keyof T["$inferSelect"] & string> = object,
>(
  table: T,
  options: SchemaOptions<V, B, O, M, MM, E, keyof T["$inferSelect"] & string, By, N> = {},
): Schema<
  T,
  V,
  BelongsTo<T, B, By> & { [K in keyof O]: O[K] | null } & { [K in keyof M]: M[K][] } & {
    [K in keyof MM]: MM[K][]
  } & { [K in keyof E]: E[K] | null },
  B,
  N,
  RowOf<T, E>
> {
  const { name } = getTableConfig(table)
  const columns = columnsOf(table)
  const relations = new Map<string, Relation>()
  for (const kind of ["belongsTo", "hasOne", "hasMany", "manyToMany"] as const) {
    for (const [key, source] of entries<RelationDeclaration>(options[kind])) {
      relations.set(key, relation(table, key, kind, sourceOf(source)))
    }
  }
  const made = {
    table,
    name,
    columns,
    primaryKey: primaryKeyOf(table),
    virtual: new Map(entries<StandardSchemaV1<unknown, unknown>>(options.virtual)),
    relations,
    embeds: new Map(entries<StandardSchemaV1<unknown, unknown>>(options.embeds)),
    redacted: new Set(options.redact?.map(String)),
    writable: new Map(entries<Writable>(options.writable)),
    onWritableViolation: options.onWritableViolation ?? "ignore",
    filter: filterOf(columns, options),
    softDelete: options.softDelete ?? null,
    uniqueAmongDeleted: options.uniqueAmongDeleted ?? [],
    constraints: namedConstraints(options.constraints),
    definedAt: placeOfCall(schema),
  }
  checkNames(made)
  // the five $-properties exist for the compiler alone: they carry types that the values above imply
  return made as typeof made & {
    $inferSelect: never
    $virtual: never
    $relations: never
    $parents: never
    $constraints: never
  }
}

const namedConstraints = (declared: NamedConstraints<string> = {}): NamedConstraint[] =>
  (["unique", "foreignKey", "check", "exclusion"] as const).flatMap((kind) =>
    entries<ConstraintFields<string>>(declared[kind]).map(([name, fields]) => ({
      kind,
      name,
      fields: [fields].flat(),
    })),
  )

/**
 * The same schema with all of its rows, also those that its filter leaves out or that are deleted softly; what deletes
 * by it removes rows for good.
 * @example repo.all(unscoped(Article))
 */
export const unscoped = <S extends Schema>(schema: S): S => ({
  ...schema,
  filter: null,
  softDelete: null,
})

function filterOf(
  columns: Schema["columns"],
  {
    filter,
    softDelete,
  }: { readonly filter?: SQL | undefined; readonly softDelete?: string | undefined },
): SQL | null {
  const deleted = softDelete === undefined ? undefined : columns.get(softDelete)
  return and(filter, deleted && isNull(deleted)) ?? null
}

type RelationDeclaration = (() => object) | RelationSource

const sourceOf = (source: RelationDeclaration): RelationSource =>
  typeof source === "function" ? { to: source } : source

// mapped types over an open type parameter have no entries that TypeScript could tell
const entries = <T>(record: object | undefined): [string, T][] => Object.entries(record ?? {})

function checkNames({
  name,
  columns,
  virtual,
  relations,
  embeds,
  redacted,
  writable,
  softDelete,
  constraints,
}: Omit<Schema, `$${string}`>): void {
  if (softDelete !== null && columns.get(softDelete)?.dataType !== "date") {
    throw new SchemaDefinitionError(
      name,
      `softDelete names "${softDelete}", which is no timestamp`,
      `Add a column to the table: ${softDelete}: timestamp({ withTimezone: true }).`,
    )
  }
  for (const key of [...redacted, ...writable.keys()]) {
    if (columns.has(key) || (virtual.has(key) && redacted.has(key))) continue
    throw new SchemaDefinitionError(
      name,
      `"${key}" is no column, so it is neither redacted nor read-only`,
      `It has ${[...columns.keys()].join(", ")}.`,
    )
  }
  for (const { name: constraint, fields } of constraints) {
    const unknown = fields.find((field) => !columns.has(field))
    if (unknown === undefined) continue
    throw new SchemaDefinitionError(
      name,
      `the constraint ${constraint} is said to be about "${unknown}", which is no column`,
      `It has ${[...columns.keys()].join(", ")}.`,
    )
  }
  for (const key of embeds.keys()) {
    if (columns.get(key)?.dataType === "json") continue
    throw new SchemaDefinitionError(
      name,
      `the embed "${key}" has no json column`,
      `Add a column to the table: ${key}: jsonb().`,
    )
  }
  for (const key of [...virtual.keys(), ...relations.keys()]) {
    if (!columns.has(key) && !(virtual.has(key) && relations.has(key))) continue
    throw new SchemaDefinitionError(
      name,
      `"${key}" is there twice`,
      "Give one of them another name.",
    )
  }
}
