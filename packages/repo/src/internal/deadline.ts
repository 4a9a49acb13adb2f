import type { Answer, Connection, Statement } from "../driver.ts"
import { QueryTimeoutError } from "../errors.ts"
import { Alarms } from "./alarms.ts"
import { anyOf } from "./level.ts"

/** How long a statement may take to end once it was told to. */
const GRACE = 5_000

/** How long statements run, however long that would be. */
export class Deadlines {
  readonly #usual: number | undefined
  readonly #alarms: Alarms | undefined
  /** A connection runs one statement at a time and is not used again after a late one: one controller does for all. */
  readonly #controllers = new WeakMap<Connection, AbortController>()

  /** @param usual What a driver's statements may take where they do not say otherwise, in milliseconds. */
  constructor(usual: number | undefined) {
    this.#usual = usual
    this.#alarms = usual === undefined ? undefined : new Alarms(usual)
  }

  /**
   * Runs a statement no longer than it may: tells it to stop then, and where even that does not end it gives its
   * connection up. So every query settles, whatever the driver, the server and what stands between them do.
   * @param limit Milliseconds; none when undefined.
   */
  run(
    connection: Connection,
    statement: Statement,
    limit: number | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    if (limit === undefined && signal === undefined) return connection.query(statement)
    const late = limit === undefined ? undefined : this.#controllerOf(connection)
    const stop = anyOf(signal, late?.signal)
    return new Promise((resolve, reject) => {
      let grace: NodeJS.Timeout | undefined
      const giveUp = (): void => {
        grace = setTimeout(() => {
          reject(stop?.reason)
          connection.close().catch(() => {})
        }, GRACE)
      }
      const expire = (): void => {
        late?.abort(new QueryTimeoutError(limit ?? 0))
        giveUp()
      }
      const alarms = limit === this.#usual ? this.#alarms : undefined
      const alarm = alarms?.set(expire)
      const timer = alarm || limit === undefined ? undefined : setTimeout(expire, limit)
      signal?.addEventListener("abort", giveUp, { once: true })
      const settled = (): void => {
        if (alarm) alarms?.clear(alarm)
        else clearTimeout(timer)
        if (grace) clearTimeout(grace)
        signal?.removeEventListener("abort", giveUp)
      }
      connection.query(statement, stop).then(
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

  #controllerOf(connection: Connection): AbortController {
    let controller = this.#controllers.get(connection)
    if (controller === undefined || controller.signal.aborted) {
      controller = new AbortController()
      this.#controllers.set(connection, controller)
    }
    return controller
  }
}
