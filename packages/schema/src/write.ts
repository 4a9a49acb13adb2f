import type { PgTable } from "drizzle-orm/pg-core"
import type { AnyChangeset, Changeset } from "./changeset.ts"
import { ChangesetValue } from "./changeset-value.ts"
import { broken } from "./constraints.ts"
import type { NestedRow } from "./nested.ts"
import type { Relation } from "./relation.ts"
import type { Schema } from "./schema.ts"

/** What has to be written for a changeset: all that a repo needs to know of it. Keys are property names. */
export interface Write {
  readonly table: PgTable
  readonly primaryKey: readonly string[]
  /** Columns of the row before, virtual fields and relations left out: an insert writes them too. */
  readonly row: Readonly<Record<string, unknown>>
  /** Columns that change, virtual fields left out. An insert writes `{ ...row, ...changes }`, an update these. */
  readonly changes: Readonly<Record<string, unknown>>
  /** Rows of relations: those of `belongsTo` are written before this row, the others after it. */
  readonly nested: readonly NestedWrite[]
}

export interface NestedWrite {
  readonly relation: Relation
  /** An `update` without changes needs no statement. */
  readonly rows: readonly NestedRow[]
}

/** What a database says when it refuses a row: SQLSTATE and the constraint's name. */
export interface Violation {
  readonly code: string
  readonly constraint: string
}

/** Use it in what stores rows, to see what a changeset asks for. Nothing here says whether it is valid. */
export function writeOf(changeset: AnyChangeset): Write {
  const { schema, data, changes, nested } = ChangesetValue.stateOf(changeset)
  const columns = ([name, value]: [string, unknown]) =>
    schema.columns.has(name) && value !== undefined
  return {
    table: schema.table,
    primaryKey: schema.primaryKey,
    row: Object.fromEntries(Object.entries(data).filter(columns)),
    changes: Object.fromEntries(Object.entries(changes).filter(columns)),
    nested: [...nested.values()].flatMap(({ relation, rows }) =>
      relation === null ? [] : [{ relation, rows }],
    ),
  }
}

/**
 * The changeset with the error that its author declared for a violation.
 * @returns Null when none of its constraints has that name: the error is then nobody's answer, and to be thrown.
 */
export function constraintError<S extends Schema>(
  changeset: Changeset<S>,
  violation: Violation,
): Changeset<S> | null {
  const state = ChangesetValue.stateOf(changeset)
  const found = broken(state.schema.table, state.constraints, violation)
  if (found === undefined) return null
  const error = { message: found.message, path: [found.fields[0]] }
  return new ChangesetValue<S>({ ...state, errors: [...state.errors, error] })
}

/** The changeset with another changeset for a nested row, for when the database refused that one. */
export function withNestedRow<S extends Schema>(
  changeset: Changeset<S>,
  relation: string,
  index: number,
  row: AnyChangeset,
): Changeset<S> {
  const state = ChangesetValue.stateOf(changeset)
  const before = state.nested.get(relation)
  const old = before?.rows[index]
  if (before === undefined || old === undefined) {
    throw new RangeError(`the changeset has no row ${index} of "${relation}"`)
  }
  if (old.action === "delete") {
    // nobody sees the form of a row that was to go, so the list says what is wrong
    const message = row.errors.at(-1)?.message ?? "can't be removed"
    return new ChangesetValue<S>({
      ...state,
      errors: [...state.errors, { message, path: [relation] }],
    })
  }
  const rows = before.rows.with(index, { action: old.action, changeset: row })
  const nested = new Map(state.nested).set(relation, { ...before, rows })
  return new ChangesetValue<S>({ ...state, nested })
}
