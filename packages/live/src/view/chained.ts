import type { Awaitable } from "@bennu/core"

/** Goes on with a value, at once where it is no promise: most events need none from the frame that comes to the one that goes. */
export const chained = <T, R>(
  value: Awaitable<T>,
  next: (value: T) => Awaitable<R>,
): Awaitable<R> => (value instanceof Promise ? value.then(next) : next(value))
