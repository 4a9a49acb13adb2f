import type { Answer, Connection, Statement } from "../driver.ts"
import { QueryError } from "../errors.ts"

const TRANSACTION = "bennu_sandbox"
const STATEMENT = "bennu_sandbox_statement"
const nothing = { count: 0, columns: [], rows: [] }

/**
 * A connection within a transaction that is never committed, which looks as if it were none: `begin` is a savepoint,
 * and a statement that fails outside of one takes back only itself.
 */
export class SandboxConnection implements Connection {
  readonly #real: Connection
  #inTransaction = false

  constructor(real: Connection) {
    this.#real = real
  }

  get closed(): boolean {
    return this.#real.closed
  }

  async query(statement: Statement, signal?: AbortSignal): Promise<Answer> {
    const { text } = statement
    if (text.startsWith("begin")) return this.#begin(text)
    if (text === "commit") return this.#commit()
    if (text === "rollback") return this.#rollback()
    if (this.#inTransaction) return this.#real.query(statement, signal)
    await this.#say(`savepoint ${STATEMENT}`)
    try {
      const answer = await this.#real.query(statement, signal)
      await this.#say(`release savepoint ${STATEMENT}`)
      return answer
    } catch (error) {
      if (error instanceof QueryError) await this.#undo(STATEMENT)
      throw error
    }
  }

  close(): Promise<void> {
    return this.#real.close()
  }

  async #begin(text: string): Promise<Answer> {
    await this.#say(`savepoint ${TRANSACTION}`)
    this.#inTransaction = true
    // PostgreSQL gives it back when the savepoint is released
    if (text.endsWith("read only")) await this.#say("set transaction read only")
    return { command: "BEGIN", ...nothing }
  }

  async #commit(): Promise<Answer> {
    try {
      await this.#say(`release savepoint ${TRANSACTION}`)
    } catch (error) {
      // 25P02: a statement of it failed; COMMIT would answer ROLLBACK then
      if (!(error instanceof QueryError) || error.sqlState !== "25P02") throw error
      return this.#rollback()
    }
    this.#inTransaction = false
    return { command: "COMMIT", ...nothing }
  }

  async #rollback(): Promise<Answer> {
    await this.#undo(TRANSACTION)
    this.#inTransaction = false
    return { command: "ROLLBACK", ...nothing }
  }

  async #undo(savepoint: string): Promise<void> {
    await this.#say(`rollback to savepoint ${savepoint}`)
    await this.#say(`release savepoint ${savepoint}`)
  }

  #say(text: string): Promise<Answer> {
    return this.#real.query({ text, params: [] })
  }
}
