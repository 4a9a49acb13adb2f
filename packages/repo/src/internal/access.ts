import { type Duration, milliseconds } from "@bennu/core"
import type { Schema } from "@bennu/schema"
import type { Answer, Statement } from "../driver.ts"
import { RepoUsageError } from "../errors.ts"
import type { Casing } from "../open-repo.ts"
import type { Loading, QueryBuilder, Repo, Waiting } from "../repo.ts"
import type { Sql } from "../sql.ts"
import { builder } from "./builder.ts"
import type { Engine } from "./engine.ts"
import type { Lane } from "./gate.ts"
import type { Level } from "./level.ts"
import { Plans } from "./plans.ts"
import { Sight } from "./sight.ts"
import { sqlOver } from "./sql-over.ts"
import type { TablePlan } from "./table-plan.ts"
import type { TransactionOptions } from "./transaction-options.ts"
import { waitsOf } from "./waits.ts"

export interface AccessParts {
  readonly engine: Engine
  readonly casing: Casing | undefined
  /** Makes the repo that has this access: what an app's own functions are given. */
  readonly repoOf: (access: Access) => Repo
  /** The transaction that it is for. */
  readonly bound?: Level | undefined
  readonly sight?: Sight | undefined
  readonly lane?: Lane | undefined
  readonly plans?: Plans | undefined
}

/** How a repo reaches the database: by which engine, in which transaction and lane, with which rows before it. */
export class Access {
  readonly #parts: AccessParts
  readonly sight: Sight
  readonly plans: Plans
  #repo: Repo | undefined
  #drizzle: QueryBuilder | undefined
  #sql: Sql | undefined

  constructor(parts: AccessParts) {
    this.sight = parts.sight ?? new Sight()
    this.plans = parts.plans ?? new Plans(parts.casing)
    this.#parts = { ...parts, plans: this.plans }
  }

  /** The same, but for what is said. */
  with(parts: Partial<AccessParts>): Access {
    return new Access({ ...this.#parts, ...parts })
  }

  get repo(): Repo {
    this.#repo ??= this.#parts.repoOf(this)
    return this.#repo
  }

  get drizzle(): QueryBuilder {
    const { engine, casing, bound, lane } = this.#parts
    this.#drizzle ??= builder(engine, { casing, bound, lane })
    return this.#drizzle
  }

  get sql(): Sql {
    const { engine, bound, lane } = this.#parts
    this.#sql ??= sqlOver(engine, { bound, lane })
    return this.#sql
  }

  /** Drizzle's builder for a call that may wait or run no longer than it says. */
  builder(waiting: Waiting): QueryBuilder {
    if (waiting.signal === undefined && waiting.timeout === undefined) return this.drizzle
    const { engine, casing, bound, lane } = this.#parts
    return builder(engine, { casing, bound, ...waitsOf(waiting, lane) })
  }

  /** @throws {ScopeError} where it has not this table before it. */
  plan(schema: Schema): TablePlan {
    return this.plans.of(this.sight.table(schema))
  }

  /** The same, to copy its rows. */
  copying(schema: Schema): TablePlan {
    const { driver } = this.#parts.engine
    if (driver.copies === true) return this.plan(schema)
    const hint = "Write with insertAll and read with stream."
    throw new RepoUsageError(`the driver ${driver.name} cannot COPY`, hint)
  }

  run(statement: Statement, waiting: Waiting): Promise<Answer> {
    const { engine, bound, lane } = this.#parts
    return engine.run(statement, bound, waitsOf(waiting, lane))
  }

  /** Statements that need nothing of one another. */
  runAll(statements: readonly Statement[], loading: Loading): Promise<Answer[]> {
    const { engine, bound, lane } = this.#parts
    return engine.runAll(statements, bound, waitsOf(loading, lane), loading.inParallel)
  }

  /** For as long as it takes. */
  runAtLeisure(statement: Statement, signal: AbortSignal | undefined): Promise<Answer> {
    const { engine, bound, lane } = this.#parts
    return engine.run(statement, bound, { signal, lane, timeout: null })
  }

  /** How long the server may take, in milliseconds. */
  patience(timeout: Duration | undefined): number | undefined {
    return timeout === undefined ? this.#parts.engine.driver.queryTimeout : milliseconds(timeout)
  }

  /** Whether what it asks runs on a connection that somebody holds. */
  get holdsConnection(): boolean {
    return this.#parts.engine.holds(this.#parts.bound)
  }

  get inTransaction(): boolean {
    return this.#parts.engine.inTransaction(this.#parts.bound)
  }

  transaction<T>(
    work: (access: Access) => PromiseLike<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const { engine, bound, lane } = this.#parts
    const within = (level: Level) => work(this.with({ bound: level }))
    return engine.transaction(within, { ...options, lane: options.lane ?? lane }, bound)
  }

  detached<T>(work: () => PromiseLike<T>): Promise<T> {
    return this.#parts.engine.detached(work)
  }
}
