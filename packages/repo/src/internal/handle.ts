import { err, type Result } from "@bennu/core"
import type { Changeset, Row, Schema } from "@bennu/schema"
import { count as counted, type SQL, sql } from "drizzle-orm"
import type { PgTable } from "drizzle-orm/pg-core"
import type { Answer, Statement } from "../driver.ts"
import { MultipleRowsError, NotFoundError, RepoUsageError } from "../errors.ts"
import { isMulti, type Multi, runSteps } from "../multi.ts"
import type { Casing } from "../open-repo.ts"
import type { Preloads } from "../preloads.ts"
import type {
  Aggregate,
  Aggregated,
  Filter,
  Id,
  Loaded,
  Loads,
  NewRow,
  OnConflict,
  Query,
  QueryBuilder,
  Repo,
  RepoScope,
  StreamQuery,
  Upsert,
  Waiting,
} from "../repo.ts"
import type { Sql, SqlRow } from "../sql.ts"
import { aggregated, exact } from "./aggregate.ts"
import { builder } from "./builder.ts"
import { encode } from "./codec.ts"
import { type Engine, type TransactionOptions, waitsOf } from "./engine.ts"
import type { Lane } from "./gate.ts"
import { type Conflict, insertMany } from "./insert-many.ts"
import { byId, byKeys, byValues, columnOf, keyOf, textOfKey } from "./keys.ts"
import type { Level } from "./level.ts"
import { Plans } from "./plans.ts"
import { type AnyPreloads, isEmpty, preload } from "./preload.ts"
import { objects } from "./rows.ts"
import { Sight } from "./sight.ts"
import { sqlOver } from "./sql-over.ts"
import { byCursor, byKeyset } from "./stream.ts"
import {
  type Action,
  type Row as AnyRow,
  needsTransaction,
  type Place,
  write,
} from "./write-changeset.ts"

export interface HandleOptions {
  readonly engine: Engine
  readonly casing: Casing | undefined
  /** The transaction that this handle was given for. */
  readonly bound?: Level | undefined
  readonly sight?: Sight | undefined
  readonly lane?: Lane | undefined
  readonly plans?: Plans | undefined
}

/** What an app holds: a repo, or the repo of one transaction. */
export class Handle implements Repo {
  readonly #options: HandleOptions
  readonly #engine: Engine
  readonly #sight: Sight
  readonly #plans: Plans
  #drizzle: QueryBuilder | undefined
  #sql: Sql | undefined

  constructor(options: HandleOptions) {
    this.#plans = options.plans ?? new Plans(options.casing)
    this.#options = { ...options, plans: this.#plans }
    this.#engine = options.engine
    this.#sight = options.sight ?? new Sight()
  }

  get drizzle(): QueryBuilder {
    const { engine, casing, bound, lane } = this.#options
    this.#drizzle ??= builder(engine, { casing, bound, lane })
    return this.#drizzle
  }

  get sql(): Sql {
    const { engine, bound, lane } = this.#options
    this.#sql ??= sqlOver(engine, { bound, lane })
    return this.#sql
  }

  // Drizzle's builder cannot tell the row of a table that is a type parameter; a row of `schema.table` is what
  // comes back, so the casts to Row<S> and Loaded<S, P> below say what `schema` says

