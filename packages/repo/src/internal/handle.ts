import { err, type Result } from "@bennu/core"
import type { Changeset, Row, Schema } from "@bennu/schema"
import { count as counted, type SQL, sql } from "drizzle-orm"
import { PgDialect, type PgTable } from "drizzle-orm/pg-core"
import { MultipleRowsError, NotFoundError, RepoUsageError } from "../errors.ts"
import type { Casing } from "../open-repo.ts"
import type {
  Filter,
  Id,
  Loaded,
  Loads,
  NewRow,
  OnConflict,
  Query,
  QueryBuilder,
  Repo,
  Waiting,
} from "../repo.ts"
import type { Sql, SqlRow } from "../sql.ts"
import { builder } from "./builder.ts"
import { encode } from "./codec.ts"
import type { Engine, TransactionOptions } from "./engine.ts"
import { type Conflict, insertMany } from "./insert-many.ts"
import { byId } from "./keys.ts"
import type { Level } from "./level.ts"
import { preload } from "./preload.ts"
import { objects } from "./rows.ts"
import { sqlOver } from "./sql-over.ts"
import { type Action, type Row as AnyRow, needsTransaction, write } from "./write-changeset.ts"

export interface HandleOptions {
  readonly engine: Engine
  readonly casing: Casing | undefined
  /** The transaction that this handle was given for. */
  readonly bound?: Level | undefined
}

/** What an app holds: a repo, or the repo of one transaction. */
export class Handle implements Repo {
  readonly #options: HandleOptions
  readonly #engine: Engine
  readonly #dialect: PgDialect
  readonly drizzle: QueryBuilder
  readonly sql: Sql

  constructor(options: HandleOptions) {
    this.#options = options
    this.#engine = options.engine
    this.#dialect = new PgDialect(options.casing === undefined ? {} : { casing: options.casing })
    this.drizzle = builder(options.engine, options)
    this.sql = sqlOver(options.engine, options.bound)
  }

  // Drizzle's builder cannot tell the row of a table that is a type parameter; a row of `schema.table` is what
  // comes back, so the casts to Row<S> and Loaded<S, K> below say what `schema` says

