import { BennuError } from "@bennu/core"

/** A schema names a column, a relation or a field that is not there, or leaves open what joins two tables. */
export class SchemaDefinitionError extends BennuError {
  readonly code = "ERR_SCHEMA_DEFINITION"
  readonly table: string

  constructor(table: string, message: string, hint: string) {
    super(`schema of "${table}": ${message}`, { hint })
    this.table = table
  }
}

/** Code asked for a field that the schema does not have. */
export class UnknownFieldError extends BennuError {
  readonly code = "ERR_SCHEMA_UNKNOWN_FIELD"
  readonly field: string

  constructor(table: string, field: string, known: Iterable<string>) {
    super(`"${table}" has no field "${field}"`, { hint: `It has ${[...known].join(", ")}.` })
    this.field = field
  }
}

/** The rules given to `cast` answered with a promise. */
export class AsyncRulesError extends BennuError {
  readonly code = "ERR_SCHEMA_ASYNC_RULES"

  constructor(table: string) {
    super(`the rules for "${table}" are asynchronous, and a changeset is made at once`, {
      hint: "Leave what needs the database to the database (`uniqueConstraint`), or await it before and call `addError`.",
    })
  }
}

/** Rows of a relation were to be changed, and nobody knows which there are. */
export class NotLoadedError extends BennuError {
  readonly code = "ERR_SCHEMA_NOT_LOADED"
  readonly relation: string

  constructor(table: string, relation: string) {
    super(`"${relation}" of this row of "${table}" was not loaded`, {
      hint: `Load the row with { preload: ["${relation}"] } before castNested("${relation}", …); for a new row whose key you chose, give { ${relation}: [] }.`,
    })
    this.relation = relation
  }
}

/** A changeset would write a column that may not be written (any more). */
export class ReadOnlyError extends BennuError {
  readonly code = "ERR_SCHEMA_READ_ONLY"
  readonly fields: readonly string[]

  constructor(table: string, fields: readonly string[], action: "insert" | "update") {
    super(`${fields.join(", ")} of "${table}" cannot be written by an ${action}`, {
      hint: 'See `writable` of the schema; with `onWritableViolation: "ignore"` such changes are left out.',
    })
    this.fields = fields
  }
}
