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
