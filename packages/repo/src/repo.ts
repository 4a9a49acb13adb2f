import type { Duration, Result } from "@bennu/core"
import type { Changeset, Row, Schema } from "@bennu/schema"
import type { SQL } from "drizzle-orm"
import type { PgColumn, PgTable } from "drizzle-orm/pg-core"
import type { PgRemoteDatabase } from "drizzle-orm/pg-proxy"
import type { Lane } from "./internal/gate.ts"
import type { Isolation, TransactionOptions } from "./internal/transaction-options.ts"
import type { FailedStep, Multi } from "./multi.ts"
import type { Loaded, Preloads } from "./preloads.ts"
import type { Sql, SqlRow } from "./sql.ts"

export type { Isolation, Lane, TransactionOptions }

/** Drizzle's query builder, for what the repo's own methods do not say. Transactions are the repo's. */
export type QueryBuilder = Omit<PgRemoteDatabase, "transaction">

export interface Waiting {
  /** Stops waiting for a connection, and the statement where the database can. */
  readonly signal?: AbortSignal | undefined
  /** How long the statement may run (the driver's `queryTimeout`); waiting for a connection does not count. */
  readonly timeout?: Duration | undefined
}
export interface Filter extends Waiting {
  readonly where?: SQL | undefined
}
export interface Loading extends Waiting {
  /**
   * Whether relations are asked for at the same time (`true`), each over a connection of its own as far as some are idle:
   * none is waited for. `false`, and in a transaction: all over one, one after the other.
   */
  readonly inParallel?: boolean | undefined
}
export interface Loads<P> extends Loading {
  /** Relations to load too: one query each, however many rows. */
  readonly preload?: P | undefined
}
export interface Query<P> extends Loads<P>, Filter {
  readonly orderBy?: PgColumn | SQL | readonly (PgColumn | SQL)[] | undefined
  readonly limit?: number | undefined
  readonly offset?: number | undefined
}
export type { Loaded, Preload, Preloads } from "./preloads.ts"
/** A primary key; where it has several columns, an object of them. */
export type Id<S extends Schema> = string | number | bigint | Readonly<Partial<Row<S>>>
/** A row to insert, as Drizzle's table says. */
export type NewRow<S extends Schema> = S["table"]["$inferInsert"]

/** What many rows are set to: values, or SQL of what is there. @example { likes: sql`${articles.likes} + 1` } */
export type Settings<S extends Schema> = {
  readonly [K in keyof NewRow<S>]?: NewRow<S>[K] | SQL
}

/** What becomes of a row that exists already. Rows that are equal anyhow are left alone, and not returned. */
export type OnConflict<S extends Schema> =
  | "nothing"
  | {
      /** The columns of the unique constraint. */
      readonly target: readonly (keyof Row<S>)[]
      /** The columns to take from the new row, or all that it has. */
      readonly replace: readonly (keyof Row<S>)[] | "all"
    }

/** What becomes of a changeset's row that exists already: its columns are replaced, or with none it stays as it is. */
export type Upsert<S extends Schema> = Exclude<OnConflict<S>, "nothing">

export interface StreamQuery<P> extends Query<P> {
  /** Rows fetched at once (500), which is how many wait in memory. */
  readonly batch?: number | undefined
  /**
   * `"key"`: a query for each batch, in the order of the primary key; it holds no connection meanwhile, and sees what
   * others commit. `"cursor"`: one query in one transaction, in any order; it holds a connection to the end. The first
   * where nothing else is asked for: no `orderBy`, `limit` or `offset`, and not in a transaction.
   */
  readonly by?: "key" | "cursor" | undefined
}

export interface CopyIn extends Waiting {
  /** About how many characters are sent at once (1,048,576); twice as many wait in memory. `timeout` is for each such part. */
  readonly buffer?: number | undefined
}

/** `timeout` is for how long the next rows take to come (the driver's `queryTimeout`). */
export type CopyOut = Omit<Query<never>, "preload">

export type Aggregate = "min" | "max" | "sum" | "avg"
/** The least and the greatest are of the column's type; sums and averages are numbers where those are exact. */
export type Aggregated<T, F extends Aggregate> = F extends "min" | "max"
  ? T | null
  : number | string | null

/** What a scoped repo is for. */
export interface RepoScope {
  /** The only tables whose rows it may touch by the repo's methods; all if left out. */
  readonly tables?: readonly PgTable[] | undefined
  /**
   * Which rows of a schema there are for it, to read, change and delete: a tenant's, an author's. Undefined for no limit.
   * Values that an insert has to carry are the changeset's.
   */
  readonly filter?: ((schema: Schema) => SQL | undefined) | undefined
}

