import type { Clock } from "@bennu/core"

/** Lets so many through a second on average, and a burst of them at once. */
export class TokenBucket {
  readonly #perMillisecond: number
  readonly #burst: number
  readonly #now: Clock
  #tokens: number
  #filled: number

  constructor(perSecond: number, burst: number, now: Clock) {
    this.#perMillisecond = perSecond / 1000
    this.#burst = burst
    this.#now = now
    this.#tokens = burst
    this.#filled = now()
  }

  take(): boolean {
    const now = this.#now()
    // A clock that is set back must not take tokens away
    const elapsed = Math.max(0, now - this.#filled)
    this.#tokens = Math.min(this.#burst, this.#tokens + elapsed * this.#perMillisecond)
    this.#filled = now
    if (this.#tokens < 1) return false
    this.#tokens -= 1
    return true
  }
}
