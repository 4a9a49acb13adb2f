import { type ContextKey, contextKey, type Duration, milliseconds, Transaction } from "@bennu/core"
import { type CommentOptions, Comments } from "../comments.ts"
import type { Answer, Connection, Driver, Statement } from "../driver.ts"
import {
  PoolFullError,
  QueryError,
  RepoUsageError,
  TransactionAbortedError,
  TransactionDoneError,
} from "../errors.ts"
import { queryStopped } from "../telemetry.ts"
import { Deadlines } from "./deadline.ts"
import type { Lane } from "./gate.ts"
import { anyOf, Level } from "./level.ts"
import type { Pool } from "./pool.ts"
import { retrying } from "./retry.ts"
import { type ExplainOptions, SlowQueries } from "./slow-queries.ts"

export type Isolation = "read committed" | "repeatable read" | "serializable"
export interface TransactionOptions {
  /** How much it sees of what others do meanwhile; the server's default if left out. */
  readonly isolation?: Isolation | undefined
  readonly readOnly?: boolean | undefined
  /**
   * How often to begin again where the server took all back because of other transactions (0): a deadlock, or a
   * serialization failure, which is what `isolation: "serializable"` has to expect. What `run` does beside the database
   * happens each time; let it wait with `whenCommitted`.
   */
  readonly retries?: number | undefined
  /** Who goes first where there are more transactions than connections (`"interactive"`). */
  readonly lane?: Lane | undefined
  /** Stops the transaction: what runs or waits in it rejects, and it is rolled back. */
  readonly signal?: AbortSignal | undefined
}

/** How a statement waits, and for how long it runs. */
export interface Waits {
  readonly signal?: AbortSignal | undefined
  /** Milliseconds; the driver's if left out, null for as long as it takes. */
  readonly timeout?: number | null | undefined
  readonly lane?: Lane | undefined
}

/** As people say it. */
export const waitsOf = (
  { signal, timeout }: { signal?: AbortSignal | undefined; timeout?: Duration | undefined },
  lane: Lane | undefined,
): Waits =>
  signal === undefined && timeout === undefined && lane === undefined
    ? AS_USUAL
    : { signal, lane, timeout: timeout === undefined ? undefined : milliseconds(timeout) }

const AS_USUAL: Waits = {}

/** What a repo may do beside running statements. */
interface Extras {
  readonly comments?: CommentOptions | undefined
  readonly explain?: ExplainOptions | undefined
}

interface Sending {
  readonly asked: number
  readonly limit?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly level?: Level | undefined
  /** Whether its text is to stay as it is. */
  readonly plain?: boolean
}

/** Where every statement passes, whichever way it was asked for: finds the connection, times, tells. */
export class Engine {
  readonly driver: Driver
  readonly #pool: Pool
  readonly #deadlines: Deadlines
  readonly #ambient: ContextKey<Level>

  readonly #comments: Comments | undefined
  readonly #slow: SlowQueries | undefined

