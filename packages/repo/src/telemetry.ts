import { type Event, event } from "@bennu/telemetry"

export interface QueryStopped {
  /** The driver's name. */
  readonly driver: string
  /** With placeholders, without parameters. */
  readonly statement: string
  /** Milliseconds it waited: for a connection, or for its turn in a transaction. */
  readonly queueTime: number
  /** Milliseconds from sending it to its answer. */
  readonly queryTime: number
  /** Rows that it gave or changed. */
  readonly rows: number
  readonly inTransaction: boolean
  /** Connections in use, and queries that wait for one. */
  readonly busy: number
  readonly waiting: number
  readonly error?: unknown
}

/** A query was answered, or failed. */
export const queryStopped: Event<QueryStopped> = event("bennu.repo.query")

/** A node of a plan, with what lies under it in `Plans`: postgresql.org/docs/current/sql-explain.html */
export type QueryPlan = Readonly<Record<string, unknown>>

export interface QueryExplained {
  /** The driver's name. */
  readonly driver: string
  /** With placeholders, without parameters. */
  readonly statement: string
  /** Milliseconds that it took. */
  readonly queryTime: number
  /** How the server would run it now, with a `?` for each value. */
  readonly plan?: QueryPlan | undefined
  /** Why there is none. */
  readonly error?: unknown
}

/** A slow query was explained, where a repo has `explain`. */
export const queryExplained: Event<QueryExplained> = event("bennu.repo.query.explain")
