import { type StandardSchemaV1, validate } from "@bennu/core"
import type { Changeset, Data, Fields, Params, Proposed } from "./changeset.ts"
import { type ChangesetIssue, issueAt, issueOfRule } from "./changeset-issue.ts"
import { blank, type Draft, propose } from "./changeset-state.ts"
import { ChangesetValue } from "./changeset-value.ts"
import { AsyncRulesError, UnknownFieldError } from "./errors.ts"
import { Input, isField } from "./input.ts"
import type { Schema } from "./schema.ts"

export interface CastOptions<S extends Schema> {
  /**
   * Who may set what, where the rules are the same for all: of what was sent, only these fields are looked at.
   * @example cast(Article, article, params, rules, { permit: permits[scope.user.role] })
   */
  readonly permit?: readonly (keyof Fields<S>)[] | undefined
}

/**
 * Takes what someone sent as changes to a row, as far as the rules allow it.
 *
 * The rules are the list of what may be set: only fields that they return reach `changes`. They see what was sent,
 * read as the columns' types, over what is there: a rule that requires a title is content with the row's own.
 * @param data The row before; `{}` or what code decides (`{ userId }`) for a new one.
 * @param params Anything: decoded form data, JSON. What is not an object is an error, not an exception.
 * @param rules Any Standard Schema over typed values that answers at once.
 * @throws {AsyncRulesError} when the rules return a promise.
 * @example cast(Todo, todo, params, z.object({ title: z.string().trim().min(1, "can't be blank") }))
 */
export function cast<S extends Schema>(
  schema: S,
  data: Data<S>,
  params: unknown,
  rules: StandardSchemaV1<unknown, Proposed<S>>,
  { permit }: CastOptions<S> = {},
): Changeset<S> {
  const sent = paramsOf(params)
  const permitted = permit && new Set<PropertyKey>(permit)
  const input = new Input(schema, data, sent ?? {}, permitted)
  let outcome = run(schema, rules, input)
  while (input.settle(outcome.issues, outcome.value)) outcome = run(schema, rules, input)

  const draft: Draft = { changes: {}, errors: outcome.issues }
  if (sent === null) draft.errors.unshift(issueAt([], { message: "is invalid", code: "type" }))
  const start = blank(schema, data)
  if (outcome.issues.length === 0) {
    for (const field of Object.keys(outcome.value)) {
      // a rule's default for a field that this person may not set is the row's own business
      if (!isField(schema, field) || permitted?.has(field) === false) continue
      propose(draft, start, field, outcome.value[field])
    }
    for (const field of input.emptied(outcome.value)) propose(draft, start, field, null)
  }
  return new ChangesetValue({
    ...start,
    params: sent ?? {},
    rules,
    changes: Object.freeze(draft.changes),
    errors: draft.errors,
  })
}

/**
 * Makes changes from code, which needs no rules: `change(Todo, todo, { done: true })`.
 * @throws {UnknownFieldError} for a field that neither the table nor the schema's virtual fields have.
 */
export function change<S extends Schema>(
  schema: S,
  data: Data<S>,
  changes: Proposed<S> = {},
): Changeset<S> {
  const start = blank(schema, data)
  const draft: Draft = { changes: {}, errors: [] }
  const proposed: Readonly<Record<string, unknown>> = changes
  for (const field of Object.keys(proposed)) {
    if (!isField(schema, field)) {
      throw new UnknownFieldError(schema.name, field, [
        ...schema.columns.keys(),
        ...schema.virtual.keys(),
      ])
    }
    propose(draft, start, field, proposed[field])
  }
  return new ChangesetValue({
    ...start,
    changes: Object.freeze(draft.changes),
    errors: draft.errors,
  })
}

/** Null for what cannot hold fields; nothing at all is an empty form. */
function paramsOf(params: unknown): Params | null {
  if (params === undefined || params === null) return {}
  return isRecord(params) ? params : null
}

const isRecord = (value: unknown): value is Params =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** What the rules say of the input: a value without issues, or issues and no value. */
interface Outcome {
  readonly value: Params
  readonly issues: ChangesetIssue[]
}

function run(schema: Schema, rules: StandardSchemaV1<unknown, object>, input: Input): Outcome {
  const result = validate(rules, input.read())
  if (result instanceof Promise) {
    // nobody will ask what came of it
    result.catch(() => undefined)
    throw new AsyncRulesError(schema.name)
  }
  // rules give an object, whose fields are looked at one by one
  if (result.ok) return { value: result.value as Params, issues: [] }
  return { value: {}, issues: result.error.map((issue) => issueOfRule(issue)) }
}
