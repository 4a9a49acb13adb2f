import type { Changeset, Row, Schema } from "@bennu/schema"
import type { SQL } from "drizzle-orm"
import { isMulti, type Multi, runSteps } from "../multi.ts"
import type { Loaded, Preloads } from "../preloads.ts"
import type {
  Aggregate,
  Aggregated,
  CopyIn,
  CopyOut,
  Filter,
  Id,
  Lane,
  Loading,
  Loads,
  NewRow,
  Query,
  QueryBuilder,
  Repo,
  RepoScope,
  ScopedRepo,
  Settings,
  StreamQuery,
  TransactionOptions,
  Upsert,
  Waiting,
} from "../repo.ts"
import type { Sql, SqlRow } from "../sql.ts"
import type { Access } from "./access.ts"
import { copyIn, copyOut } from "./copy.ts"
import { aggregate, counted, exists } from "./counting.ts"
import { all, allBy, fetched, get, getBy, loaded, one, queried, reloaded } from "./reading.ts"
import { stream } from "./stream.ts"
import { validateUnique } from "./validate-unique.ts"
import { type Outcome, written } from "./write.ts"
import { deleteAll, type InsertOptions, insertAll, insertSource, updateAll } from "./write-many.ts"

/** What an app holds: a repo, or the repo of one transaction. */
export class Handle implements Repo {
  readonly #access: Access

  constructor(access: Access) {
    this.#access = access
  }

  get drizzle(): QueryBuilder {
    return this.#access.drizzle
  }

  get sql(): Sql {
    return this.#access.sql
  }

  all<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    query: Query<P> = {},
  ): Promise<Loaded<S, P>[]> {
    return all<S, P>(this.#access, schema, query)
  }

  stream<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    query: StreamQuery<P> = {},
  ): AsyncGenerator<Loaded<S, P>, void, undefined> {
    return stream<S, P>(this.#access, schema, query)
  }

  one<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    query: Query<P> = {},
  ): Promise<Loaded<S, P> | null> {
    return one<S, P>(this.#access, schema, query)
  }

  get<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    id: Id<S>,
    options: Loads<P> = {},
  ): Promise<Loaded<S, P> | null> {
    return get<S, P>(this.#access, schema, id, options)
  }

  fetch<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    id: Id<S>,
    options: Loads<P> = {},
  ): Promise<Loaded<S, P>> {
    return fetched<S, P>(this.#access, schema, id, options)
  }

  getBy<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    values: Partial<Row<S>>,
    options: Loads<P> = {},
  ): Promise<Loaded<S, P> | null> {
    return getBy<S, P>(this.#access, schema, values, options)
  }

  allBy<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    values: Partial<Row<S>>,
    query: Query<P> = {},
  ): Promise<Loaded<S, P>[]> {
    return allBy<S, P>(this.#access, schema, values, query)
  }

  reload<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    rows: readonly Row<S>[],
    options: Loads<P> = {},
  ): Promise<Loaded<S, P>[]> {
    return reloaded<S, P>(this.#access, schema, rows, options)
  }

  async preload<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    rows: readonly Row<S>[],
    relations: P,
    options: Loading = {},
  ): Promise<Loaded<S, P>[]> {
    const copies = rows.map((row) => ({ ...row }))
    return loaded<S, P>(this.#access, schema, copies, relations, options)
  }

  aggregate<S extends Schema, F extends Aggregate, K extends keyof Row<S>>(
    schema: S,
    what: F,
    field: K,
    filter: Filter = {},
  ): Promise<Aggregated<Row<S>[K], F>> {
    return aggregate(this.#access, schema, what, field, filter)
  }

  count<S extends Schema>(schema: S, filter: Filter = {}): Promise<number> {
    return counted(this.#access, schema, filter)
  }

  exists<S extends Schema>(schema: S, filter: Filter = {}): Promise<boolean> {
    return exists(this.#access, schema, filter)
  }

  validateUnique<S extends Schema>(
    changeset: Changeset<S>,
    fields: keyof Row<S> | readonly (keyof Row<S>)[],
    options: Waiting & { readonly message?: string | undefined } = {},
  ): Promise<Changeset<S>> {
    return validateUnique(this.#access, changeset, fields, options)
  }

  insert<S extends Schema>(
    changeset: Changeset<S>,
    options: Waiting & { readonly onConflict?: Upsert<S> | undefined } = {},
  ): Outcome<S> {
    return written(this.#access, changeset, "insert", options, options.onConflict)
  }

  update<S extends Schema>(changeset: Changeset<S>, waiting: Waiting = {}): Outcome<S> {
    return written(this.#access, changeset, "update", waiting)
  }

  delete<S extends Schema>(changeset: Changeset<S>, waiting: Waiting = {}): Outcome<S> {
    return written(this.#access, changeset, "delete", waiting)
  }

  insertAll<S extends Schema>(
    schema: S,
    rows: readonly NewRow<S>[],
    options?: InsertOptions<S>,
  ): Promise<Row<S>[]>
  insertAll<S extends Schema>(
    schema: S,
    rows: AsyncIterable<NewRow<S>>,
    options?: InsertOptions<S>,
  ): Promise<number>
  insertAll<S extends Schema>(
    schema: S,
    rows: readonly NewRow<S>[] | AsyncIterable<NewRow<S>>,
    options: InsertOptions<S> = {},
  ): Promise<Row<S>[] | number> {
    return Symbol.asyncIterator in rows
      ? insertSource(this.#access, schema, rows, options)
      : insertAll(this.#access, schema, rows, options)
  }

  copyIn<S extends Schema>(
    schema: S,
    rows: Iterable<NewRow<S>> | AsyncIterable<NewRow<S>>,
    options: CopyIn = {},
  ): Promise<number> {
    return copyIn(this.#access, schema, rows, options)
  }

  copyOut<S extends Schema>(
    schema: S,
    query: CopyOut = {},
  ): AsyncGenerator<Row<S>, void, undefined> {
    return copyOut(this.#access, schema, query)
  }

  updateAll<S extends Schema>(schema: S, set: Settings<S>, filter: Filter): Promise<number> {
    return updateAll(this.#access, schema, set, filter)
  }

  deleteAll<S extends Schema>(schema: S, filter: Filter): Promise<number> {
    return deleteAll(this.#access, schema, filter)
  }

  inLane(lane: Lane): Repo {
    return this.#access.with({ lane }).repo
  }

  scoped(scope: RepoScope): Repo & ScopedRepo {
    const { repo } = this.#access.with({ sight: this.#access.sight.within(scope) })
    // what makes it one is for the compiler alone, and it was just scoped
    return repo as Repo & ScopedRepo
  }

  transaction<T>(
    run: ((repo: Repo) => PromiseLike<T>) | Multi,
    options: TransactionOptions = {},
  ): Promise<T> {
    // what steps come to is told by their types alone
    const work = isMulti(run)
      ? (repo: Repo) => runSteps(run, repo) as Promise<unknown> as Promise<T>
      : run
    return this.#access.transaction(({ repo }) => work(repo), options)
  }

  detached<T>(work: () => PromiseLike<T>): Promise<T> {
    return this.#access.detached(work)
  }

  async query<R extends SqlRow = SqlRow>(statement: SQL, waiting: Waiting = {}): Promise<R[]> {
    // the caller wrote the statement, so the caller knows its columns
    return (await queried(this.#access, statement, waiting)) as R[]
  }
}
