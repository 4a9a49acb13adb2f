import { TimeoutError } from "../supervisor-errors.ts"

// setTimeout fires at once for more than this
const LONGEST = 2 ** 31 - 1

/** What `work` resolves to, or a TimeoutError when `time` milliseconds pass first; the work itself goes on. */
export async function within<T>(what: string, time: number, work: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new TimeoutError(what, time)), Math.min(time, LONGEST))
  try {
    return await Promise.race([work, late.promise])
  } finally {
    clearTimeout(timer)
  }
}
