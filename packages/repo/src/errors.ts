import { BennuError } from "@bennu/core"

/** What the server says about a statement that it refused. */
export interface ServerReport {
  /** SQLSTATE, five characters: postgresql.org/docs/current/errcodes-appendix.html */
  readonly sqlState: string
  readonly message: string
  /** May hold values: of an error's report it is there for who asks, and in no log. */
  readonly detail?: string | undefined
  readonly table?: string | undefined
  readonly column?: string | undefined
  readonly constraint?: string | undefined
  /** Where in the statement, in characters from 1. */
  readonly position?: number | undefined
}

/** The server refused a statement. */
export class QueryError extends BennuError {
  readonly code: string = "ERR_REPO_QUERY"
  readonly report: ServerReport
  readonly sqlState: string
  /** The statement, without its parameters. */
  readonly statement: string
  constructor(said: ServerReport, statement: string, hint?: string | undefined) {
    const report = withoutValues(said)
    super(`${report.message} (${report.sqlState}) in: ${shortened(statement)}`, { hint })
    this.report = report
    this.sqlState = report.sqlState
    this.statement = statement
  }
}

/** A constraint of the database refused a row, and the changeset did not say that it might. */
export class ConstraintError extends QueryError {
  override readonly code = "ERR_REPO_CONSTRAINT"
  readonly constraint: string | undefined
  constructor(report: ServerReport, statement: string) {
    super(report, statement, constraintHint(report))
    this.constraint = report.constraint
  }
}

/** Two transactions got in each other's way (a deadlock, a serialization failure): nothing of this one happened. */
export class ConflictError extends QueryError {
  override readonly code = "ERR_REPO_CONFLICT"
  override readonly status = 409
  constructor(report: ServerReport, statement: string) {
    super(report, statement, "Run the whole transaction again.")
  }
}

/** The database cannot be reached, or the connection broke: whether the statement took effect is unknown. */
export class ConnectionError extends BennuError {
  readonly code = "ERR_REPO_CONNECTION"
  override readonly status = 503
  constructor(message: string, options: { cause?: unknown; hint?: string | undefined } = {}) {
    super(message, options)
  }
}

/** A pooler of transactions (PgBouncer, Supavisor and the like) stands before the server, and the driver was not told. */
export class PoolerError extends BennuError {
  readonly code = "ERR_REPO_POOLER"
  override readonly status = 503
  constructor() {
    super("a pooler of transactions stands between this driver and PostgreSQL", {
      hint: 'Pass pooler: "transaction" to the driver, and prepare: true too if it keeps prepared statements (PgBouncer from 1.21 on); or connect to the server itself.',
    })
  }
}

/** No connection came free within `queueTimeout`. */
export class PoolTimeoutError extends BennuError {
  readonly code = "ERR_REPO_POOL_TIMEOUT"
  override readonly status = 503
  readonly waited: number
  constructor(waited: number, { poolSize }: { readonly poolSize: number }) {
    const hint = "Look for a transaction that awaits the network, then raise poolSize."
    super(`no connection came free in ${waited} ms; all ${poolSize} are busy`, { hint })
    this.waited = waited
  }
}

/** There was more to do than the database can, for a while: this query had waited too long already. */
export class OverloadedError extends BennuError {
  readonly code = "ERR_REPO_OVERLOADED"
  override readonly status = 503
  readonly waited: number
  constructor(waited: number, waiting: number) {
    super(`no connection came free in ${waited} ms, and ${waiting} queries wait`, {
      hint: "The database is slower than the requests come in: shed load, or raise poolSize. queueTarget says when.",
    })
    this.waited = waited
  }
}

/** A statement ran longer than it may, and was stopped; its connection is not used again. */
export class QueryTimeoutError extends BennuError {
  readonly code = "ERR_REPO_QUERY_TIMEOUT"
  override readonly status = 503
  /** Milliseconds. */
  readonly limit: number
  constructor(limit: number) {
    super(`the query ran for more than ${limit} ms`, {
      hint: "Look at its plan (explain), or give it more: { timeout: … } for one, queryTimeout of the driver for all.",
    })
    this.limit = limit
  }
}

/** More queries wait for a connection than `queueLimit` allows. */
export class PoolFullError extends BennuError {
  readonly code = "ERR_REPO_POOL_FULL"
  override readonly status = 503
  constructor({
    poolSize,
    queueLimit,
  }: { readonly poolSize: number; readonly queueLimit: number }) {
    const hint = "The database is slower than the requests come in: shed load, or raise poolSize."
    super(`${queueLimit} queries wait already for ${poolSize} connections`, { hint })
  }
}

/** The repo was stopped. */
export class RepoClosedError extends BennuError {
  readonly code = "ERR_REPO_CLOSED"
  override readonly status = 503
  constructor() {
    super("the repo is closed", { hint: "Stop what uses the repo before the repo itself." })
  }
}

/** A query came when its transaction was over. */
export class TransactionDoneError extends BennuError {
  readonly code = "ERR_REPO_TRANSACTION_DONE"
  constructor() {
    const hint =
      "Await everything that you start in a transaction; what shall outlive it starts in repo.detached(() => …)."
    super("this transaction is over", { hint })
  }
}

/** A statement of the transaction had failed, so PostgreSQL rolled back instead of committing. */
export class TransactionAbortedError extends BennuError {
  readonly code = "ERR_REPO_TRANSACTION_ABORTED"
  constructor(options: { cause?: unknown } = {}) {
    const hint =
      "Do not swallow a failed query in a transaction: let it throw, or try it in a nested transaction."
    super("nothing was committed: a query of the transaction had failed", { ...options, hint })
  }
}