  async all<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    query: Query<P> = {},
  ): Promise<Loaded<S, P>[]> {
    const plan = this.#plans.of(this.#sight.table(schema))
    const asked = plan.select(clauses(this.#sight.where(schema, query.where), query))
    const rows = plan.read(await this.#run(asked, query))
    const relations = query.preload
    return (await this.#loaded(schema, rows, relations, query)) as Loaded<S, P>[]
  }

  async *stream<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    query: StreamQuery<P> = {},
  ): AsyncGenerator<Loaded<S, P>, void, undefined> {
    const { orderBy, limit, offset, preload } = query
    const batch = natural("batch", query.batch ?? 500)
    if (batch === 0) throw new RepoUsageError("batch is 0", "Pass 1 or more.")
    const arranged = orderBy !== undefined || limit !== undefined || offset !== undefined
    const inTransaction = this.#engine.inTransaction(this.#options.bound)
    const by = query.by ?? (arranged || inTransaction ? "cursor" : "key")
    if (by === "key" && arranged) {
      const hint = 'Leave orderBy, limit and offset out, or say { by: "cursor" }.'
      throw new RepoUsageError("a stream by key has the order of the key", hint)
    }
    const plan = this.#plans.of(this.#sight.table(schema))
    const where = this.#sight.where(schema, query.where)
    await using reader = by === "cursor" && !inTransaction ? await this.#reader(query) : null
    const handle = reader?.handle ?? this
    const reading = { plan, run: (statement: Statement) => handle.#run(statement, query) }
    using cursor = this.#plans.cursor()
    const batches =
      by === "key"
        ? byKeyset(reading, schema, where, batch)
        : byCursor(reading, plan.select(clauses(where, query)), batch, cursor.name)
    for await (const rows of batches)
      yield* (await handle.#loaded(schema, rows, preload, query)) as Loaded<S, P>[]
  }

  /** A transaction that stays open until it is disposed. */
  async #reader({ signal }: Waiting): Promise<{ readonly handle: Handle } & AsyncDisposable> {
    const opened = Promise.withResolvers<Handle>()
    const ended = Promise.withResolvers<void>()
    const work = (handle: Handle) => {
      opened.resolve(handle)
      return ended.promise
    }
    const transaction = this.#transacted(work, { readOnly: true, signal })
    transaction.catch(opened.reject)
    const handle = await opened.promise
    return {
      handle,
      async [Symbol.asyncDispose]() {
        ended.resolve()
        // what failed in it was thrown where it was asked for
        await transaction.catch(() => {})
      },
    }
  }

  async one<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    query: Query<P> = {},
  ): Promise<Loaded<S, P> | null> {
    const [row = null, ...more] = await this.all<S, P>(schema, { ...query, limit: 2 })
    if (more.length > 0) throw new MultipleRowsError(schema.name)
    return row
  }

  async get<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    id: Id<S>,
    options: Loads<P> = {},
  ): Promise<Loaded<S, P> | null> {
    const [name, ...more] = schema.primaryKey
    if (name === undefined || more.length > 0 || this.#sight.scoped || schema.filter !== null) {
      const where = byId(schema, id)
      return where === null ? null : this.one<S, P>(schema, { ...options, where })
    }
    const key = keyOf(schema, name, id)
    if (key === null) return null
    const plan = this.#plans.of(this.#sight.table(schema))
    const text = plan.once("get", () => plan.select(sql` where ${byId(schema, id)}`).text)
    const rows = plan.read(await this.#run({ text, params: [key] }, options))
    const [row = null] = await this.#loaded(schema, rows, options.preload, options)
    return row as Loaded<S, P> | null
  }

  async fetch<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    id: Id<S>,
    options: Loads<P> = {},
  ): Promise<Loaded<S, P>> {
    const row = await this.get<S, P>(schema, id, options)
    if (row === null) throw new NotFoundError(schema.name)
    return row
  }

  async getBy<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    values: Partial<Row<S>>,
    options: Loads<P> = {},
  ): Promise<Loaded<S, P> | null> {
    const where = byValues(schema, values)
    return where === null ? null : this.one<S, P>(schema, { ...options, where })
  }

  async reload<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    rows: readonly Row<S>[],
    options: Loads<P> = {},
  ): Promise<Loaded<S, P>[]> {
    if (rows.length === 0) return []
    const found = await this.all<S, P>(schema, { ...options, where: byKeys(schema, rows) })
    const byText = new Map(found.map((row) => [textOfKey(schema, row), row]))
    return rows.map((row) => {
      const current = byText.get(textOfKey(schema, row))
      if (current === undefined) throw new NotFoundError(schema.name)
      return current
    })
  }

  async aggregate<S extends Schema, F extends Aggregate, K extends keyof Row<S>>(
    schema: S,
    what: F,
    field: K,
    filter: Filter = {},
  ): Promise<Aggregated<Row<S>[K], F>> {
    const column = columnOf(schema.table, String(field))
    const [found] = await this.#builder(filter)
      .select({ value: aggregated(what, column) })
      .from(this.#sight.table(schema))
      .where(this.#sight.where(schema, filter.where))
    // the least and the greatest are decoded by the column, the others are what `exact` says
    return exact(what, column, found?.value ?? null) as Aggregated<Row<S>[K], F>
  }

  async count<S extends Schema>(schema: S, filter: Filter = {}): Promise<number> {
    const [found] = await this.#builder(filter)
      .select({ rows: counted() })
      .from(this.#sight.table(schema))
      .where(this.#sight.where(schema, filter.where))
    return found?.rows ?? 0
  }

  async exists<S extends Schema>(schema: S, filter: Filter = {}): Promise<boolean> {
    const found = await this.#builder(filter)
      .select({ one: sql`1` })
      .from(this.#sight.table(schema))
      .where(this.#sight.where(schema, filter.where))
      .limit(1)
    return found.length > 0
  }

  async preload<S extends Schema, const P extends Preloads<S>>(
    schema: S,
    rows: readonly Row<S>[],
    relations: P,
    waiting: Waiting = {},
  ): Promise<Loaded<S, P>[]> {
    return (await this.#loaded(schema, rows, relations, waiting)) as Loaded<S, P>[]
  }

  insert<S extends Schema>(
    changeset: Changeset<S>,
    { onConflict, ...waiting }: Waiting & { readonly onConflict?: Upsert<S> | undefined } = {},
  ): Outcome<S> {
    return this.#write(changeset, "insert", waiting, onConflict)
  }

  update<S extends Schema>(changeset: Changeset<S>, options: Waiting = {}): Outcome<S> {
    return this.#write(changeset, "update", options)
  }

  delete<S extends Schema>(changeset: Changeset<S>, options: Waiting = {}): Outcome<S> {
    return this.#write(changeset, "delete", options)
  }

  insertAll<S extends Schema>(
    schema: S,
    rows: readonly NewRow<S>[],
    options?: Waiting & { readonly onConflict?: OnConflict<S> | undefined },
  ): Promise<Row<S>[]>
  insertAll<S extends Schema>(
    schema: S,
    rows: AsyncIterable<NewRow<S>>,
    options?: Waiting & { readonly onConflict?: OnConflict<S> | undefined },
  ): Promise<number>
  async insertAll<S extends Schema>(
    schema: S,
    rows: readonly NewRow<S>[] | AsyncIterable<NewRow<S>>,
    options: Waiting & { readonly onConflict?: OnConflict<S> | undefined } = {},
  ): Promise<Row<S>[] | number> {
    this.#sight.table(schema)
    if (Symbol.asyncIterator in rows)
      return this.transaction(
        async (repo) => {
          let written = 0
          for await (const some of batches(rows, IMPORT_BATCH))
            written += (await repo.insertAll(schema, some, options)).length
          return written
        },
        { signal: options.signal },
      )
    const conflict: Conflict | undefined = options.onConflict
    const insert = (db: QueryBuilder, some: readonly AnyRow[]) =>
      insertMany(db, schema, some, conflict)
    const atOnce = Math.floor(MAX_PARAMETERS / Math.max(1, schema.columns.size))
    if (rows.length <= atOnce) return (await insert(this.#builder(options), rows)) as Row<S>[]
    return this.transaction(
      async (repo) => {
        const written: AnyRow[] = []
        for (let at = 0; at < rows.length; at += atOnce)
          written.push(...(await insert(repo.drizzle, rows.slice(at, at + atOnce))))
        return written as Row<S>[]
      },
      { signal: options.signal },
    )
  }

  async updateAll<S extends Schema>(
    schema: S,
    set: Partial<NewRow<S>>,
    { where, ...waiting }: Filter,
  ): Promise<number> {
    const update = this.drizzle.update(this.#sight.table(schema)).set(set)
    const rows = this.#sight.where(schema, narrowed(where))
    return this.#changed(update.where(rows).toSQL(), waiting)
  }

  async deleteAll<S extends Schema>(schema: S, { where, ...waiting }: Filter): Promise<number> {
    const rows = this.#sight.where(schema, narrowed(where))
    const table = this.#sight.table(schema)
    const { softDelete } = schema
    const statement =
      softDelete === null
        ? this.drizzle.delete(table).where(rows)
        : this.drizzle
            .update(table)
            .set({ [softDelete]: sql`now()` })
            .where(rows)
    return this.#changed(statement.toSQL(), waiting)
  }

  inLane(lane: Lane): Repo {
    return new Handle({ ...this.#options, lane })
  }

  scoped(scope: RepoScope): Repo {
    return new Handle({ ...this.#options, sight: this.#sight.within(scope) })
  }

  transaction<T>(
    run: ((repo: Repo) => PromiseLike<T>) | Multi,
    options: TransactionOptions = {},
  ): Promise<T> {
    // what steps come to is told by their types alone
    const work = isMulti(run)
      ? (repo: Repo) => runSteps(run, repo) as Promise<unknown> as Promise<T>
      : run
    return this.#transacted(work, options)
  }

  #transacted<T>(
    work: (handle: Handle) => PromiseLike<T>,
    options: TransactionOptions,
  ): Promise<T> {
    const within = (bound: Level) => work(new Handle({ ...this.#options, bound }))
    const lane = options.lane ?? this.#options.lane
    return this.#engine.transaction(within, { ...options, lane }, this.#options.bound)
  }

  detached<T>(work: () => PromiseLike<T>): Promise<T> {
    return this.#engine.detached(work)
  }

  async query<R extends SqlRow = SqlRow>(statement: SQL, waiting: Waiting = {}): Promise<R[]> {
    const { sql: text, params } = this.#plans.dialect.sqlToQuery(statement)
    const asked = { text, params: params.map(encode) }
    // the caller wrote the statement, so the caller knows its columns
    return objects(await this.#run(asked, waiting)) as R[]
  }

  async #write<S extends Schema>(
    changeset: Changeset<S>,
    action: Action,
    waiting: Waiting,
    conflict?: Upsert<S>,
  ): Outcome<S> {
    if (!changeset.valid) return err(changeset.withAction(action))
    this.#sight.table(changeset.schema)
    const inTransaction = this.#engine.inTransaction(this.#options.bound)
    // a refused row would end the transaction around it; a savepoint keeps it usable
    const result =
      inTransaction || needsTransaction(changeset)
        ? await this.#transacted(
            (handle) => write(handle.#place({}, conflict), changeset, action),
            {
              signal: waiting.signal,
            },
          )
        : await write(this.#place(waiting, conflict), changeset, action)
    // what comes back is a row of the schema, or the changeset with an error more
    return result as Result<Row<S>, Changeset<S>>
  }

  async #changed(
    { sql: text, params }: { readonly sql: string; readonly params: readonly unknown[] },
    waiting: Waiting,
  ): Promise<number> {
    const { count } = await this.#run({ text, params: params.map(encode) }, waiting)
    return count
  }

  #run(statement: Statement, waiting: Waiting): Promise<Answer> {
    const { bound, lane } = this.#options
    return this.#engine.run(statement, bound, waitsOf(waiting, lane))
  }

  async #loaded<S extends Schema>(
    schema: S,
    rows: readonly AnyRow[],
    relations: Preloads<S> | undefined,
    waiting: Waiting,
  ): Promise<readonly AnyRow[]> {
    // which relations a schema has is in its type alone; what is there at run time is names and their options
    const wanted = relations as AnyPreloads | undefined
    if (wanted === undefined || isEmpty(wanted)) return rows
    const filter = (target: object) => this.#sight.related(target)
    const loading = {
      plan: (table: PgTable) => this.#plans.of(table),
      run: (statement: Statement) => this.#run(statement, waiting),
      repo: this,
      filter,
    }
    return preload(loading, schema, rows, wanted)
  }

  #place(waiting: Waiting, conflict?: Exclude<Conflict, "nothing">): Place {
    const handle = this
    return {
      // it is needed for what is rare: expressions, rows that join, locks
      get db() {
        return handle.#builder(waiting)
      },
      repo: this,
      conflict,
      plan: (table) => this.#plans.of(table),
      run: (statement) => this.#run(statement, waiting),
    }
  }

  #builder(waiting: Waiting): QueryBuilder {
    if (waiting.signal === undefined && waiting.timeout === undefined) return this.drizzle
    const { casing, bound, lane } = this.#options
    return builder(this.#engine, { casing, bound, ...waitsOf(waiting, lane) })
  }
}

type Outcome<S extends Schema> = Promise<Result<Row<S>, Changeset<S>>>

/** The protocol counts a statement's parameters in 16 bits. */
const MAX_PARAMETERS = 65_000

/** What comes after the table's name. */
function clauses(where: SQL | undefined, query: Query<unknown>): SQL | undefined {
  const parts: SQL[] = []
  if (where !== undefined) parts.push(sql` where ${where}`)
  const order = query.orderBy === undefined ? [] : [query.orderBy].flat()
  if (order.length > 0) parts.push(sql` order by ${sql.join([...order], sql`, `)}`)
  if (query.limit !== undefined) parts.push(sql` limit ${natural("limit", query.limit)}`)
  if (query.offset !== undefined) parts.push(sql` offset ${natural("offset", query.offset)}`)
  return parts.length === 0 ? undefined : sql.join(parts)
}

/** Rows of a source that are written by one statement. */
const IMPORT_BATCH = 500

async function* batches<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

function natural(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value
  throw new RepoUsageError(`${name} is ${value}`, "Pass a whole number, 0 or more.")
}

function narrowed(where: SQL | undefined): SQL {
  if (where !== undefined) return where
  throw new RepoUsageError("this would change every row", "Say so: { where: sql`true` }.")
}