  constructor(driver: Driver, pool: Pool, { comments, explain }: Extras = {}) {
    this.driver = driver
    this.#comments = comments && new Comments(comments, driver.prepares === true)
    this.#slow =
      explain && new SlowQueries(explain, driver.name, (statement) => this.#aside(statement))
    this.#deadlines = new Deadlines(driver.queryTimeout)
    this.#pool = pool
    this.#ambient = contextKey(`repo ${driver.name}`)
  }

  /** @param bound The level that the caller's handle belongs to. */
  run(statement: Statement, bound?: Level, waits: Waits = AS_USUAL): Promise<Answer> {
    try {
      const sending = this.#sending(bound, waits)
      const { level, signal } = sending
      if (level !== undefined)
        return this.#inTurn(level, signal, () => {
          level.copying = statement.copy !== undefined && "to" in statement.copy
          return this.#send(level.connection, statement, sending)
        })
      const connection = signal?.aborted ? undefined : this.#pool.tryTake()
      return connection === undefined
        ? this.#later(statement, sending, waits.lane)
        : this.#on(connection, statement, sending)
    } catch (error) {
      return Promise.reject(error)
    }
  }

  /**
   * Runs statements that need nothing of one another: at the same time, as far as connections are idle, as it waits for
   * one and no more. What finds none of its own shares one, as all do in a transaction.
   */
  async runAll(
    statements: readonly Statement[],
    bound?: Level,
    waits: Waits = AS_USUAL,
    inParallel = true,
  ): Promise<Answer[]> {
    if (statements.length < 2)
      return Promise.all(statements.map((statement) => this.run(statement, bound, waits)))
    const sending = this.#sending(bound, waits)
    const { level, signal } = sending
    if (level !== undefined)
      return this.#inTurn(level, signal, () => this.#sendAll(level.connection, statements, sending))
    const most = inParallel ? statements.length : 1
    const connections = await this.#pool.takeUpTo(most, waits.lane, signal)
    const shares = connections.map((connection, at) => {
      const share = statements.filter((_, n) => n % connections.length === at)
      return this.#sendAll(connection, share, sending).finally(() => this.#pool.give(connection))
    })
    // nothing of it goes on once it is told that it failed
    await Promise.allSettled(shares)
    // gathered in turn, as they were dealt out
    const answers = (await Promise.all(shares)).map((share) => share.values())
    return statements.flatMap((_, n) => answers[n % answers.length]?.next().value ?? [])
  }

  #sending(bound: Level | undefined, { signal, timeout }: Waits): Sending {
    const asked = this.#clock()
    const limit = timeout === undefined ? this.driver.queryTimeout : (timeout ?? undefined)
    const level = this.#current(bound)
    if (level === undefined) return { asked, limit, signal }
    // what is held as a session has no limit but its own: it builds indexes and moves rows
    const own = level.isSession ? (timeout ?? undefined) : limit
    return { asked, limit: own, signal: anyOf(level.signal, signal), level }
  }

  // the ways that a statement may go are apart: an async function saves all that it ever names each time it waits

  async #later(statement: Statement, sending: Sending, lane: Lane | undefined): Promise<Answer> {
    return this.#on(await this.#pool.take(lane, sending.signal), statement, sending)
  }

  async #on(connection: Connection, statement: Statement, sending: Sending): Promise<Answer> {
    try {
      return await this.#send(connection, statement, sending)
    } finally {
      this.#pool.give(connection)
    }
  }

  async #inTurn<T>(
    level: Level,
    signal: AbortSignal | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    if (signal?.aborted || !level.turn.tryTake()) await level.turn.take(signal)
    try {
      if (level.done) throw new TransactionDoneError()
      return await work()
    } finally {
      level.copying = false
      level.turn.give()
    }
  }

  /** @returns When all have settled: before that, the connection is nobody else's. */
  async #sendAll(
    connection: Connection,
    statements: readonly Statement[],
    sending: Sending,
  ): Promise<Answer[]> {
    const answers: Promise<Answer>[] = []
    for (const statement of statements) {
      const answer = this.#send(connection, statement, sending)
      answers.push(answer)
      if (this.driver.pipelines !== true) await answer
    }
    await Promise.allSettled(answers)
    return Promise.all(answers)
  }

  /** One connection for all that `work` asks; cleaned of settings and locks afterwards. */
  async session<T>(
    work: (level: Level) => PromiseLike<T>,
    bound?: Level,
    signal?: AbortSignal,
  ): Promise<T> {
    const current = this.#current(bound)
    if (current !== undefined) return work(current)
    if (this.driver.sessions === false) {
      const hint = "Connect to the server itself for this: a second repo, without the pooler."
      throw new RepoUsageError("behind a pooler of transactions there are no sessions", hint)
    }
    const connection = await this.#pool.take(undefined, signal)
    try {
      return await this.#session(new Level(connection, { signal, isSession: true }), work)
    } finally {
      // an aborted connection may be closing already
      await connection.close().catch(() => {})
      this.#pool.give(connection)
    }
  }

  async transaction<T>(
    work: (level: Level) => PromiseLike<T>,
    options: TransactionOptions = {},
    bound?: Level,
  ): Promise<T> {
    const outer = this.#current(bound)
    if (outer === undefined) {
      const retries = retriesOf(options)
      return retrying(retries, options.signal, async () => {
        const connection = await this.#pool.take(options.lane, options.signal)
        try {
          return await this.#transact(new Level(connection), work, options)
        } finally {
          this.#pool.give(connection)
        }
      })
    }
    await outer.turn.take(anyOf(outer.signal, options.signal))
    try {
      if (outer.done) throw new TransactionDoneError()
      return await this.#transact(outer, work, options)
    } finally {
      outer.turn.give()
    }
  }

  /** Runs `work` as if no transaction were around it. */
  detached<T>(work: () => PromiseLike<T>): Promise<T> {
    // Drizzle's builders run when they are awaited: that has to happen in here, as below
    const outside = () => Transaction.outside(async () => await work())
    return this.#ambient.run(undefined, outside)
  }

  /** Whether a statement would run in a transaction. */
  inTransaction(bound?: Level): boolean {
    return (this.#current(bound)?.depth ?? 0) > 0
  }

  /** Whether a statement would run on a connection that is held. */
  holds(bound?: Level): boolean {
    return this.#current(bound) !== undefined
  }

  /** What holds the connection of statements that no transaction is around; the pool gives one where nothing does. */
  protected home(): Level | undefined {
    return undefined
  }

  async #transact<T>(
    outer: Level,
    work: (level: Level) => PromiseLike<T>,
    options: TransactionOptions,
  ): Promise<T> {
    const level = new Level(outer.connection, { parent: outer, signal: options.signal })
    await this.#control(level, opening(level, options), level.signal)
    const transaction = new Transaction()
    let committed = false
    try {
      const inside = () => transaction.run(async () => await work(level))
      const result = await this.#finish(level, this.#ambient.run(level, inside))
      committed = !isErr(result)
      return result
    } finally {
      transaction.ended(committed)
    }
  }

  /** Commits what worked, and takes back what did not. */
  async #finish<T>(level: Level, work: Promise<T>): Promise<T> {
    let result: T
    try {
      result = await work
      level.signal?.throwIfAborted()
    } catch (error) {
      await this.#rollback(level)
      throw error
    }
    if (isErr(result)) await this.#rollback(level)
    else await this.#commit(level)
    return result
  }

  async #commit(level: Level): Promise<void> {
    // queries that were begun and not awaited run first; those that come after it are refused
    await level.turn.take()
    level.done = true
    try {
      const text = level.depth === 1 ? "commit" : `release savepoint s${level.depth}`
      const answer = await this.#control(level, text).catch((error: unknown) => {
        if (error instanceof QueryError && error.sqlState === "25P02") return undefined
        throw error
      })
      if (answer !== undefined && answer.command !== "ROLLBACK") return
      // COMMIT of a failed transaction is no error to PostgreSQL: it answers ROLLBACK
      if (answer === undefined) await this.#undo(level)
      throw new TransactionAbortedError({ cause: level.failure })
    } finally {
      level.turn.give()
    }
  }

  async #rollback(level: Level): Promise<void> {
    level.done = true
    await level.turn.take()
    try {
      await this.#undo(level)
    } finally {
      level.turn.give()
    }
  }

  /** What cannot be undone on the connection is undone by closing it. */
  async #undo(level: Level): Promise<void> {
    const { connection, depth } = level
    if (connection.closed) return
    try {
      if (depth === 1) return void (await this.#control(level, "rollback"))
      await this.#control(level, `rollback to savepoint s${depth}`)
      await this.#control(level, `release savepoint s${depth}`)
    } catch {
      await connection.close().catch(() => {})
    }
  }

  async #session<T>(level: Level, work: (level: Level) => PromiseLike<T>): Promise<T> {
    try {
      return await this.#ambient.run(level, async () => await work(level))
    } finally {
      await level.turn.take()
      level.done = true
      level.turn.give()
    }
  }

  /** `begin`, `commit` and the like: limited, timed and told as any other. */
  #control(level: Level, text: string, signal?: AbortSignal): Promise<Answer> {
    const asked = queryStopped.active ? performance.now() : 0
    const limit = level.isSession ? undefined : this.driver.queryTimeout
    const sending = { asked, limit, signal, plain: true }
    return this.#send(level.connection, { text, params: [] }, sending)
  }

  #send(connection: Connection, statement: Statement, sending: Sending): Promise<Answer> {
    const { limit, signal, level, plain = false } = sending
    const sent = this.#clock()
    const written = plain || !this.#comments ? statement : this.#comments.on(statement)
    const answer = this.#deadlines.run(connection, written, limit, signal)
    return level === undefined && sent === 0
      ? answer
      : this.#observed(answer, statement, sent, sending)
  }

  /** Tells what came of a statement, and its transaction what failed first. */
  async #observed(
    answer: Promise<Answer>,
    statement: Statement,
    sent: number,
    { asked, level }: Sending,
  ): Promise<Answer> {
    const tell = (rows: number, error?: unknown): void => {
      // nobody listened when it was sent
      if (sent === 0) return
      queryStopped.emit(() => ({
        driver: this.driver.name,
        statement: statement.text,
        queueTime: sent - asked,
        queryTime: performance.now() - sent,
        rows,
        inTransaction: (level?.depth ?? 0) > 0,
        busy: this.#pool.busy,
        waiting: this.#pool.waiting,
        ...(error === undefined ? {} : { error }),
      }))
    }
    try {
      const { count } = await answer
      tell(count)
      if (sent > 0) this.#slow?.look(statement, performance.now() - sent)
      return answer
    } catch (error) {
      if (level !== undefined && error instanceof QueryError) level.failure ??= error
      tell(0, error)
      throw error
    }
  }

  /** What time it is, where somebody wants to know. */
  #clock(): number {
    return queryStopped.active || this.#slow !== undefined ? performance.now() : 0
  }

  /** Runs a statement for ourselves, in no transaction, and where nobody is kept waiting. */
  async #aside(statement: Statement): Promise<Answer> {
    if (this.#pool.waiting > 0) throw new PoolFullError(this.driver)
    const waits = { lane: "background", timeout: ASIDE } as const
    return this.detached(() => this.run(statement, undefined, waits))
  }

  /** The innermost transaction around the caller; a handle of an outer one joins it. */
  #current(bound: Level | undefined): Level | undefined {
    const ambient = this.#ambient.get()
    const level = bound === undefined || ambient?.isWithin(bound) ? (ambient ?? this.home()) : bound
    if (level?.done) throw new TransactionDoneError()
    if (level?.copying) throw new RepoUsageError("rows are copied out of this transaction", copying)
    return level
  }
}