  async all<S extends Schema, K extends keyof S["$relations"] = never>(
    schema: S,
    query: Query<K> = {},
  ): Promise<Loaded<S, K>[]> {
    const { where, orderBy = [], limit, offset, preload: names = [], signal } = query
    const db = this.#builder(signal)
    let select = db.select().from(table(schema)).$dynamic()
    if (where !== undefined) select = select.where(where)
    const order = [orderBy].flat()
    if (order.length > 0) select = select.orderBy(...order)
    if (limit !== undefined) select = select.limit(natural("limit", limit))
    if (offset !== undefined) select = select.offset(natural("offset", offset))
    const rows: AnyRow[] = await select
    return (await this.#loaded(schema, rows, names, db)) as Loaded<S, K>[]
  }

  async one<S extends Schema, K extends keyof S["$relations"] = never>(
    schema: S,
    query: Query<K> = {},
  ): Promise<Loaded<S, K> | null> {
    const [row = null, ...more] = await this.all<S, K>(schema, { ...query, limit: 2 })
    if (more.length > 0) throw new MultipleRowsError(schema.name)
    return row
  }

  async get<S extends Schema, K extends keyof S["$relations"] = never>(
    schema: S,
    id: Id<S>,
    options: Loads<K> = {},
  ): Promise<Loaded<S, K> | null> {
    const where = byId(schema, id)
    return where === null ? null : this.one<S, K>(schema, { ...options, where })
  }

  async fetch<S extends Schema, K extends keyof S["$relations"] = never>(
    schema: S,
    id: Id<S>,
    options: Loads<K> = {},
  ): Promise<Loaded<S, K>> {
    const row = await this.get<S, K>(schema, id, options)
    if (row === null) throw new NotFoundError(schema.name)
    return row
  }

  async count<S extends Schema>(schema: S, { where, signal }: Filter = {}): Promise<number> {
    const select = this.#builder(signal).select({ rows: counted() }).from(table(schema))
    const [found] = await select.where(where)
    return found?.rows ?? 0
  }

  async exists<S extends Schema>(schema: S, { where, signal }: Filter = {}): Promise<boolean> {
    const select = this.#builder(signal).select({ one: sql`1` }).from(table(schema))
    const found = await select.where(where).limit(1)
    return found.length > 0
  }

  async preload<S extends Schema, K extends keyof S["$relations"]>(
    schema: S,
    rows: readonly Row<S>[],
    names: readonly K[],
    { signal }: Waiting = {},
  ): Promise<Loaded<S, K>[]> {
    return (await this.#loaded(schema, rows, names, this.#builder(signal))) as Loaded<S, K>[]
  }

  insert<S extends Schema>(changeset: Changeset<S>, options: Waiting = {}): Outcome<S> {
    return this.#write(changeset, "insert", options)
  }

  update<S extends Schema>(changeset: Changeset<S>, options: Waiting = {}): Outcome<S> {
    return this.#write(changeset, "update", options)
  }

  delete<S extends Schema>(changeset: Changeset<S>, options: Waiting = {}): Outcome<S> {
    return this.#write(changeset, "delete", options)
  }

  async insertAll<S extends Schema>(
    schema: S,
    rows: readonly NewRow<S>[],
    options: Waiting & { readonly onConflict?: OnConflict<S> | undefined } = {},
  ): Promise<Row<S>[]> {
    const conflict: Conflict | undefined = options.onConflict
    const insert = (db: QueryBuilder, some: readonly AnyRow[]) =>
      insertMany(db, schema, some, conflict)
    const atOnce = Math.floor(MAX_PARAMETERS / Math.max(1, schema.columns.size))
    if (rows.length <= atOnce)
      return (await insert(this.#builder(options.signal), rows)) as Row<S>[]
    return this.transaction(async (repo) => {
      const written: AnyRow[] = []
      for (let at = 0; at < rows.length; at += atOnce)
        written.push(...(await insert(repo.drizzle, rows.slice(at, at + atOnce))))
      return written as Row<S>[]
    }, options)
  }

  async updateAll<S extends Schema>(
    schema: S,
    set: Partial<NewRow<S>>,
    { where, signal }: Filter,
  ): Promise<number> {
    const update = this.drizzle.update(table(schema)).set(set)
    return this.#changed(update.where(narrowed(where)).toSQL(), signal)
  }

  async deleteAll<S extends Schema>(schema: S, { where, signal }: Filter): Promise<number> {
    return this.#changed(this.drizzle.delete(table(schema)).where(narrowed(where)).toSQL(), signal)
  }

  transaction<T>(
    run: (repo: Repo) => PromiseLike<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const within = (bound: Level) => run(new Handle({ ...this.#options, bound }))
    return this.#engine.transaction(within, options, this.#options.bound)
  }

  detached<T>(work: () => PromiseLike<T>): Promise<T> {
    return this.#engine.detached(work)
  }

  async query<R extends SqlRow = SqlRow>(statement: SQL, { signal }: Waiting = {}): Promise<R[]> {
    const { sql: text, params } = this.#dialect.sqlToQuery(statement)
    const asked = { text, params: params.map(encode) }
    // the caller wrote the statement, so the caller knows its columns
    return objects(await this.#engine.run(asked, this.#options.bound, signal)) as R[]
  }

  async #write<S extends Schema>(
    changeset: Changeset<S>,
    action: Action,
    { signal }: Waiting,
  ): Outcome<S> {
    if (!changeset.valid) return err(changeset.withAction(action))
    const inTransaction = this.#engine.inTransaction(this.#options.bound)
    // a refused row would end the transaction around it; a savepoint keeps it usable
    const result =
      inTransaction || needsTransaction(changeset)
        ? await this.transaction((repo) => write({ db: repo.drizzle, repo }, changeset, action), {
            signal,
          })
        : await write({ db: this.#builder(signal), repo: this }, changeset, action)
    // what comes back is a row of the schema, or the changeset with an error more
    return result as Result<Row<S>, Changeset<S>>
  }

  async #changed(
    { sql: text, params }: { readonly sql: string; readonly params: readonly unknown[] },
    signal: AbortSignal | undefined,
  ): Promise<number> {
    const asked = { text, params: params.map(encode) }
    const { count } = await this.#engine.run(asked, this.#options.bound, signal)
    return count
  }

  async #loaded(
    schema: Schema,
    rows: readonly AnyRow[],
    names: readonly PropertyKey[],
    db: QueryBuilder,
  ): Promise<readonly AnyRow[]> {
    return names.length === 0 ? rows : preload(db, schema, rows, names.map(String))
  }

  #builder(signal: AbortSignal | undefined): QueryBuilder {
    return signal === undefined ? this.drizzle : builder(this.#engine, { ...this.#options, signal })
  }
}

type Outcome<S extends Schema> = Promise<Result<Row<S>, Changeset<S>>>

/** The protocol counts a statement's parameters in 16 bits. */
const MAX_PARAMETERS = 65_000

const table = (schema: Schema): PgTable => schema.table

function natural(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 0) return value
  throw new RepoUsageError(`${name} is ${value}`, "Pass a whole number, 0 or more.")
}

function narrowed(where: SQL | undefined): SQL {
  if (where !== undefined) return where
  throw new RepoUsageError("this would change every row", "Say so: { where: sql`true` }.")
}
