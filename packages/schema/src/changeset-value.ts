import { type Issue, pathOf } from "@bennu/core"
import type {
  Action,
  AnyChangeset,
  Changeset,
  Check,
  Data,
  ErrorsByPlace,
  Fields,
  NestedOptions,
  Params,
} from "./changeset.ts"
import {
  type Constraint,
  type ConstraintKind,
  type ConstraintOptions,
  constraint,
} from "./constraints.ts"
import { UnknownFieldError } from "./errors.ts"
import { misfit } from "./fits.ts"
import { appliedNested, castRows, type NestedChange, nestedErrors } from "./nested.ts"
import { same } from "./same.ts"
import type { Schema } from "./schema.ts"

/** All that a changeset knows, without the types of its schema. */
export interface State {
  readonly schema: Schema
  readonly data: Readonly<Record<string, unknown>>
  readonly params: Params | null
  readonly changes: Readonly<Record<string, unknown>>
  /** Without those of nested rows. */
  readonly errors: readonly Issue[]
  readonly constraints: readonly Constraint[]
  readonly nested: ReadonlyMap<string, NestedChange>
  readonly action: Action | undefined
}

export class ChangesetValue<S extends Schema> implements Changeset<S> {
  readonly #state: State
  readonly errors: readonly Issue[]

  constructor(state: State) {
    this.#state = state
    this.errors = Object.freeze([...state.errors, ...nestedErrors(state.nested)])
  }

  /** @throws {TypeError} for what only looks like a changeset. */
  static stateOf(changeset: AnyChangeset): State {
    if (!ChangesetValue.is(changeset)) throw new TypeError("that is not a changeset")
    return changeset.#state
  }

  static is(value: object): value is ChangesetValue<Schema> {
    return #state in value
  }

  // the state was made from a schema S, its data and its fields; these four give the types back

  get schema(): S {
    return this.#state.schema as S
  }

  get data(): Data<S> {
    return this.#state.data as Data<S>
  }

  get changes(): Readonly<Partial<Fields<S>>> {
    return this.#state.changes as Partial<Fields<S>>
  }

  apply(): Data<S> {
    const { data, changes, nested } = this.#state
    const applied: object = { ...data, ...changes, ...appliedNested(nested) }
    return applied as Data<S>
  }

  toJSON(): ErrorsByPlace {
    const places = Map.groupBy(
      this.errors,
      (issue) => pathOf(issue).map(String).join(".") || "base",
    )
    const errors = [...places].map(([place, issues]) => [
      place,
      issues.map(({ message }) => message),
    ])
    return { errors: Object.fromEntries(errors) }
  }

  get params(): Params | null {
    return this.#state.params
  }

  get action(): Action | undefined {
    return this.#state.action
  }

  get valid(): boolean {
    return this.errors.length === 0
  }

  getField<K extends keyof Fields<S>>(field: K): Fields<S>[K] | undefined {
    const key = this.#field(field)
    const { changes, data } = this.#state
    const value = Object.hasOwn(changes, key) ? changes[key] : data[key]
    return value as Fields<S>[K] | undefined
  }

  putChange<K extends keyof Fields<S>>(field: K, value: Fields<S>[K]): Changeset<S> {
    return this.#with(changed(this.#state, this.#field(field), value))
  }

  deleteChange(field: keyof Fields<S>): Changeset<S> {
    const { [this.#field(field)]: _, ...changes } = this.#state.changes
    return this.#with({ changes: Object.freeze(changes) })
  }

  addError(field: keyof Fields<S> | keyof S["$relations"] | null, message: string): Changeset<S> {
    const path = field === null ? [] : [field]
    return this.#with({ errors: [...this.#state.errors, { message, path }] })
  }

  validate<K extends keyof Fields<S>>(
    field: K,
    check: Check<NonNullable<Fields<S>[K]>>,
  ): Changeset<S> {
    const value = this.#state.changes[this.#field(field)]
    if (value === undefined || value === null) return this
    // a change of field K is of K's type, and neither null nor undefined as just seen
    const message = check(value as NonNullable<Fields<S>[K]>)
    return message === null || message === undefined ? this : this.addError(field, message)
  }

  uniqueConstraint(
    field: PropertyKey | readonly PropertyKey[],
    options?: ConstraintOptions,
  ): Changeset<S> {
    return this.#constrain("unique", field, options)
  }

  foreignKeyConstraint(field: PropertyKey, options?: ConstraintOptions): Changeset<S> {
    return this.#constrain("foreignKey", field, options)
  }

  checkConstraint(field: PropertyKey, options?: ConstraintOptions): Changeset<S> {
    return this.#constrain("check", field, options)
  }

  exclusionConstraint(field: PropertyKey, options?: ConstraintOptions): Changeset<S> {
    return this.#constrain("exclusion", field, options)
  }

  castNested(
    name: PropertyKey,
    each?: (row: never, params: unknown) => AnyChangeset,
    options: NestedOptions = {},
  ): Changeset<S> {
    // rows come from the relation of that name, so they are what `each` takes
    const cast = each as ((row: object, params: unknown) => AnyChangeset) | undefined
    const outcome = castRows(this.#state, String(name), cast, options)
    if (outcome === null) return this
    const { change, errors, value } = outcome
    return this.#with({
      nested: new Map(this.#state.nested).set(String(name), change),
      errors: [...this.#state.errors, ...errors],
      ...(value === undefined ? {} : changed(this.#state, String(name), value)),
    })
  }

  withAction(action: Action | undefined): Changeset<S> {
    return this.#with({ action })
  }

  #constrain(
    kind: ConstraintKind,
    field: PropertyKey | readonly PropertyKey[],
    options: ConstraintOptions | undefined,
  ): Changeset<S> {
    const [first, ...more] = [field].flat().map((name) => this.#field(name))
    if (first === undefined) return this
    const made = constraint(kind, [first, ...more], options)
    return this.#with({ constraints: [...this.#state.constraints, made] })
  }

  #field(field: PropertyKey): string {
    const { name, columns, virtual } = this.#state.schema
    if (typeof field === "string" && (columns.has(field) || virtual.has(field))) return field
    throw new UnknownFieldError(name, String(field), [...columns.keys(), ...virtual.keys()])
  }

  #with(more: Partial<State>): Changeset<S> {
    return new ChangesetValue<S>({ ...this.#state, ...more })
  }
}

/** The changes with one more, or an error where the column cannot hold it. */
export function changed(
  { schema, data, changes, errors }: Pick<State, "schema" | "data" | "changes" | "errors">,
  field: string,
  value: unknown,
): Pick<State, "changes" | "errors"> {
  const { [field]: _, ...others } = changes
  const rest = Object.freeze(others)
  if (value === undefined || same(data[field], value)) return { changes: rest, errors }
  const column = schema.columns.get(field)
  const message = column === undefined ? null : misfit(column, value)
  if (message !== null) return { changes: rest, errors: [...errors, { message, path: [field] }] }
  return { changes: Object.freeze({ ...others, [field]: value }), errors }
}