/** How long what we ask for ourselves may run, in milliseconds. */
const ASIDE = 5_000

const copying =
  "Read them to the end before you ask for anything else, or read them with repo.stream()."

const isolations = new Set<string>(["read committed", "repeatable read", "serializable"])

function retriesOf({ retries = 0 }: TransactionOptions): number {
  if (Number.isSafeInteger(retries) && retries >= 0) return retries
  throw new RepoUsageError(`retries is ${retries}`, "Pass a whole number, 0 or more.")
}

function opening(level: Level, { isolation, readOnly, retries }: TransactionOptions): string {
  if (isolation !== undefined && !isolations.has(isolation))
    throw new RepoUsageError(
      `there is no isolation ${JSON.stringify(isolation)}`,
      `There are ${[...isolations].join(", ")}.`,
    )
  if (level.depth === 1)
    return ["begin", isolation && `isolation level ${isolation}`, readOnly && "read only"]
      .filter(Boolean)
      .join(" ")
  if (isolation !== undefined || readOnly !== undefined || retries !== undefined)
    throw new RepoUsageError(
      "a nested transaction has the isolation and the retries of the outer one",
      "Set isolation, readOnly and retries on the outermost transaction.",
    )
  return `savepoint s${level.depth}`
}

/** A `Result` that failed undoes its transaction, as a throw does. */
function isErr(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "ok" in value &&
    value.ok === false &&
    Object.hasOwn(value, "error")
  )
}
