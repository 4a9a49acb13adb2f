import type { Hole } from "../hole.ts"
import type { Later } from "./later.ts"

/** Waits for a promise until the signal aborts; then it throws the signal's reason. */
export function until<T>(promise: PromiseLike<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      promise.then(undefined, () => {})
      reject(signal.reason)
      return
    }
    const stop = () => reject(signal.reason)
    signal.addEventListener("abort", stop, { once: true })
    promise.then(resolve, reject).then(() => signal.removeEventListener("abort", stop))
  })
}

/** What comes for a part, in turn. */
export async function* valuesOf(part: Later, signal: AbortSignal): AsyncGenerator<Hole> {
  const source = part.start(signal)
  if (!(Symbol.asyncIterator in source)) {
    yield await until(source, signal)
    return
  }
  const iterator = source[Symbol.asyncIterator]()
  let done = false
  try {
    for (;;) {
      const next = await until(iterator.next(), signal)
      done = next.done === true
      if (next.done) return
      yield next.value
    }
  } finally {
    // it may never answer: told, and not waited for
    if (!done) Promise.resolve(iterator.return?.()).catch(() => {})
  }
}
