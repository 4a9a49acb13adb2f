import { type ContextKey, Transaction } from "@bennu/core"
import { QueryError, TransactionAbortedError } from "../errors.ts"
import { Level } from "./level.ts"
import type { Statements } from "./statements.ts"
import { opening, type TransactionOptions } from "./transaction-options.ts"

/** Begins and ends what holds a connection: transactions, savepoints within them, sessions. */
export class Transactions {
  readonly #statements: Statements
  /** The innermost level around the caller. */
  readonly #ambient: ContextKey<Level>

  constructor(statements: Statements, ambient: ContextKey<Level>) {
    this.#statements = statements
    this.#ambient = ambient
  }

  /** One transaction on a level that nothing else runs on meanwhile. */
  async run<T>(
    outer: Level,
    work: (level: Level) => PromiseLike<T>,
    options: TransactionOptions,
  ): Promise<T> {
    const level = new Level(outer.connection, { parent: outer, signal: options.signal })
    await this.#statements.control(level, opening(level.depth, options), level.signal)
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

  /** Runs `work` on a level without a transaction, and lets nothing run there afterwards. */
  async session<T>(level: Level, work: (level: Level) => PromiseLike<T>): Promise<T> {
    try {
      return await this.#ambient.run(level, async () => await work(level))
    } finally {
      await level.turn.take()
      level.done = true
      level.turn.give()
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
      const answer = await this.#statements.control(level, text).catch((error: unknown) => {
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
    const say = (text: string) => this.#statements.control(level, text)
    try {
      if (depth === 1) return void (await say("rollback"))
      await say(`rollback to savepoint s${depth}`)
      await say(`release savepoint s${depth}`)
    } catch {
      await connection.close().catch(() => {})
    }
  }
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
