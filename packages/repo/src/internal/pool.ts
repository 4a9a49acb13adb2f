import { setImmediate } from "node:timers/promises"
import type { Connection, Database, Driver } from "../driver.ts"
import { PoolFullError, PoolTimeoutError, RepoClosedError } from "../errors.ts"
import { Alarms } from "./alarms.ts"
import { Gate, type Lane } from "./gate.ts"

/** How long stopping waits for queries that run, where nobody says. */
const DRAIN = 5_000

/** The gate before the database: as many queries run as there are connections, the others wait, bounded in number and time. */
export class Pool implements AsyncDisposable {
  readonly #driver: Driver
  readonly #database: Database
  readonly #places: Gate
  readonly #open = new Set<Connection>()
  readonly #idle: Connection[] = []
  #busy = 0
  /** For those who wait. */
  readonly #alarms: Alarms
  #closing: RepoClosedError | undefined
  #drained: (() => void) | undefined

  constructor(driver: Driver, database: Database) {
    this.#driver = driver
    this.#database = database
    this.#alarms = new Alarms(driver.queueTimeout)
    this.#places = new Gate({
      places: driver.poolSize,
      target: driver.queueTarget ?? Number.POSITIVE_INFINITY,
      interval: driver.queueInterval ?? 1_000,
    })
  }

  /** What the server closed while it was idle is not forgotten before somebody wants a connection. */
  get open(): number {
    let open = 0
    for (const { closed } of this.#open) if (!closed) open += 1
    return open
  }

  get busy(): number {
    return this.#busy
  }

  get waiting(): number {
    return this.#places.waiting
  }

  /** A connection, where one is free: without a promise. */
  tryTake(): Connection | undefined {
    if (this.#closing || !this.#places.tryTake()) return undefined
    return this.#taken()
  }

  /** A connection for one at a time; `give` it back. */
  async take(lane: Lane = "interactive", signal?: AbortSignal): Promise<Connection> {
    signal?.throwIfAborted()
    if (this.#closing) throw this.#closing
    if (!this.#places.tryTake()) await this.#wait(lane, signal)
    return this.#taken()
  }

  /** One, and those that are free beside it: nobody waits for another who has one already. */
  async takeUpTo(most: number, lane?: Lane, signal?: AbortSignal): Promise<Connection[]> {
    const connections = [await this.take(lane, signal)]
    try {
      while (connections.length < most) {
        const more = this.tryTake()
        if (more === undefined) break
        connections.push(more)
      }
      return connections
    } catch (error) {
      for (const connection of connections) this.give(connection)
      throw error
    }
  }

  #taken(): Connection {
    try {
      const connection = this.#usable() ?? this.#connect()
      this.#busy += 1
      return connection
    } catch (error) {
      this.#places.give()
      throw error
    }
  }

  give(connection: Connection): void {
    this.#busy -= 1
    if (connection.closed) this.#open.delete(connection)
    else this.#idle.push(connection)
    this.#places.give()
    if (this.#busy === 0) this.#drained?.()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close(AbortSignal.timeout(DRAIN))
  }

  /** Refuses those who want a connection, waits for those who have one until `deadline` aborts, and closes all. */
  async close(deadline: AbortSignal): Promise<void> {
    if (this.#closing) return
    this.#closing = new RepoClosedError()
    this.#places.clear(this.#closing)
    if (this.#busy > 0 && !deadline.aborted) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#drained = resolve
      deadline.addEventListener("abort", () => resolve(), { once: true })
      await promise
    }
    await Promise.allSettled([...this.#open].map((connection) => connection.close()))
    await this.#database[Symbol.asyncDispose]()
  }

  async #wait(lane: Lane, signal: AbortSignal | undefined): Promise<void> {
    const { queueLimit, queueTimeout } = this.#driver
    if (this.#places.waiting >= queueLimit) {
      // whoever asks again at once would keep the process from serving those who wait
      await setImmediate()
      throw new PoolFullError(this.#driver)
    }
    const waiter = this.#places.wait(lane)
    const expire = (): void => waiter.leave(new PoolTimeoutError(queueTimeout, this.#driver))
    const abort = (): void => waiter.leave(signal?.reason)
    const alarm = this.#alarms.set(expire)
    signal?.addEventListener("abort", abort, { once: true })
    try {
      await waiter.entered
    } finally {
      this.#alarms.clear(alarm)
      signal?.removeEventListener("abort", abort)
    }
  }

  /** The one used last, as its caches are warm; those that the server closed meanwhile are forgotten. */
  #usable(): Connection | undefined {
    for (;;) {
      const connection = this.#idle.pop()
      if (connection === undefined || !connection.closed) return connection
      this.#open.delete(connection)
    }
  }

  #connect(): Connection {
    const connection = this.#database.connect()
    this.#open.add(connection)
    return connection
  }
}
