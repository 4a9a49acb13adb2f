import type { Awaitable } from "@bennu/core"

/**
 * The promise to wait for, if there is one. Query builders and the like are promises to TypeScript without being
 * instances of `Promise`, and do nothing until somebody waits for them.
 */
export function pending<T>(value: Awaitable<T>): Promise<T> | null {
  if (value instanceof Promise) return value
  const thenable =
    typeof value === "object" &&
    value !== null &&
    "then" in value &&
    typeof value.then === "function"
  return thenable ? Promise.resolve(value) : null
}

/** Continues at once where there is no promise to wait for. */
export function after<T, R>(value: Awaitable<T>, next: (value: T) => Awaitable<R>): Awaitable<R> {
  const promise = pending(value)
  // What is no promise of a T is a T
  return promise ? promise.then(next) : next(value as T)
}
