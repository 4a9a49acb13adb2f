import { type ContextKey, contextKey } from "@bennu/core"
import type { Answer, Connection, Driver, Statement } from "../driver.ts"
import { Engine } from "../internal/engine.ts"
import { Level } from "../internal/level.ts"
import type { Pool } from "../internal/pool.ts"
import { Queue } from "../internal/queue.ts"
import type { TransactionOptions } from "../internal/transaction-options.ts"
import type { Waits } from "../internal/waits.ts"
import { SandboxConnection } from "./sandbox-connection.ts"
import {
  type Leak,
  SandboxDoneError,
  SandboxLeakError,
  SandboxOutsideError,
} from "./sandbox-errors.ts"

/** A test, and the transaction that is its own. */
export interface Owner {
  /** What the test is called; null where nobody told. */
  readonly name: string | null
  readonly level: Level
  readonly running: Set<Leak>
}

/** An engine whose every statement belongs to a test. */
export class SandboxEngine extends Engine {
  readonly #pool: Pool
  readonly #around: ContextKey<Owner> = contextKey("sandbox")
  readonly #owners = new Map<Level, Owner>()
  /** Of tests that are over. */
  readonly #names = new WeakMap<Level, string>()
  readonly #turns: Queue
  #shared: Owner | undefined

  constructor(driver: Driver, pool: Pool) {
    super(driver, pool)
    this.#turns = new Queue(driver.poolSize)
    this.#pool = pool
  }

  /** Runs `work` as a test: nothing it writes is kept. */
  async own<T>(
    work: (owner: Owner) => PromiseLike<T>,
    { shared, name }: { readonly shared: boolean; readonly name: string | null },
  ): Promise<T> {
    // tests wait for one another as long as it takes
    await this.#turns.take()
    const connection = await this.#pool.take()
    const ending = new AbortController()
    try {
      await connection.query({ text: "begin", params: [] })
      const level = new Level(new SandboxConnection(connection), { signal: ending.signal })
      const owner: Owner = { name, level, running: new Set() }
      this.#enter(owner, shared)
      const [outcome] = await Promise.allSettled([this.as(owner, async () => await work(owner))])
      this.#leave(owner)
      const leaks = [...owner.running]
      if (leaks.length > 0) {
        ending.abort(new SandboxDoneError(leaks.map(({ what }) => what).join("; "), name))
        throw new SandboxLeakError(
          leaks,
          outcome.status === "rejected" ? { cause: outcome.reason } : {},
        )
      }
      if (outcome.status === "fulfilled") await this.#checkDeferred(connection)
      if (!connection.closed) await connection.query({ text: "rollback", params: [] })
      if (outcome.status === "rejected") throw outcome.reason
      return outcome.value
    } catch (error) {
      if (error instanceof SandboxLeakError) await connection.close().catch(() => {})
      throw error
    } finally {
      this.#pool.give(connection)
      this.#turns.give()
    }
  }

  /** Runs `work` as a part of a test that runs. */
  as<T>(owner: Owner, work: () => PromiseLike<T>): Promise<T> {
    return this.#around.run(owner, () => this.detached(work))
  }

  /** A commit would check what is deferred until then; here there is none. */
  async #checkDeferred(connection: Connection): Promise<void> {
    try {
      await connection.query({ text: "set constraints all immediate", params: [] })
    } catch (error) {
      if (!connection.closed) await connection.query({ text: "rollback", params: [] })
      throw error
    }
  }

  #enter(owner: Owner, shared: boolean): void {
    if (shared && this.#shared !== undefined)
      throw new SandboxOutsideError("another test shares the sandbox already")
    if (shared) this.#shared = owner
    this.#owners.set(owner.level, owner)
  }

  #leave(owner: Owner): void {
    if (this.#shared === owner) this.#shared = undefined
    this.#owners.delete(owner.level)
    if (owner.name !== null) this.#names.set(owner.level, owner.name)
    owner.level.done = true
  }

  protected override home(): Level {
    const owner = this.#around.get() ?? this.#shared
    if (owner === undefined) throw new SandboxOutsideError()
    return owner.level
  }

  override run(statement: Statement, bound?: Level, waits?: Waits): Promise<Answer> {
    return this.#told(statement.text, bound, () => super.run(statement, bound, waits))
  }

  /** One after the other: each has a savepoint. */
  override runAll(
    statements: readonly Statement[],
    bound?: Level,
    waits?: Waits,
  ): Promise<Answer[]> {
    return Promise.all(statements.map((statement) => this.run(statement, bound, waits)))
  }

  override transaction<T>(
    work: (level: Level) => PromiseLike<T>,
    options?: TransactionOptions,
    bound?: Level,
  ): Promise<T> {
    return this.#told("transaction", bound, () => super.transaction(work, options, bound))
  }

  async #told<T>(what: string, bound: Level | undefined, work: () => Promise<T>): Promise<T> {
    let root = bound ?? this.home()
    while (root.parent !== undefined) root = root.parent
    const owner = this.#owners.get(root)
    if (owner === undefined) throw new SandboxDoneError(what, this.#names.get(root) ?? null)
    const asked = new Error()
    // a stack is text only when it is read, which costs more than most statements
    const leak: Leak = {
      what,
      get at() {
        return caller(asked.stack)
      },
    }
    owner.running.add(leak)
    try {
      return await work()
    } finally {
      owner.running.delete(leak)
    }
  }
}

/** The nearest lines of a stack that are the app's. */
const caller = (stack = ""): string =>
  stack
    .split("\n")
    .slice(1)
    .filter((line) => !ours.some((part) => line.includes(part)))
    .slice(0, 3)
    .join("\n")

const ours = [
  "/repo/src/internal/",
  "/repo/src/testing/sandbox-engine",
  "/repo/src/testing/sandbox.ts",
  "/core/src/",
  "/@bennu/",
  "/drizzle-orm/",
  "node:",
]
