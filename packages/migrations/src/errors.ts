import { BennuError } from "@bennu/core"

/** A migration's file or value is not what a migration is. */
export class MigrationFormatError extends BennuError {
  readonly code = "ERR_MIGRATIONS_FORMAT"
  /** The migration's id, or the file's name. */
  readonly migration: string
  constructor(migration: string, message: string, hint: string, options: { cause?: unknown } = {}) {
    super(`${migration}: ${message}`, { ...options, hint })
    this.migration = migration
  }
}

/** Where in a migration something happened. */
export interface Place {
  /** Null where the migration was not read from a file. */
  readonly file: string | null
  /** From 1. */
  readonly statement: number
  /** Line and column in the file, from 1. */
  readonly line: number
  readonly column: number
  readonly text: string
}

/** A migration failed. In a transaction nothing of it happened. */
export class MigrationError extends BennuError {
  readonly code = "ERR_MIGRATIONS_FAILED"
  readonly migration: string
  readonly direction: "up" | "down"
  readonly place: Place | undefined
  constructor(
    migration: string,
    direction: "up" | "down",
    { place, ...options }: { place?: Place | undefined; cause: unknown; hint?: string | undefined },
  ) {
    const { cause } = options
    const reason = cause instanceof Error ? cause.message : String(cause)
    const where = place === undefined ? "" : `, statement ${place.statement} (${positionOf(place)})`
    super(`migration ${migration} (${direction})${where} failed: ${reason}`, options)
    this.migration = migration
    this.direction = direction
    this.place = place
  }
}

const positionOf = ({ file, line, column }: Place): string =>
  file === null ? `line ${line}, column ${column}` : `${file}:${line}:${column}`

/** Migrations were edited after they had been applied: other databases have something else than this one would get. */
export class MigrationDriftError extends BennuError {
  readonly code = "ERR_MIGRATIONS_DRIFT"
  readonly migrations: readonly string[]
  /** @param edited Their ids, and where they stand if they were read from files. */
  constructor(edited: readonly { readonly id: string; readonly place: string | null }[]) {
    const hint =
      'Restore their text and write the change as a new migration; if only its wording changed, pass { drift: "accept" } once.'
    const named = edited.map(({ id, place }) => (place === null ? id : `${id} (${place})`))
    super(`edited after they were applied: ${named.join(", ")}`, { hint })
    this.migrations = edited.map(({ id }) => id)
  }
}

/** Another process migrates the same database, and did not finish in time. */
export class MigrationLockError extends BennuError {
  readonly code = "ERR_MIGRATIONS_LOCKED"
  readonly waited: number
  constructor(waited: number, holder: string | undefined) {
    const who = holder === undefined ? "another connection" : holder
    super(`${who} holds the migrations' lock, ${waited} ms already`, {
      hint: "Wait for it, or end it: its lock goes with its connection, or half a minute later where it is a row.",
    })
    this.waited = waited
  }
}

/** Another process has taken the lock over, as this one did not renew it in time: what it had not committed is undone. */
export class MigrationLockLostError extends BennuError {
  readonly code = "ERR_MIGRATIONS_LOCK_LOST"
  constructor() {
    super("another process has taken over the migrations' lock", {
      hint: "Was this one paused, or without its database, for half a minute? Migrate again.",
    })
  }
}

/** A migration that has no way back was to be taken back. */
export class IrreversibleMigrationError extends BennuError {
  readonly code = "ERR_MIGRATIONS_IRREVERSIBLE"
  readonly migration: string
  constructor(migration: string, reason: string) {
    super(`${migration} cannot be rolled back: ${reason}`, {
      hint: "Add its `-- down` section, or undo it by a new migration.",
    })
    this.migration = migration
  }
}

/** A seed failed; nothing of it was kept. */
export class SeedError extends BennuError {
  readonly code = "ERR_MIGRATIONS_SEED"
  readonly seed: string
  constructor(seed: string, message: string, options: { cause?: unknown; hint?: string } = {}) {
    super(`seed ${seed}: ${message}`, options)
    this.seed = seed
  }
}

/** A backfill cannot work as it was called. */
export class BackfillError extends BennuError {
  readonly code = "ERR_MIGRATIONS_BACKFILL"
  readonly backfill: string
  constructor(backfill: string, message: string) {
    const hint = "Pass `key`, a column by which rows are told apart and that has an index."
    super(`backfill ${backfill}: ${message}`, { hint })
    this.backfill = backfill
  }
}

/** A constraint that a schema declares, and that the database does not have. */
export interface MissingConstraint {
  readonly table: string
  readonly constraint: string
  /** What adds it. */
  readonly sql: string
  /** The file, line and column of the schema that declares it, if that is known. */
  readonly declaredAt: string | null
}

/** The database would take rows that the schemas promise cannot be. */
export class MissingConstraintsError extends BennuError {
  readonly code = "ERR_MIGRATIONS_CONSTRAINTS"
  readonly missing: readonly MissingConstraint[]
  constructor(missing: readonly MissingConstraint[]) {
    const names = missing.map(
      ({ table, constraint, declaredAt }) =>
        `${constraint} on ${table}${declaredAt === null ? "" : ` (${declaredAt})`}`,
    )
    const hint = `Write a migration, or take them off the schema:\n${missing.map(({ sql }) => sql).join("\n")}`
    super(`the database does not have ${names.join(", ")}`, { hint })
    this.missing = missing
  }
}
