/**
 * What a database has to be able to do for a repo. It is as narrow as the wire: text goes in, text
 * comes out. Everything that is the same for all databases (the pool, transactions, cancelling,
 * telemetry, decoding) stands above it, once.
 */
export interface Driver {
  readonly name: string
  /** Connections open at once at most. */
  readonly poolSize: number
  /** How long a query may wait for a free connection, in milliseconds. */
  readonly queueTimeout: number
  /** How many queries may wait at once. */
  readonly queueLimit: number
  /**
   * A wait that is still good, in milliseconds. When for `queueInterval` all waited longer, and at last twice as long,
   * those who have waited that long are refused, until nobody waits. None are if left out.
   */
  readonly queueTarget?: number | undefined
  /** In milliseconds (1,000). */
  readonly queueInterval?: number | undefined
  /** How long a statement may run, in milliseconds, where it does not say itself; for ever if left out. */
  readonly queryTimeout?: number | undefined
  /** Whether a connection is the same server session all along (true): not behind a pooler of transactions. */
  readonly sessions?: boolean | undefined
  /** Whether its connections have the server remember statements (false). */
  readonly prepares?: boolean | undefined
  /**
   * Whether its connections take statements while one runs (false), and answer them in order. What takes no part in a
   * transaction stays apart from what fails before it.
   */
  readonly pipelines?: boolean | undefined
  /** Whether its connections run statements with {@link Copying} (false). */
  readonly copies?: boolean | undefined
  /** Gets ready to connect; what cannot be used is refused here and not at the first query. */
  open(signal: AbortSignal): Promise<Database>
}

export interface Database extends AsyncDisposable {
  /** A connection of its own; it may connect only when first used. */
  connect(): Connection
}

export interface Connection {
  /** It is broken or closed: what runs on it rejects. */
  readonly closed: boolean
  /**
   * Runs one statement. Never called again before it settled, but where the driver `pipelines`: then with the same signal.
   * @param signal Stops a statement that runs, where the database can do that; then rejects with the signal's reason.
   * @throws {QueryError} what the server refused
   * @throws {ConnectionError} what never reached it, or whose answer never came
   */
  query(statement: Statement, signal?: AbortSignal): Promise<Answer>
  /** Closes it, with all that it left behind on the server: locks, settings, an open transaction. */
  close(): Promise<void>
}

/** Parameters are PostgreSQL's text format; `null` is null. */
export interface Statement {
  readonly text: string
  readonly params: readonly (string | null)[]
  /** Its text will hardly come again: nobody need remember it. */
  readonly once?: boolean | undefined
  /** For `copy … from stdin` and `copy … to stdout`, which have no parameters: rows in PostgreSQL's text format. */
  readonly copy?: Copying | undefined
}

/** What goes in, whole; or who takes what comes out, cut anywhere, one piece after the other. It does not reject. */
export type Copying =
  | { readonly from: Uint8Array<ArrayBuffer> }
  | { readonly to: (chunk: Uint8Array) => Promise<void> }

/** Values are PostgreSQL's text format too. */
export interface Answer {
  /** What the server did: `SELECT`, `ROLLBACK`, … */
  readonly command: string
  /** Rows that the statement changed or gave. */
  readonly count: number
  readonly columns: readonly Column[]
  readonly rows: readonly (readonly (string | null)[])[]
}

export interface Column {
  readonly name: string
  /** The type's oid. */
  readonly type: number
}
