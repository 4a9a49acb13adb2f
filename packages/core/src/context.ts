import { AsyncLocalStorage } from "node:async_hooks"

/** A value that follows the asynchronous work it was set for. */
export interface ContextKey<T> {
  readonly name: string
  /** What the nearest `run` around this code set. */
  get(): T | undefined
  /** Runs `work`, and all that it starts, with this value. */
  run<R>(value: T | undefined, work: () => R): R
}

const storage = new AsyncLocalStorage<ReadonlyMap<symbol, unknown>>()

/**
 * Makes a value ambient: for a deadline, a transaction, fields of log lines. Never for who acts: a scope is passed.
 * All keys share one AsyncLocalStorage, which costs the same for ten keys as for one.
 */
export function contextKey<T>(name: string): ContextKey<T> {
  const key = Symbol(name)
  return {
    name,
    // only `run` below sets what is kept under this symbol, and it takes a T
    get: () => storage.getStore()?.get(key) as T | undefined,
    run: (value, work) => storage.run(new Map(storage.getStore()).set(key, value), work),
  }
}
