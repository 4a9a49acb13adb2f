import type { Awaitable } from "@bennu/core"
import type { ChangesetIssue, Problem } from "./changeset-issue.ts"
import type { ConstraintOptions } from "./constraints.ts"
import type { ConstraintName, Nested, Row, Schema } from "./schema.ts"
import type { LengthBounds, NumberBounds, Worded } from "./validations.ts"

/** What a row can be given: its columns and its virtual fields. */
export type Fields<S extends Schema> = Row<S> & S["$virtual"]
/** Some of them; undefined is the same as not there, as optional rules say it. */
export type Proposed<S extends Schema> = {
  readonly [K in keyof Fields<S>]?: Fields<S>[K] | undefined
}
/** A row as it is known: fields, and relations that were loaded. `{}` for a new one. */
export type Data<S extends Schema> = Partial<Fields<S> & S["$relations"]>
/** What was tried with a changeset; a form shows all of its errors then, and not only those of used fields. */
export type Action = "validate" | "insert" | "update" | "delete"
/** What was sent, as it came. */
export type Params = Readonly<Record<string, unknown>>
/** Says what is wrong with a value, or nothing. */
export type Check<T> = (value: T) => string | Problem | null | undefined

/** A value that was changed here and there since it was read. */
export interface Difference<T> {
  /** As it was read. */
  readonly base: T | undefined
  /** As the changeset would have it. */
  readonly mine: T | undefined
  /** As it is in the database. */
  readonly theirs: T
}

/** Why an optimistic lock refused: what somebody else wrote meanwhile. */
export interface Conflict<S extends Schema = Schema> {
  /** The row as it is; null when it is gone. To go on: `change(schema, current, changeset.changes)`. */
  readonly current: Row<S> | null
  /** The fields that one of the two changed. */
  readonly fields: { readonly [K in keyof Row<S>]?: Difference<Row<S>[K]> }
}

/** Messages by where they belong: `title`, `steps.0.title`, `base` for the whole. */
export interface ErrorsByPlace {
  readonly errors: Readonly<Record<string, readonly string[]>>
}

/** The part of a changeset that does not depend on its schema: what a row of a relation is cast to. */
export interface AnyChangeset {
  readonly schema: Schema
  readonly params: Params | null
  /** What is wrong, and where; the errors of nested rows too, under `[relation, index, field]`. */
  readonly errors: readonly ChangesetIssue[]
  readonly valid: boolean
  /** What was tried with it, if anything. */
  readonly action: Action | undefined
  /** The row as it would be. */
  apply(): object
  /** What an API answers with 422: the errors, and nothing of the row. */
  toJSON(): ErrorsByPlace
}

export interface NestedOptions {
  /** The parameter that lists the rows' keys in their order; a key without a row makes a new one. */
  readonly sort?: string | undefined
  /** The parameter that lists the keys of rows to leave out. */
  readonly drop?: string | undefined
  /**
   * What becomes of rows that are there and were not sent: deleted (of a many to many relation only the join),
   * parted from this row by a null in their key, or kept and reported as an error. (`"delete"` where `drop` is named,
   * since rows may be removed then; else `"refuse"`.)
   */
  readonly onReplace?: "delete" | "nilify" | "refuse" | undefined
  /** Rows taken at most (1,000). */
  readonly limit?: number | undefined
}

/** The fields that hold a value of type T. */
type FieldsOf<S extends Schema, T> = {
  [K in keyof Fields<S>]: NonNullable<Fields<S>[K]> extends T ? K : never
}[keyof Fields<S>]

/** The checks of a changeset. They look at what changes to something, `validateRequired` at what would be there. */
export interface Validations<S extends Schema> {
  /** Runs a check of your own. */
  validate<K extends keyof Fields<S>>(
    field: K,
    check: Check<NonNullable<Fields<S>[K]>>,
  ): Changeset<S>
  /** Asks that there be something, in the row as it would be: not null, not only white space. */
  validateRequired(
    fields: keyof Fields<S> | readonly (keyof Fields<S>)[],
    options?: Worded,
  ): Changeset<S>
  /** Of text, lists and bytes. */
  validateLength(
    field: FieldsOf<S, string | readonly unknown[] | Uint8Array>,
    bounds: LengthBounds,
  ): Changeset<S>
  validateNumber(field: FieldsOf<S, number | bigint>, bounds: NumberBounds): Changeset<S>
  /** The pattern is run over what people send: keep it free of nested repetition. */
  validateFormat(field: FieldsOf<S, string>, pattern: RegExp, options?: Worded): Changeset<S>
  validateInclusion<K extends keyof Fields<S>>(
    field: K,
    allowed: Iterable<NonNullable<Fields<S>[K]>>,
    options?: Worded,
  ): Changeset<S>
  validateExclusion<K extends keyof Fields<S>>(
    field: K,
    reserved: Iterable<NonNullable<Fields<S>[K]>>,
    options?: Worded,
  ): Changeset<S>
  /** Asks that each item of a list be one of these. */
  validateSubset<K extends FieldsOf<S, readonly unknown[]>>(
    field: K,
    allowed: Iterable<unknown>,
    options?: Worded,
  ): Changeset<S>
  /**
   * Asks that what was sent as `passwordConfirmation` be equal to what was sent as `password`; the error stands at the
   * confirmation. A confirmation that was not sent is not asked for, but if `required`.
   */
  validateConfirmation(
    field: keyof Fields<S>,
    options?: Worded & { readonly required?: boolean | undefined },
  ): Changeset<S>
  /** Asks that a box be ticked, such as `"terms"`; it needs no field. */
  validateAcceptance(param: string, options?: Worded): Changeset<S>
}

