import { type ContextKey, contextKey, Transaction } from "@bennu/core"
import type { Answer, Connection, Driver, Statement } from "../driver.ts"
import { PoolFullError, RepoUsageError, TransactionDoneError } from "../errors.ts"
import type { Lane } from "./gate.ts"
import { anyOf, Level } from "./level.ts"
import type { Pool } from "./pool.ts"
import { retrying } from "./retry.ts"
import { type Extras, type Sending, Statements } from "./statements.ts"
import { retriesOf, type TransactionOptions } from "./transaction-options.ts"
import { Transactions } from "./transactions.ts"
import { AS_USUAL, type Waits } from "./waits.ts"

/** Where every statement passes, whichever way it was asked for: finds the connection that it runs on. */
export class Engine {
  readonly driver: Driver
  readonly #pool: Pool
  readonly #ambient: ContextKey<Level>
  readonly #statements: Statements
  readonly #transactions: Transactions

  constructor(driver: Driver, pool: Pool, extras: Extras = {}) {
    this.driver = driver
    this.#pool = pool
    this.#ambient = contextKey(`repo ${driver.name}`)
    this.#statements = new Statements(driver, pool, extras, (asked) => this.#aside(asked))
    this.#transactions = new Transactions(this.#statements, this.#ambient)
  }

  /** @param bound The level that the caller's handle belongs to. */
  run(statement: Statement, bound?: Level, waits: Waits = AS_USUAL): Promise<Answer> {
    try {
      const sending = this.#sending(bound, waits)
      const { level, signal } = sending
      if (level !== undefined)
        return this.#inTurn(level, signal, () => {
          level.copying = statement.copy !== undefined && "to" in statement.copy
          return this.#statements.send(level.connection, statement, sending)
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
    const sendAll = (connection: Connection, share: readonly Statement[]) =>
      this.#statements.sendAll(connection, share, sending)
    if (level !== undefined)
      return this.#inTurn(level, signal, () => sendAll(level.connection, statements))
    const most = inParallel ? statements.length : 1
    const connections = await this.#pool.takeUpTo(most, waits.lane, signal)
    const shares = connections.map((connection, at) => {
      const share = statements.filter((_, n) => n % connections.length === at)
      return sendAll(connection, share).finally(() => this.#pool.give(connection))
    })
    // nothing of it goes on once it is told that it failed
    await Promise.allSettled(shares)
    // gathered in turn, as they were dealt out
    const answers = (await Promise.all(shares)).map((share) => share.values())
    return statements.flatMap((_, n) => answers[n % answers.length]?.next().value ?? [])
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
    return this.#taking(undefined, signal, async (connection) => {
      try {
        const level = new Level(connection, { signal, isSession: true })
        return await this.#transactions.session(level, work)
      } finally {
        // an aborted connection may be closing already
        await connection.close().catch(() => {})
      }
    })
  }

  async transaction<T>(
    work: (level: Level) => PromiseLike<T>,
    options: TransactionOptions = {},
    bound?: Level,
  ): Promise<T> {
    const { signal, lane } = options
    const outer = this.#current(bound)
    if (outer !== undefined)
      return this.#inTurn(outer, anyOf(outer.signal, signal), () =>
        this.#transactions.run(outer, work, options),
      )
    return retrying(retriesOf(options), signal, () =>
      this.#taking(lane, signal, (connection) =>
        this.#transactions.run(new Level(connection), work, options),
      ),
    )
  }

  /** Runs `work` as if no transaction were around it. */
  detached<T>(work: () => PromiseLike<T>): Promise<T> {
    // Drizzle's builders run when they are awaited: that has to happen in here, as in a transaction
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

  #sending(bound: Level | undefined, { signal, timeout }: Waits): Sending {
    const asked = this.#statements.now()
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
      return await this.#statements.send(connection, statement, sending)
    } finally {
      this.#pool.give(connection)
    }
  }

  async #taking<T>(
    lane: Lane | undefined,
    signal: AbortSignal | undefined,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    const connection = await this.#pool.take(lane, signal)
    try {
      return await work(connection)
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
