import type { Issue } from "@bennu/core"
import type { ConstraintOptions } from "./constraints.ts"
import type { Nested, Row, Schema } from "./schema.ts"

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
export type Check<T> = (value: T) => string | null | undefined

/** Messages by where they belong: `title`, `steps.0.title`, `base` for the whole. */
export interface ErrorsByPlace {
  readonly errors: Readonly<Record<string, readonly string[]>>
}

/** The part of a changeset that does not depend on its schema: what a row of a relation is cast to. */
export interface AnyChangeset {
  readonly schema: Schema
  readonly params: Params | null
  /** What is wrong, and where; the errors of nested rows too, under `[relation, index, field]`. */
  readonly errors: readonly Issue[]
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
   * What becomes of rows that are there and were not sent: deleted, or kept and reported as an error. (`"delete"`
   * where `drop` is named, since rows may be removed then; else `"refuse"`.)
   */
  readonly onReplace?: "delete" | "refuse" | undefined
  /** Rows taken at most (1,000). */
  readonly limit?: number | undefined
}

/** Proposed changes to a row, checked: what a form shows and a repo writes. Every method returns a new one. */
export interface Changeset<S extends Schema = Schema> extends AnyChangeset {
  readonly schema: S
  /** The row before. */
  readonly data: Data<S>
  /** What differs from `data` and obeyed the rules; empty while the rules are broken. */
  readonly changes: Readonly<Partial<Fields<S>>>

  /** The value as it would be: changed, or else as it is. */
  getField<K extends keyof Fields<S>>(field: K): Fields<S>[K] | undefined
  /** Sets a field from code, past the rules; what equals the row's value is no change. */
  putChange<K extends keyof Fields<S>>(field: K, value: Fields<S>[K]): Changeset<S>
  deleteChange(field: keyof Fields<S>): Changeset<S>
  /** The row as it would be, nested rows included, whether valid or not. */
  apply(): Data<S>

  /** Reports what no rule can know; without a field it is about the whole form. */
  addError(field: keyof Fields<S> | keyof S["$relations"] | null, message: string): Changeset<S>
  /** Checks a field that changes to something other than null; the message returned is its error. */
  validate<K extends keyof Fields<S>>(
    field: K,
    check: Check<NonNullable<Fields<S>[K]>>,
  ): Changeset<S>

  /** Turns the database's refusal of a value that exists already into an error of the field, the first of several. */
  uniqueConstraint(
    field: keyof Row<S> | readonly [keyof Row<S>, ...(keyof Row<S>)[]],
    options?: ConstraintOptions,
  ): Changeset<S>
  /** Turns the database's refusal of a reference to nothing into an error of the field. */
  foreignKeyConstraint(field: keyof Row<S>, options?: ConstraintOptions): Changeset<S>
  /** Turns the database's refusal by a check constraint into an error of the field. */
  checkConstraint(field: keyof Row<S>, options?: ConstraintOptions): Changeset<S>
  /** Turns the database's refusal of an overlap (`EXCLUDE`) into an error of the field. */
  exclusionConstraint(field: keyof Row<S>, options?: ConstraintOptions): Changeset<S>

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
  /** Notes what was tried; a repo does it when it refuses. */
  withAction(action: Action | undefined): Changeset<S>
}
