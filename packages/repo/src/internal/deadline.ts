import type { Connection } from "../driver.ts"
import { QueryTimeoutError } from "../errors.ts"
import { anyOf } from "./level.ts"

/** How long a statement may take to end once it was told to. */
const GRACE = 5_000

/** A connection runs one statement at a time and is not used again after a late one: one controller does for all. */
const controllers = new WeakMap<Connection, AbortController>()

/**
 * Runs a statement no longer than it may: tells it to stop then, and where even that does not end it gives its
 * connection up. So every query settles, whatever the driver, the server and what stands between them do.
 * @param limit Milliseconds; none when undefined.
 */
export function within<T>(
  limit: number | undefined,
  connection: Connection,
  signal: AbortSignal | undefined,
  run: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  if (limit === undefined && signal === undefined) return run(undefined)
  const late = limit === undefined ? undefined : controllerOf(connection)
  const stop = anyOf(signal, late?.signal)
  return new Promise((resolve, reject) => {
    let grace: NodeJS.Timeout | undefined
    const giveUp = (): void => {
      grace = setTimeout(() => {
        reject(stop?.reason)
        connection.close().catch(() => {})
      }, GRACE)
    }
    const timer =
      late &&
      setTimeout(() => {
        late.abort(new QueryTimeoutError(limit ?? 0))
        giveUp()
      }, limit)
    signal?.addEventListener("abort", giveUp, { once: true })
    const settled = (): void => {
      clearTimeout(timer)
      clearTimeout(grace)
      signal?.removeEventListener("abort", giveUp)
    }
    run(stop).then(
      (value) => {
        settled()
        resolve(value)
      },
      (error) => {
        settled()
        reject(error)
      },
    )
  })
}

function controllerOf(connection: Connection): AbortController {
  let controller = controllers.get(connection)
  if (controller === undefined || controller.signal.aborted) {
    controller = new AbortController()
    controllers.set(connection, controller)
  }
  return controller
}