/** A repo that was scoped to some tables was asked for another. */
export class ScopeError extends BennuError {
  readonly code = "ERR_REPO_SCOPE"
  readonly table: string
  /** @param definedAt Where the table's schema is defined, if that is known: there is the context that owns it. */
  constructor(table: string, allowed: readonly string[], definedAt: string | null) {
    const owner = definedAt === null ? "" : ` (${definedAt})`
    super(`${table} is not among the tables of this repo`, {
      hint: `It is scoped to ${allowed.join(", ") || "none"}: ask the context that owns ${table}${owner}.`,
    })
    this.table = table
  }
}

/** `fetch` found no row. */
export class NotFoundError extends BennuError {
  readonly code = "ERR_REPO_NOT_FOUND"
  override readonly status = 404
  readonly table: string
  constructor(table: string) {
    super(`no such row in ${table}`, { hint: "Where a missing row is usual, ask with get()." })
    this.table = table
  }
}

/** `one` found several rows. */
export class MultipleRowsError extends BennuError {
  readonly code = "ERR_REPO_MULTIPLE_ROWS"
  readonly table: string
  constructor(table: string) {
    super(`more than one row in ${table}`, { hint: "Narrow `where`, or ask with all()." })
    this.table = table
  }
}

/** The row to update, delete or replace is gone, or not for this repo, which is scoped. */
export class StaleError extends BennuError {
  readonly code = "ERR_REPO_STALE"
  override readonly status = 409
  readonly table: string
  constructor(table: string) {
    super(`the row to change in ${table} is gone`, { hint: "Load it again and decide anew." })
    this.table = table
  }
}

/** The repo was asked for something that makes no sense. */
export class RepoUsageError extends BennuError {
  readonly code = "ERR_REPO_USAGE"
  constructor(message: string, hint: string) {
    super(message, { hint })
  }
}

/** Another process has the embedded database open. */
export class DatabaseLockedError extends BennuError {
  readonly code = "ERR_REPO_LOCKED"
  readonly dir: string
  readonly pid: number
  constructor(dir: string, pid: number, lockFile: string) {
    const who = pid === process.pid ? "this process" : `process ${pid}`
    const hint =
      pid === process.pid
        ? "Open it once and pass the repo on."
        : `Stop that process, set another directory, or share a PostgreSQL (DATABASE_URL). If it ran on another machine and is gone, delete ${lockFile}.`
    super(`${who} has the database in ${dir} open already`, { hint })
    this.dir = dir
    this.pid = pid
  }
}

/** The directory of the embedded database cannot be used. */
export class DataDirectoryError extends BennuError {
  readonly code = "ERR_REPO_DATA_DIRECTORY"
  readonly dir: string
  constructor(
    dir: string,
    message: string,
    options: { readonly cause?: unknown; readonly hint: string },
  ) {
    super(message, options)
    this.dir = dir
  }
}

/**
 * SQLSTATE classes that have an error of their own. The client's own error is no cause of ours: it
 * shows the parameters to every log.
 */
export function queryError(report: ServerReport, statement: string): QueryError {
  if (report.sqlState.startsWith("23")) return new ConstraintError(report, statement)
  if (report.sqlState === "40001" || report.sqlState === "40P01")
    return new ConflictError(report, statement)
  return new QueryError(report, statement, hints.get(report.sqlState))
}

const POOLER =
  'Does PgBouncer or another pooler of transactions stand between? Pass pooler: "transaction" to the driver.'
const hints = new Map([
  [
    "42P01",
    "Has the migration that creates the table run? Is its name spelled as in the migration?",
  ],
  [
    "42703",
    "Compare the table's columns with the migration; `casing` decides how names are written.",
  ],
  [
    "25P02",
    "An earlier query of this transaction failed: let it throw, or try it in a nested transaction.",
  ],
  ["57014", "The statement was cancelled, by a signal or by statement_timeout."],
  // named statements that are not there, or are already, though each connection names its own
  ["26000", POOLER],
  ["42P05", POOLER],
])

function constraintHint({ sqlState, constraint, column }: ServerReport): string {
  if (sqlState === "23502")
    return `Give ${column ?? "the column"} a value, or a default in the table.`
  const kind = constraintKinds.get(sqlState)
  if (kind === undefined) return "Check the row against the table's constraints."
  const name = JSON.stringify(constraint ?? "")
  const other =
    kind === "foreignKey" ? " Where other rows refer to this one: noAssocConstraint(relation)." : ""
  return `If a person can cause this, declare it: schema(table, { constraints: { ${kind}: { ${name}: field } } }).${other}`
}

const constraintKinds = new Map([
  ["23505", "unique"],
  ["23503", "foreignKey"],
  ["23514", "check"],
  ["23P01", "exclusion"],
])

/**
 * A report as logs may show it. What cannot be read ("invalid input syntax for type uuid: …") stands at the end of its
 * message, and a whole row in the detail of a check.
 */
function withoutValues({ message, detail = message, ...rest }: ServerReport): ServerReport {
  const end = rest.sqlState.startsWith("22") ? message.indexOf(': "') : -1
  const report = { ...rest, message: end < 0 ? message : message.slice(0, end) }
  return Object.defineProperty(report, "detail", { get: () => detail })
}

const shortened = (text: string): string => (text.length > 500 ? `${text.slice(0, 500)}…` : text)
