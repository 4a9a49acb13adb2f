import {
  type Awaitable,
  type Duration,
  err,
  ok,
  parseLimits,
  parseOptions,
  type Result,
  type StandardSchemaV1,
  validate,
  whenCommitted,
} from "@bennu/core"
import * as z from "zod"
import { RepoUsageError } from "../errors.ts"
import type { Sql } from "../sql.ts"
import { deliveryFailed } from "./telemetry.ts"

/** A name and the shape of what is said: a topic of `@bennu/pubsub` is one. */
export interface OutboxTopic<M> {
  readonly name: string
  readonly message: StandardSchemaV1<unknown, M>
}

/** What was written, on its way. */
export interface OutboxMessage {
  /** The same however often it is delivered: who remembers it does it once. */
  readonly id: string
  readonly topic: string
  readonly message: unknown
  /** Which try this is, from 1. */
  readonly attempt: number
  readonly writtenAt: Date
}

/**
 * Hands a message to whoever is to have it: a queue of jobs, another service. What it throws is tried again later.
 * @param options `signal` aborts when the time is over that the message is this process's.
 */
export type Deliver = (
  message: OutboxMessage,
  options: { readonly signal: AbortSignal },
) => Awaitable<unknown>

export interface OutboxOptions {
  /** The table, with its schema if it is not found without (`"outbox"`). */
  readonly table?: string | undefined
  /** How long a message is the process's that took it (`"30s"`); after that another one takes it. */
  readonly lease?: Duration | undefined
  /** Messages taken at once (100). */
  readonly batch?: number | undefined
  /** Tries of one message (20); it is kept then, with the time `infinity`. */
  readonly maxAttempts?: number | undefined
}

export interface DrainOptions {
  /** Aborts the delivery that runs, and begins no other. */
  readonly signal?: AbortSignal | undefined
  /** Begins no other delivery once it aborts; the one that runs goes on to its end. */
  readonly stopping?: AbortSignal | undefined
}

/** Messages that are written together with the rows that they are about, and delivered afterwards, at least once. */
export interface Outbox {
  /**
   * Writes a message in the transaction around the caller: it is delivered if that is committed, and only then.
   * @throws {RepoUsageError} when the message does not fit the topic.
   */
  emit<M>(topic: OutboxTopic<M>, message: NoInfer<M>): Promise<void>
  /** Delivers what is due, the oldest first, and forgets what was delivered. @returns How many were. */
  drain(deliver: Deliver, options?: DrainOptions): Promise<number>
  /** Calls `listener` when a message of this process is committed. */
  onWritten(listener: () => void): Disposable
}

const LIMITS = { lease: "30s", batch: 100, maxAttempts: 20 } as const
const tableName = z.string().regex(/^[a-z_][a-z0-9_]*(?:\.[a-z_][a-z0-9_]*)?$/i)

/**
 * An outbox in a table of the app, which a migration of the app makes (see the README).
 * @throws {OptionsError} when a limit is none, or the table's name is not plain.
 * @example const events = outbox(repo.sql)
 */
export function outbox(sql: Sql, { table = "outbox", ...given }: OutboxOptions = {}): Outbox {
  const name = parseOptions("outbox", tableName, table)
  const limits = parseLimits("outbox", LIMITS, given)
  return new TableOutbox(
    sql,
    name
      .split(".")
      .map((part) => `"${part}"`)
      .join("."),
    limits,
  )
}

type Limits = { readonly [K in keyof typeof LIMITS]: number }

class TableOutbox implements Outbox {
  readonly #sql: Sql
  readonly #table: string
  readonly #limits: Limits
  readonly #listeners = new Set<() => void>()

  constructor(sql: Sql, table: string, limits: Limits) {
    this.#sql = sql
    this.#table = table
    this.#limits = limits
  }

