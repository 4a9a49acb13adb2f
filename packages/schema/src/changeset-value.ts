import type {
  Action,
  AnyChangeset,
  Changeset,
  Conflict,
  Data,
  ErrorsByPlace,
  Fields,
  NestedOptions,
  Params,
} from "./changeset.ts"
import { type ChangesetIssue, issueAt, type Problem, traverseErrors } from "./changeset-issue.ts"
import { blank, changed, type Prepare, type State } from "./changeset-state.ts"
import { ChangesetValidations } from "./changeset-validations.ts"
import {
  type ConstraintKind,
  type ConstraintOptions,
  constraint,
  refuseUnknownName,
} from "./constraints.ts"
import { UnknownFieldError } from "./errors.ts"
import type { FieldCheck } from "./limits/limits-of-checks.ts"
import { lockOf } from "./lock.ts"
import { appliedNested, castRows, nestedErrors } from "./nested.ts"
import { putRows } from "./put-rows.ts"
import { redact } from "./redact.ts"
import type { Schema } from "./schema.ts"

export class ChangesetValue<S extends Schema>
  extends ChangesetValidations<S>
  implements Changeset<S>
{
  readonly #state: State
  readonly errors: readonly ChangesetIssue[]

  constructor(state: State) {
    super()
    this.#state = state
    const { errors, nested } = state
    this.errors = Object.freeze(nested.size === 0 ? errors : [...errors, ...nestedErrors(nested)])
  }

  /** @throws {TypeError} for what only looks like a changeset. */
  static stateOf(changeset: AnyChangeset): State {
    if (!ChangesetValue.is(changeset)) throw new TypeError("that is not a changeset")
    return changeset.#state
  }

  static is(value: unknown): value is ChangesetValue<Schema> {
    return typeof value === "object" && value !== null && #state in value
  }

  // the state was made from a schema S, its data and its fields; these five give the types back

  get schema(): S {
    return this.#state.schema as S
  }

  get data(): Data<S> {
    return this.#state.data as Data<S>
  }

  get changes(): Readonly<Partial<Fields<S>>> {
    return this.#state.changes as Partial<Fields<S>>
  }

  get conflict(): Conflict<S> | null {
    return this.#state.conflict as Conflict<S> | null
  }

  apply(): Data<S> {
    const { data, changes, nested } = this.#state
    const applied: object = { ...data, ...changes, ...appliedNested(nested) }
    return applied as Data<S>
  }

  toJSON(): ErrorsByPlace {
    return { errors: traverseErrors(this, ({ message }) => message) }
  }

  /** What `console.log` and loggers show: no redacted value. */
  [Symbol.for("nodejs.util.inspect.custom")](): object {
    const { schema, action, changes } = this.#state
    const { valid, errors } = this
    return { changeset: schema.name, action, valid, changes: redact(schema, changes), errors }
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

  protected get self(): Changeset<S> {
    return this
  }

  getField<K extends keyof Fields<S>>(field: K): Fields<S>[K] | undefined {
    const key = this.known(field)
    const { changes, data } = this.#state
    const value = Object.hasOwn(changes, key) ? changes[key] : data[key]
    return value as Fields<S>[K] | undefined
  }

  getChange<K extends keyof Fields<S>>(field: K): Fields<S>[K] | undefined {
    return this.#state.changes[this.known(field)] as Fields<S>[K] | undefined
  }

  putChange<K extends keyof Fields<S>>(field: K, value: Fields<S>[K]): Changeset<S> {
    return this.#with(changed(this.#state, this.known(field), value))
  }

  forceChange<K extends keyof Fields<S>>(field: K, value: Fields<S>[K]): Changeset<S> {
    return this.#with(changed({ ...this.#state, data: {} }, this.known(field), value))
  }

  updateChange<K extends keyof Fields<S>>(
    field: K,
    update: (value: Fields<S>[K]) => Fields<S>[K],
  ): Changeset<S> {
    const key = this.known(field)
    if (!Object.hasOwn(this.#state.changes, key)) return this
    return this.putChange(field, update(this.#state.changes[key] as Fields<S>[K]))
  }

  deleteChange(field: keyof Fields<S>): Changeset<S> {
    const { [this.known(field)]: _, ...changes } = this.#state.changes
    return this.#with({ changes: Object.freeze(changes) })
  }

  merge(other: Changeset<S>): Changeset<S> {
    const [mine, theirs] = [this.#state, ChangesetValue.stateOf(other)]
    if (mine.schema !== theirs.schema) {
      throw new TypeError(
        `a changeset of "${theirs.schema.name}" cannot be merged into one of "${mine.schema.name}"`,
      )
    }
    return this.#with({
      params: theirs.params === null ? mine.params : { ...mine.params, ...theirs.params },
      rules: mine.rules ?? theirs.rules,
      checks: [...mine.checks, ...theirs.checks],
      changes: Object.freeze({ ...mine.changes, ...theirs.changes }),
      errors: [...mine.errors, ...theirs.errors],
      constraints: [...mine.constraints, ...theirs.constraints],
      nested: new Map([...mine.nested, ...theirs.nested]),
      prepare: [...mine.prepare, ...theirs.prepare],
      locks: new Map([...mine.locks, ...theirs.locks]),
      action: theirs.action ?? mine.action,
    })
  }

  addError(
    field: keyof Fields<S> | keyof S["$relations"] | null,
    problem: string | Problem,
  ): Changeset<S> {
    const found = typeof problem === "string" ? { message: problem } : problem
    return this.#failed(issueAt(field === null ? [] : [field], found))
  }

  protected refuse(places: string | readonly string[], problem: Problem): Changeset<S> {
    return this.#failed(...[places].flat().map((place) => issueAt([place], problem)))
  }

  protected asked(...checks: readonly FieldCheck[]): ChangesetValue<S> {
    return this.#with({ checks: [...this.#state.checks, ...checks] })
  }

  uniqueConstraint(
    field: PropertyKey | readonly PropertyKey[],
    options?: ConstraintOptions,
  ): Changeset<S> {
    return this.#constrain("unique", [field].flat(), options)
  }

  foreignKeyConstraint(field: PropertyKey, options?: ConstraintOptions): Changeset<S> {
    return this.#constrain("foreignKey", [field], options)
  }

  noAssocConstraint(relation: PropertyKey, options?: ConstraintOptions): Changeset<S> {
    const known = this.#state.schema.relations
    const found = known.get(String(relation))
    if (found === undefined)
      throw new UnknownFieldError(this.#state.schema.name, String(relation), known.keys())
    const made = constraint("noAssoc", [found.name], options)
    return this.#with({ constraints: [...this.#state.constraints, made] })
  }

  checkConstraint(field: PropertyKey, options?: ConstraintOptions): Changeset<S> {
    return this.#constrain("check", [field], options)
  }

  exclusionConstraint(field: PropertyKey, options?: ConstraintOptions): Changeset<S> {
    return this.#constrain("exclusion", [field], options)
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

  putAssoc(
    name: PropertyKey,
    rows: unknown,
    options: Pick<NestedOptions, "onReplace"> = {},
  ): Changeset<S> {
    const toState = (schema: Schema, row: object): [AnyChangeset, State] => {
      const changeset = ChangesetValue.is(row) ? row : new ChangesetValue(blank(schema, row))
      return [changeset, changeset.#state]
    }
    const { change, errors } = putRows(this.#state, String(name), rows, options, toState)
    return this.#with({
      nested: new Map(this.#state.nested).set(String(name), change),
      errors: [...this.#state.errors, ...errors],
    })
  }

  prepareChanges(prepare: Prepare<S>): Changeset<S> {
    // whoever runs it passes a changeset that was made from this one
    const prepared = prepare as unknown as Prepare
    return this.#with({ prepare: [...this.#state.prepare, prepared] })
  }

  optimisticLock(field: PropertyKey, next?: (value: never) => unknown): Changeset<S> {
    const lock = lockOf(this.#state, this.known(field), next)
    return this.#with({ locks: new Map(this.#state.locks).set(...lock) })
  }

  withAction(action: Action | undefined): Changeset<S> {
    return this.#with({ action })
  }

  #constrain(
    kind: Exclude<ConstraintKind, "noAssoc">,
    fields: readonly PropertyKey[],
    options: ConstraintOptions | undefined,
  ): Changeset<S> {
    const [first, ...more] = fields.map((name) => this.known(name))
    if (first === undefined) return this
    if (options?.name !== undefined) refuseUnknownName(this.#state.schema, kind, options.name)
    const made = constraint(kind, [first, ...more], options)
    return this.#with({ constraints: [...this.#state.constraints, made] })
  }

  protected known(field: PropertyKey): string {
    const { name, columns, virtual } = this.#state.schema
    if (typeof field === "string" && (columns.has(field) || virtual.has(field))) return field
    throw new UnknownFieldError(name, String(field), [...columns.keys(), ...virtual.keys()])
  }

  #failed(...issues: readonly ChangesetIssue[]): Changeset<S> {
    return issues.length === 0 ? this : this.#with({ errors: [...this.#state.errors, ...issues] })
  }

  #with(more: Partial<State>): ChangesetValue<S> {
    return new ChangesetValue<S>({ ...this.#state, ...more })
  }
}
