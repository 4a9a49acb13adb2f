import { setTimeout } from "node:timers/promises"

/** Resolves when the time is over or the signal aborts, whichever is first. */
export async function elapsed(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {})
}

/** What the promise gives, or an error when it takes too long. */
export async function within<T>(ms: number, promise: Promise<T>, error: () => unknown): Promise<T> {
  const over = new AbortController()
  const late = elapsed(ms, over.signal).then(() => {
    if (!over.signal.aborted) throw error()
    return promise
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    over.abort()
    late.catch(() => {})
  }
}
