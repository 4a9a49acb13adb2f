import { type CommentOptions, Comments } from "../comments.ts"
import type { Answer, Connection, Driver, Statement } from "../driver.ts"
import { QueryError } from "../errors.ts"
import { queryStopped } from "../telemetry.ts"
import { Deadlines } from "./deadline.ts"
import type { Level } from "./level.ts"
import type { Pool } from "./pool.ts"
import { type ExplainOptions, SlowQueries } from "./slow-queries.ts"

/** What a repo may do beside running statements. */
export interface Extras {
  readonly comments?: CommentOptions | undefined
  readonly explain?: ExplainOptions | undefined
}

/** How a statement is sent. */
export interface Sending {
  /** When somebody asked for it, as {@link Statements.now} says. */
  readonly asked: number
  /** How long it may run, in milliseconds. */
  readonly limit?: number | undefined
  readonly signal?: AbortSignal | undefined
  readonly level?: Level | undefined
}

/** Sends statements over connections: with their comments, no longer than they may run, and telling what came of them. */
export class Statements {
  readonly #driver: Driver
  readonly #pool: Pool
  readonly #deadlines: Deadlines
  readonly #comments: Comments | undefined
  readonly #slow: SlowQueries | undefined

  /** @param aside Runs a statement of our own where nobody waits for a connection. */
  constructor(
    driver: Driver,
    pool: Pool,
    { comments, explain }: Extras,
    aside: (statement: Statement) => Promise<Answer>,
  ) {
    this.#driver = driver
    this.#pool = pool
    this.#deadlines = new Deadlines(driver.queryTimeout)
    this.#comments = comments && new Comments(comments, driver.prepares === true)
    this.#slow = explain && new SlowQueries(explain, driver.name, aside)
  }

  /** What time it is, where somebody wants to know; else 0. */
  now(): number {
    return queryStopped.active || this.#slow !== undefined ? performance.now() : 0
  }

  send(connection: Connection, statement: Statement, sending: Sending): Promise<Answer> {
    return this.#send(connection, statement, this.#comments?.on(statement) ?? statement, sending)
  }

  /** @returns When all have settled: before that, the connection is nobody else's. */
  async sendAll(
    connection: Connection,
    statements: readonly Statement[],
    sending: Sending,
  ): Promise<Answer[]> {
    const answers: Promise<Answer>[] = []
    for (const statement of statements) {
      const answer = this.send(connection, statement, sending)
      answers.push(answer)
      if (this.#driver.pipelines !== true) await answer
    }
    await Promise.allSettled(answers)
    return Promise.all(answers)
  }

  /** `begin`, `commit` and the like: limited, timed and told as any other, but without a comment. */
  control(
    { connection, isSession }: Level,
    text: string,
    signal?: AbortSignal | undefined,
  ): Promise<Answer> {
    const limit = isSession ? undefined : this.#driver.queryTimeout
    const statement = { text, params: [] }
    return this.#send(connection, statement, statement, { asked: this.now(), limit, signal })
  }

  #send(
    connection: Connection,
    statement: Statement,
    written: Statement,
    sending: Sending,
  ): Promise<Answer> {
    const { limit, signal, level } = sending
    const sent = this.now()
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
        driver: this.#driver.name,
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
}