  async emit<M>({ name, message: schema }: OutboxTopic<M>, message: NoInfer<M>): Promise<void> {
    const checked = validate(schema, message)
    if (checked instanceof Promise || !checked.ok) {
      const problem = checked instanceof Promise ? "is asynchronous" : checked.error[0]?.message
      throw new RepoUsageError(`the message does not fit ${name}: ${problem}`, "See its schema.")
    }
    const json = JSON.stringify(checked.value) ?? "null"
    const text = `insert into ${this.#table} (topic, message) values ($1, $2::text::jsonb)`
    await this.#sql.query(text, [name, json])
    whenCommitted(() => {
      for (const listener of this.#listeners) listener()
    })
  }

  onWritten(listener: () => void): Disposable {
    // one who listens twice is told twice
    const own = () => listener()
    this.#listeners.add(own)
    return { [Symbol.dispose]: () => void this.#listeners.delete(own) }
  }

  async drain(deliver: Deliver, { signal, stopping }: DrainOptions = {}): Promise<number> {
    if (signal?.aborted || stopping?.aborted) return 0
    const taken = await this.#take()
    const until = performance.now() + this.#limits.lease / 2
    let delivered = 0
    for (const [at, message] of taken.entries()) {
      // what is left of a slow batch is anybody's again, before the time is over that it is ours
      if (signal?.aborted || stopping?.aborted || performance.now() > until) {
        await this.#giveBack(taken.slice(at))
        break
      }
      const result = await this.#deliver(deliver, message, signal)
      if (result.ok) {
        delivered += 1
        await this.#sql.query(`delete from ${this.#table} where ${IS_OURS}`, ours(message))
      } else await this.#failed(message, result.error)
    }
    return delivered
  }

  async #take(): Promise<OutboxMessage[]> {
    const { lease, batch } = this.#limits
    const { rows } = await this.#sql.query(
      `update ${this.#table} set attempts = attempts + 1, available_at = now() + $1::float8 * interval '1 ms'
        where id in (select id from ${this.#table} where available_at <= now() order by id limit $2::int for update skip locked)
        returning id::text, topic, message, attempts, inserted_at`,
      [lease, batch],
    )
    return rows
      .map((row) => Taken.parse(row))
      .sort((a, b) => (BigInt(a.id) < BigInt(b.id) ? -1 : 1))
  }

  async #deliver(
    deliver: Deliver,
    message: OutboxMessage,
    signal: AbortSignal | undefined,
  ): Promise<Result<void, unknown>> {
    const lease = AbortSignal.timeout(this.#limits.lease / 2)
    try {
      await deliver(message, { signal: signal ? AbortSignal.any([signal, lease]) : lease })
      return ok(undefined)
    } catch (error) {
      return err(error)
    }
  }

  async #failed(message: OutboxMessage, error: unknown): Promise<void> {
    const { topic, id, attempt } = message
    const gaveUp = attempt >= this.#limits.maxAttempts
    deliveryFailed.emit(() => ({ topic, id, attempt, gaveUp, error }))
    const wait = Math.min(1000 * 2 ** (attempt - 1), LONGEST_WAIT)
    await this.#sql.query(
      `update ${this.#table} set available_at = case when $3::boolean then 'infinity'
        else now() + $4::float8 * interval '1 ms' end where ${IS_OURS}`,
      [...ours(message), gaveUp, wait],
    )
  }

  async #giveBack(messages: readonly OutboxMessage[]): Promise<void> {
    for (const message of messages)
      await this.#sql.query(
        `update ${this.#table} set attempts = attempts - 1, available_at = now() where ${IS_OURS}`,
        ours(message),
      )
  }
}

/** Nobody else has taken it meanwhile: that would be another attempt. */
const IS_OURS = "id = $1::text::bigint and attempts = $2::int"
const ours = ({ id, attempt }: OutboxMessage) => [id, attempt]
const LONGEST_WAIT = 60 * 60 * 1000

const Taken = z
  .object({
    id: z.string(),
    topic: z.string(),
    message: z.unknown(),
    attempts: z.number(),
    inserted_at: z.date(),
  })
  .transform(
    ({ attempts, inserted_at, ...rest }): OutboxMessage => ({
      ...rest,
      attempt: attempts,
      writtenAt: inserted_at,
    }),
  )
