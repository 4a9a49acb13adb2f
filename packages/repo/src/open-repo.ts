import { BennuError, type Child, type Health, type Service } from "@bennu/core"
import type { CommentOptions } from "./comments.ts"
import type { Driver } from "./driver.ts"
import { Access } from "./internal/access.ts"
import { Engine } from "./internal/engine.ts"
import { Handle } from "./internal/handle.ts"
import { Pool } from "./internal/pool.ts"
import type { ExplainOptions } from "./internal/slow-queries.ts"
import type { Repo } from "./repo.ts"

/** How column names are written in the database where the table gives only the property's. */
export type Casing = "snake_case" | "camelCase"

export interface RepoOptions {
  /** `postgres(…)` of `@bennu/repo/postgres`, `pglite(…)` of `@bennu/repo/pglite`, or your own. */
  readonly driver: Driver
  /** `"snake_case"`: a column declared as `userId: uuid()` is `user_id` in the database. */
  readonly casing?: Casing | undefined
  /** Tells the server what statements are for, in comments behind them; none are written if left out. */
  readonly comments?: CommentOptions | undefined
  /** Tells by `queryExplained` of the plans of slow statements; none is asked for if left out. */
  readonly explain?: ExplainOptions | undefined
}

/** How full a pool is, now. */
export interface PoolGauges {
  /** Connections that it may have: `poolSize`. */
  readonly size: number
  /** Connections that it has. */
  readonly open: number
  /** Of those, how many a query or a transaction holds. */
  readonly busy: number
  /** Queries and transactions that wait for one. */
  readonly waiting: number
}

/** A repo as `openRepo` starts it: what owns the connections, and knows how many there are. */
export interface OpenRepo extends Repo {
  /**
   * How full the pool is, asked of no server: for a metric that is read in intervals, also while no query runs.
   * @example meter.createObservableGauge("db.client.connection.count").addCallback((gauge) => gauge.observe(repo.gauges().busy))
   */
  gauges(): PoolGauges
}

/**
 * The door to a database: start it with a supervisor, pass it on in the scope.
 * @example const repo = await app.start(openRepo({ driver: pglite({ dir: ".data/db" }) }))
 */
export function openRepo({ driver, casing, comments, explain }: RepoOptions): Child<OpenRepo> {
  return {
    name: "repo",
    async start(signal) {
      signal.throwIfAborted()
      const pool = new Pool(driver, await driver.open(signal))
      const engine = new Engine(driver, pool, { comments, explain })
      const access = new Access({ engine, casing, repoOf: (within) => new Handle(within) })
      return Object.assign(new Handle(access), {
        stop: (deadline: AbortSignal) => pool.close(deadline),
        health: () => health(engine, pool),
        gauges: () => ({
          size: driver.poolSize,
          open: pool.open,
          busy: pool.busy,
          waiting: pool.waiting,
        }),
        [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
      } satisfies Service & Pick<OpenRepo, "gauges">)
    },
  }
}

/** A full queue is not asked to carry one query more. */
async function health(engine: Engine, pool: Pool): Promise<Health> {
  if (pool.waiting > 0)
    return { status: "degraded", detail: `${pool.waiting} queries wait for a connection` }
  try {
    const ping = { text: "select 1", params: [] }
    await engine.detached(() => engine.run(ping, undefined, { signal: AbortSignal.timeout(2_000) }))
    return { status: "up" }
  } catch (error) {
    const detail = error instanceof BennuError ? error.code : "no answer within 2 s"
    return { status: "down", detail }
  }
}
