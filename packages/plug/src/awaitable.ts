import type { Awaitable } from "@bennu/core"

/** Goes on with a value that may be on its way, and makes no promise when it is here already. */
export function andThen<T, U>(value: Awaitable<T>, go: (value: T) => Awaitable<U>): Awaitable<U> {
  return value instanceof Promise ? value.then(go) : go(value)
}

/** `try` and `catch` around what may be a promise. */
export function attempt<T>(
  run: () => Awaitable<T>,
  recover: (error: unknown) => Awaitable<T>,
): Awaitable<T> {
  try {
    const value = run()
    return value instanceof Promise ? value.catch(recover) : value
  } catch (error) {
    return recover(error)
  }
}
