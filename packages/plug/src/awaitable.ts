import { types } from "node:util"
import type { Awaitable } from "@bennu/core"

// promises of other realms are promises too
export const isPromise = <T>(value: Awaitable<T>): value is Promise<T> => types.isPromise(value)

/** Goes on with a value that may be on its way, and makes no promise when it is here already. */
export function andThen<T, U>(value: Awaitable<T>, go: (value: T) => Awaitable<U>): Awaitable<U> {
  return isPromise(value) ? value.then(go) : go(value)
}

/** `try` and `catch` around what may be a promise. */
export function attempt<T>(
  run: () => Awaitable<T>,
  recover: (error: unknown) => Awaitable<T>,
): Awaitable<T> {
  try {
    const value = run()
    return isPromise(value) ? value.catch(recover) : value
  } catch (error) {
    return recover(error)
  }
}