/** Reads and writes rows. In a transaction, in whatever function called from it, every method is part of it. */
export interface Repo {
  all<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    query?: Query<P>,
  ): Promise<Loaded<S, P>[]>
  /** @throws {MultipleRowsError} when there are several. */
  one<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    query?: Query<P>,
  ): Promise<Loaded<S, P> | null>
  /** By primary key; what cannot be a key (`"abc"` for a uuid) finds nothing. */
  get<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    id: Id<S>,
    options?: Loads<P>,
  ): Promise<Loaded<S, P> | null>
  /** @throws {NotFoundError} when there is none: a 404. */
  fetch<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    id: Id<S>,
    options?: Loads<P>,
  ): Promise<Loaded<S, P>>
  /**
   * Rows one by one, however many: the next batch is fetched when the last one is used up. Relations are loaded a batch
   * at a time. Leaving the loop ends it.
   * @example for await (const user of repo.stream(User, { preload: ["profile"] })) await index(user)
   */
  stream<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    query?: StreamQuery<P>,
  ): AsyncGenerator<Loaded<S, P>, void, undefined>
  /** By the values of some columns: `getBy(User, { email })`. @throws {MultipleRowsError} when there are several. */
  getBy<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    values: Partial<Row<S>>,
    options?: Loads<P>,
  ): Promise<Loaded<S, P> | null>
  /** All rows with these values: `allBy(Todo, { userId, done: false })`. */
  allBy<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    values: Partial<Row<S>>,
    query?: Query<P>,
  ): Promise<Loaded<S, P>[]>
  /** The same rows as they are now, in the same order. @throws {NotFoundError} when one of them is gone. */
  reload<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    rows: readonly Row<S>[],
    options?: Loads<P>,
  ): Promise<Loaded<S, P>[]>
  /** `"sum"` and `"avg"` of no rows are null, as in SQL. A sum that a number cannot hold exactly comes as text. */
  aggregate<S extends Schema, F extends Aggregate, K extends keyof Row<S>>(
    schema: S,
    what: F,
    field: K,
    filter?: Filter,
  ): Promise<Aggregated<Row<S>[K], F>>
  count<S extends Schema>(schema: S, filter?: Filter): Promise<number>
  exists<S extends Schema>(schema: S, filter?: Filter): Promise<boolean>
  /** Loads relations of rows that are there already. */
  preload<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    rows: readonly Row<S>[],
    relations: P,
    options?: Loading,
  ): Promise<Loaded<S, P>[]>

  /**
   * Asks whether another row has these values already, so that a form says it before anybody sends it. Somebody else may
   * take them a moment later: only a unique constraint is certain, and gives an error of the same code.
   * @returns The changeset, with an error at the first of the fields where they are taken. Nothing is asked where none of them
   * changes (as long as the rules are broken, nothing does), and where one is null or has an error.
   * @example const checked = await repo.validateUnique(signUp(params), "email")
   */
  validateUnique<S extends Schema>(
    changeset: Changeset<S>,
    fields: keyof Row<S> | readonly (keyof Row<S>)[],
    options?: Waiting & { readonly message?: string | undefined },
  ): Promise<Changeset<S>>
  /**
   * An invalid changeset comes back without a query; so does one whose declared constraint the database enforced.
   * With `onConflict` the row that is there already is changed, and comes back as it is then.
   */
  insert<S extends Schema>(
    changeset: Changeset<S>,
    options?: Waiting & { readonly onConflict?: Upsert<S> | undefined },
  ): Promise<Result<Row<S>, Changeset<S>>>
  /** Writes the changes only; none, no query. @throws {StaleError} when the row is gone. */
  update<S extends Schema>(
    changeset: Changeset<S>,
    options?: Waiting,
  ): Promise<Result<Row<S>, Changeset<S>>>
  /** `repo.delete(change(Todo, todo))`. @throws {StaleError} when the row is gone. */
  delete<S extends Schema>(
    changeset: Changeset<S>,
    options?: Waiting,
  ): Promise<Result<Row<S>, Changeset<S>>>
  /** Many rows past all changesets, for seeds and imports: all or none. @returns Those written. */
  insertAll<S extends Schema>(
    schema: S,
    rows: readonly NewRow<S>[],
    options?: Waiting & { readonly onConflict?: OnConflict<S> | undefined },
  ): Promise<Row<S>[]>
  /** The same from a source without end in sight, a batch at a time. @returns How many were written. */
  insertAll<S extends Schema>(
    schema: S,
    rows: AsyncIterable<NewRow<S>>,
    options?: Waiting & { readonly onConflict?: OnConflict<S> | undefined },
  ): Promise<number>
  /**
   * A great many rows by COPY, several times as fast as `insertAll`, all or none: they are pulled from the source as the
   * database takes them. Columns that a row leaves out get their defaults. A row that a constraint refuses takes all back.
   * @returns How many were written.
   * @throws {RepoUsageError} for SQL expressions, and text with a NUL character.
   * @example await repo.copyIn(Event, parsed(createReadStream("events.csv")))
   */
  copyIn<S extends Schema>(
    schema: S,
    rows: Iterable<NewRow<S>> | AsyncIterable<NewRow<S>>,
    options?: CopyIn,
  ): Promise<number>
  /**
   * A great many rows by COPY, one by one: for exports. It holds a connection to the end, so in a transaction nothing else
   * can be asked meanwhile. The database waits for who reads; PGlite gives all rows at once.
   * @example for await (const event of repo.copyOut(Event, { orderBy: events.at })) await line(event)
   */
  copyOut<S extends Schema>(schema: S, query?: CopyOut): AsyncGenerator<Row<S>, void, undefined>
  /** @returns How many rows were changed. */
  updateAll<S extends Schema>(schema: S, set: Settings<S>, filter: Filter): Promise<number>
  /** @returns How many rows are gone. */
  deleteAll<S extends Schema>(schema: S, filter: Filter): Promise<number>

  /**
   * Everything that `run` does happens, or nothing. A throw rolls back, and so does returning a failed `Result`. Within
   * another transaction it is a savepoint. Queries of parallel promises take turns, as it is one connection.
   */
  transaction<T>(run: (repo: Repo) => PromiseLike<T>, options?: TransactionOptions): Promise<T>
  /** The same with named steps. @returns What each made, or the step that was refused. */
  transaction<Steps, Errors>(
    steps: Multi<Steps, Errors>,
    options?: TransactionOptions,
  ): Promise<Result<Steps, FailedStep<Steps, Errors>>>
  /** Runs `work` as if no transaction were around it: for what shall outlive one. It needs a connection of its own, so do not await it inside. */
  detached<T>(work: () => PromiseLike<T>): Promise<T>
  /** Rows of any statement: `` repo.query(sql`select 1 as one`) ``; parameters never become part of the text. */
  query<R extends SqlRow = SqlRow>(statement: SQL, options?: Waiting): Promise<R[]>
  /**
   * A repo that sees less: the tables of one context, the rows of one tenant. `repo.drizzle`, `repo.query` and `repo.sql`
   * are beyond its reach; PostgreSQL's row-level security is what holds against those.
   * @example const accounts = repo.scoped({ tables: [users, tokens], filter: ({ columns }) => ofTenant(columns) })
   * @throws {ScopeError} from methods, for another table.
   */
  scoped(scope: RepoScope): Repo & ScopedRepo
  /**
   * A repo whose queries and transactions wait behind those of people (`"background"`), or with them: for jobs, imports
   * and reports. Of eight connections that come free one is theirs, so that they go on at any load.
   */
  inLane(lane: Lane): Repo
  readonly drizzle: QueryBuilder
  /** The port that other packages ask for. */
  readonly sql: Sql
}

/**
 * What contexts ask for where no query may miss its scope: `interface Scope { readonly repo: ScopedRepo }`. A repo that was
 * not `scoped` does not compile there, nor do the doors that a scope does not reach: `drizzle`, `query` and `sql`.
 */
export interface ScopedRepo
  extends Omit<Repo, "drizzle" | "query" | "sql" | "transaction" | "scoped" | "inLane"> {
  /** Types only; there is nothing at run time. */
  readonly $scoped: true
  transaction<T>(
    run: (repo: ScopedRepo) => PromiseLike<T>,
    options?: TransactionOptions,
  ): Promise<T>
  transaction<Steps, Errors>(
    steps: Multi<Steps, Errors>,
    options?: TransactionOptions,
  ): Promise<Result<Steps, FailedStep<Steps, Errors>>>
  scoped(scope: RepoScope): ScopedRepo
  inLane(lane: Lane): ScopedRepo
}
