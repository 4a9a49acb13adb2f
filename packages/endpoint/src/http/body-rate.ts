import { BodyTimeoutError, BodyTooSlowError } from "../errors.ts"

/** A body that is on its way. */
export interface Arriving {
  /** Bytes so far. */
  received: number
  /** Milliseconds that it may be waited for in all. */
  readonly timeout: number
  /** Whether we wait for its client; while a handler takes its time, the client is not to blame. */
  readonly waiting: boolean
  /** Called once, if it comes too slowly or takes too long. */
  fail(error: Error): void
}

export interface BodyRateOptions {
  /** Bytes a second. */
  readonly rate: number
  /** Milliseconds that a client may wait before the rate counts. */
  readonly grace: number
}

/** How long a body of which so much has come may have been waited for, in milliseconds. */
export const patienceFor = (received: number, { rate, grace }: BodyRateOptions): number =>
  grace + (received / rate) * 1_000

/**
 * Gives up bodies that come by drops: each is a connection, a request and perhaps a transaction that waits. One clock looks
 * after all of them, and runs only while there are any.
 */
export class BodyRates {
  readonly #options: BodyRateOptions
  readonly #interval: number
  /** With the milliseconds that each was waited for. */
  readonly #arriving = new Map<Arriving, number>()
  #timer: NodeJS.Timeout | undefined

  constructor(options: BodyRateOptions) {
    this.#options = options
    this.#interval = Math.min(1_000, options.grace)
  }

  add(body: Arriving): void {
    this.#arriving.set(body, 0)
    this.#timer ??= setInterval(() => this.check(this.#interval), this.#interval).unref()
  }

  remove(body: Arriving): void {
    this.#arriving.delete(body)
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  /** Looks at all of them. @param elapsed Milliseconds since the last time. */
  check(elapsed: number): void {
    // not with the last one: bodies come and go, and a clock takes longer to set than most of them take to come
    if (this.#arriving.size === 0) this.stop()
    for (const [body, waited] of this.#arriving) {
      if (!body.waiting) continue
      const now = waited + elapsed
      const error =
        now > body.timeout
          ? new BodyTimeoutError(body.timeout)
          : now > patienceFor(body.received, this.#options)
            ? new BodyTooSlowError(this.#options.rate)
            : null
      if (error === null) this.#arriving.set(body, now)
      else {
        this.remove(body)
        body.fail(error)
      }
    }
  }
}