/**
 * The database's refusals as errors of fields. What the Drizzle table or its schema declares is known without these. A `name` is
 * one of the schema's `constraints`; another does not compile.
 */
export interface Constraints<S extends Schema> {
  /** Of a value that exists already; the error stands at the first of several fields. */
  uniqueConstraint(
    field: keyof Row<S> | readonly [keyof Row<S>, ...(keyof Row<S>)[]],
    options?: ConstraintOptions<ConstraintName<S, "unique">>,
  ): Changeset<S>
  /** Of a reference to nothing. */
  foreignKeyConstraint(
    field: keyof Row<S>,
    options?: ConstraintOptions<ConstraintName<S, "foreignKey">>,
  ): Changeset<S>
  /** Of a row to delete (or a key to change) that rows of this relation refer to. */
  noAssocConstraint(relation: keyof S["$relations"], options?: ConstraintOptions): Changeset<S>
  checkConstraint(
    field: keyof Row<S>,
    options?: ConstraintOptions<ConstraintName<S, "check">>,
  ): Changeset<S>
  /** Of an overlap (`EXCLUDE`). */
  exclusionConstraint(
    field: keyof Row<S>,
    options?: ConstraintOptions<ConstraintName<S, "exclusion">>,
  ): Changeset<S>
}

/** Proposed changes to a row, checked: what a form shows and a repo writes. Every method returns a new one. */
export interface Changeset<S extends Schema = Schema>
  extends AnyChangeset,
    Validations<S>,
    Constraints<S> {
  readonly schema: S
  /** The row before. */
  readonly data: Data<S>
  /** What differs from `data` and obeyed the rules; empty while the rules are broken. */
  readonly changes: Readonly<Partial<Fields<S>>>
  /** What a repo found when an optimistic lock refused. */
  readonly conflict: Conflict<S> | null

  /** The value as it would be: changed, or else as it is. */
  getField<K extends keyof Fields<S>>(field: K): Fields<S>[K] | undefined
  /** What the field changes to; undefined when it does not. */
  getChange<K extends keyof Fields<S>>(field: K): Fields<S>[K] | undefined
  /** Sets a field from code, past the rules; what equals the row's value is no change. */
  putChange<K extends keyof Fields<S>>(field: K, value: Fields<S>[K]): Changeset<S>
  /** Sets a field from code even where it equals the row's value, so that it is written. */
  forceChange<K extends keyof Fields<S>>(field: K, value: Fields<S>[K]): Changeset<S>
  /** Makes another value of a change, if there is one: `updateChange("email", (email) => email.toLowerCase())`. */
  updateChange<K extends keyof Fields<S>>(
    field: K,
    update: (value: Fields<S>[K]) => Fields<S>[K],
  ): Changeset<S>
  deleteChange(field: keyof Fields<S>): Changeset<S>
  /** All that another changeset of the same row says beside this one; where both change a field, the other wins. */
  merge(other: Changeset<S>): Changeset<S>
  /** The row as it would be, nested rows included, whether valid or not. */
  apply(): Data<S>

  /** Reports what no rule can know; without a field it is about the whole form. */
  addError(
    field: keyof Fields<S> | keyof S["$relations"] | null,
    problem: string | Problem,
  ): Changeset<S>

  /**
   * Casts the rows of a relation or an embed that arrived nested in the parameters.
   * @param each Makes a row's changeset; an embed needs none, its own schema checks it.
   * @throws {NotLoadedError} when the row exists and its relation was not loaded.
   */
  castNested<K extends keyof S["$relations"]>(
    name: K,
    each?: (row: Partial<Nested<S["$relations"][K]>>, params: unknown) => AnyChangeset,
    options?: NestedOptions,
  ): Changeset<S>
  /**
   * Sets the rows of a relation from code: stored rows (joined as they are), changesets of new or stored rows, or null
   * for none. Rows that were there and are not named are treated as `onReplace` says (`"refuse"`).
   * @example cast(Article, article, params, rules).putAssoc("tags", await tagsNamed(names), { onReplace: "delete" })
   * @throws {NotLoadedError} when the row exists and its relation was not loaded.
   */
  putAssoc<K extends keyof S["$relations"]>(
    name: K,
    rows: Assoc<S, K>,
    options?: Pick<NestedOptions, "onReplace">,
  ): Changeset<S>

  /**
   * Runs just before the row is written, in the transaction that writes it, for a valid changeset: what has to be read
   * or written together with it. What the function returns is written; errors that it adds end the transaction.
   * @example changeset.prepareChanges(async (prepared, repo: Repo) => prepared.putChange("rank", await repo.count(Todo)))
   */
  prepareChanges(
    prepare: (changeset: Changeset<S>, repo: never) => Awaitable<Changeset<S>>,
  ): Changeset<S>
  /**
   * Lets an update or delete happen only where the field has the value that was read, and changes it; otherwise the
   * changeset comes back with `conflict`, and an error with the code `"stale"`.
   * @param next The value after; by default one more, from 1, beginning again beyond an integer column's last.
   */
  optimisticLock<K extends keyof Row<S>>(
    field: K,
    next?: (value: Row<S>[K]) => Row<S>[K],
  ): Changeset<S>
  /** Notes what was tried; a repo does it when it refuses. */
  withAction(action: Action | undefined): Changeset<S>
}

/** The rows of a relation as code names them: a list, or the one (null for none) of a relation that has one. */
export type Assoc<
  S extends Schema,
  K extends keyof S["$relations"],
> = S["$relations"][K] extends readonly (infer R)[]
  ? readonly (R | AnyChangeset)[]
  : S["$relations"][K] | AnyChangeset | null
