import type { Awaitable, StandardSchemaV1 } from "@bennu/core"
import type { Action, Changeset, Conflict, Params } from "./changeset.ts"
import { type ChangesetIssue, issueAt } from "./changeset-issue.ts"
import type { Constraint } from "./constraints.ts"
import { misfit } from "./fits.ts"
import type { FieldCheck } from "./limits/limits-of-checks.ts"
import type { NestedChange } from "./nested.ts"
import { same } from "./same.ts"
import type { Schema } from "./schema.ts"

/** Runs just before a row is written, in its transaction. */
export type Prepare<S extends Schema = Schema> = (
  changeset: Changeset<S>,
  repo: never,
) => Awaitable<Changeset<S>>

/** The value that a field has to have in the database, and the one it gets. */
export interface Lock {
  readonly held: unknown
  readonly next: unknown
}

/** All that a changeset knows, without the types of its schema. */
export interface State {
  readonly schema: Schema
  readonly data: Readonly<Record<string, unknown>>
  readonly params: Params | null
  /** What it was cast by; null for what code made. */
  readonly rules: StandardSchemaV1 | null
  /** What was asked of it since. */
  readonly checks: readonly FieldCheck[]
  readonly changes: Readonly<Record<string, unknown>>
  /** Without those of nested rows. */
  readonly errors: readonly ChangesetIssue[]
  readonly constraints: readonly Constraint[]
  readonly nested: ReadonlyMap<string, NestedChange>
  readonly prepare: readonly Prepare[]
  readonly locks: ReadonlyMap<string, Lock>
  readonly conflict: Conflict | null
  readonly action: Action | undefined
}

// nobody adds to these: a changeset with more gets a map or a list of its own
const NONE: ReadonlyMap<string, never> = new Map<string, never>()
const NO_LIST: readonly never[] = Object.freeze([])
const NO_VALUES = Object.freeze({})

/** A row without changes. */
export const blank = (schema: Schema, data: object): State => ({
  schema,
  data: Object.freeze({ ...data }),
  params: null,
  rules: null,
  checks: NO_LIST,
  changes: NO_VALUES,
  errors: NO_LIST,
  constraints: NO_LIST,
  nested: NONE,
  prepare: NO_LIST,
  locks: NONE,
  conflict: null,
  action: undefined,
})

/** Changes on their way to a changeset. */
export interface Draft {
  readonly changes: Record<string, unknown>
  readonly errors: ChangesetIssue[]
}

/** Adds a value to the changes where it differs from the row's, or an error where the column cannot hold it. */
export function propose(
  draft: Draft,
  { schema, data }: Pick<State, "schema" | "data">,
  field: string,
  value: unknown,
): void {
  if (value === undefined || same(data[field], value)) return
  const column = schema.columns.get(field)
  const problem = column === undefined ? null : misfit(column, value)
  if (problem === null) draft.changes[field] = value
  else draft.errors.push(issueAt([field], problem))
}

/** The changes with one more. */
export function changed(
  state: Pick<State, "schema" | "data" | "changes" | "errors">,
  field: string,
  value: unknown,
): Pick<State, "changes" | "errors"> {
  const { [field]: _, ...changes } = state.changes
  const draft: Draft = { changes, errors: [...state.errors] }
  propose(draft, state, field, value)
  return { changes: Object.freeze(draft.changes), errors: draft.errors }
}
