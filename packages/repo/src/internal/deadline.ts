import type { Connection } from "../driver.ts"
import { QueryTimeoutError } from "../errors.ts"
import { anyOf } from "./level.ts"

/** How long a statement may take to end once it was told to. */
const GRACE = 5_000

/**
 * Runs a statement no longer than it may: tells it to stop then, and where even that does not end it gives its
 * connection up. So every query settles, whatever the driver, the server and what stands between them do.
 * @param limit Milliseconds; none when undefined.
 */
export async function within<T>(
  limit: number | undefined,
  connection: Connection,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (limit === undefined && signal === undefined) return run(undefined)
  const late = limit === undefined ? undefined : new AbortController()
  const stop = anyOf(signal, late?.signal)
  const timer = late && setTimeout(() => late.abort(new QueryTimeoutError(limit ?? 0)), limit)
  let grace: NodeJS.Timeout | undefined
  const { promise: givenUp, reject } = Promise.withResolvers<never>()
  const abort = (): void => {
    grace = setTimeout(() => {
      reject(stop?.reason)
      connection.close().catch(() => {})
    }, GRACE)
  }
  stop?.addEventListener("abort", abort, { once: true })
  try {
    return await Promise.race([run(stop), givenUp])
  } finally {
    clearTimeout(timer)
    clearTimeout(grace)
    stop?.removeEventListener("abort", abort)
  }
}
