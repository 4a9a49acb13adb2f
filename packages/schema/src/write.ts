import type { PgTable } from "drizzle-orm/pg-core"
import type { AnyChangeset, Changeset, Conflict } from "./changeset.ts"
import { issueAt } from "./changeset-issue.ts"
import type { Lock, Prepare } from "./changeset-state.ts"
import { ChangesetValue } from "./changeset-value.ts"
import { type Violation, violated } from "./constraints.ts"
import { ReadOnlyError } from "./errors.ts"
import { isKept, type NestedRow } from "./nested.ts"
import type { Relation } from "./relation.ts"
import { same } from "./same.ts"
import type { Schema } from "./schema.ts"

/** What belongs to writing a changeset beside its own row. */
export interface Steps {
  /** Rows of relations: those of `belongsTo` are written before this row, the others after it. */
  readonly nested: readonly NestedWrite[]
  /** To run first, one after the other, in the transaction of the write; what they return is to be written. */
  readonly prepare: readonly Prepare[]
}

/** What has to be written for a changeset: all that a repo needs to know of it. Keys are property names. */
export interface Write extends Steps {
  readonly table: PgTable
  readonly primaryKey: readonly string[]
  /** Columns of the row before, virtual fields and relations left out: an insert writes them too. */
  readonly row: Readonly<Record<string, unknown>>
  /** Columns that change, virtual fields left out. An insert writes `{ ...row, ...changes }`, an update these. */
  readonly changes: Readonly<Record<string, unknown>>
  /** An update or delete is only of a row that has the values held; an update writes the next ones along. */
  readonly locks: ReadonlyMap<string, Lock>
}

export interface NestedWrite {
  readonly relation: Relation
  /** An `update` or a `link` without changes needs no statement for the row itself. */
  readonly rows: readonly NestedRow[]
}

/**
 * Use it in what stores rows, to see what a changeset asks for. Nothing here says whether it is valid.
 * @param action What is done with the row, where that is decided: fields that are not writable then are left out.
 * @throws {ReadOnlyError} when they would change, and the schema says `onWritableViolation: "raise"`.
 */
export function writeOf(changeset: AnyChangeset, action?: "insert" | "update"): Write {
  const { schema, data, changes, locks } = ChangesetValue.stateOf(changeset)
  const row = stored(schema, data)
  const changed = stored(schema, changes)
  return {
    table: schema.table,
    primaryKey: schema.primaryKey,
    row: action === "insert" ? writable(schema, action, row) : row,
    changes: action === undefined ? changed : writable(schema, action, changed),
    ...stepsOf(changeset),
    locks,
  }
}

/** The part of it that tells whether more than one statement is needed, without a look at the rows. */
export function stepsOf(changeset: AnyChangeset): Steps {
  const { nested, prepare } = ChangesetValue.stateOf(changeset)
  if (nested.size === 0) return { nested: NONE, prepare }
  const writes = [...nested.values()].flatMap(({ relation, rows }) =>
    relation === null ? [] : [{ relation, rows }],
  )
  return { nested: writes, prepare }
}

const NONE: readonly NestedWrite[] = []

type Values = Readonly<Record<string, unknown>>

/** Those that have a column. */
function stored({ columns }: Schema, values: Values): Values {
  const kept: Record<string, unknown> = {}
  for (const name of Object.keys(values))
    if (values[name] !== undefined && columns.has(name)) kept[name] = values[name]
  return kept
}

function writable(schema: Schema, action: "insert" | "update", values: Values): Values {
  if (schema.writable.size === 0) return values
  const refused = Object.keys(values).filter((name) => {
    const when = schema.writable.get(name) ?? "always"
    return when === "never" || (when === "insert" && action === "update")
  })
  if (refused.length === 0) return values
  if (schema.onWritableViolation === "raise") throw new ReadOnlyError(schema.name, refused, action)
  return Object.fromEntries(Object.entries(values).filter(([name]) => !refused.includes(name)))
}

/**
 * The changeset with the error that stands for a violation: the one that its author declared, else what the table says.
 * @returns Null when neither knows the constraint: the error is then nobody's answer, and to be thrown.
 */
export function constraintError<S extends Schema>(
  changeset: Changeset<S>,
  violation: Violation,
): Changeset<S> | null {
  const state = ChangesetValue.stateOf(changeset)
  const error = violated(state.schema, state.constraints, violation)
  return error && new ChangesetValue<S>({ ...state, errors: [...state.errors, error] })
}

/**
 * The changeset of a row that was not what its locks held.
 * @param current The row as it is, or null when it is gone.
 */
export function staleError<S extends Schema>(
  changeset: Changeset<S>,
  current: Readonly<Record<string, unknown>> | null,
): Changeset<S> {
  const state = ChangesetValue.stateOf(changeset)
  const { data, changes, schema } = state
  const fields: Record<string, { base: unknown; mine: unknown; theirs: unknown }> = {}
  for (const name of schema.columns.keys()) {
    const [base, theirs] = [data[name], current?.[name]]
    const mine = Object.hasOwn(changes, name) ? changes[name] : base
    if (current === null || (same(base, theirs) && same(base, mine))) continue
    fields[name] = { base, mine, theirs }
  }
  const problem = { message: "was changed by someone else meanwhile", code: "stale" }
  // the row and the differences are of the schema's columns
  const conflict = { current, fields } as Conflict
  return new ChangesetValue<S>({
    ...state,
    conflict,
    errors: [...state.errors, issueAt([], problem)],
  })
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
  if (!isKept(old)) {
    // nobody sees the form of a row that was to go, so the list says what is wrong
    const problem = row.errors.at(-1) ?? { message: "can't be removed" }
    return new ChangesetValue<S>({
      ...state,
      errors: [...state.errors, issueAt([relation], problem)],
    })
  }
  const rows = before.rows.with(index, { action: old.action, changeset: row })
  const nested = new Map(state.nested).set(relation, { ...before, rows })
  return new ChangesetValue<S>({ ...state, nested })
}
