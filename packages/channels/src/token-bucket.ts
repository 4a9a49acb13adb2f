import type { Clock } from "@bennu/core"

/** Lets so many through a second on average, and a burst of them at once. */
export class TokenBucket {
  readonly #perMillisecond: number
  readonly #burst: number
  readonly #now: Clock
  #tokens: number
  #filled: number
  /** Taken when the rest is used up. */
  #granted = 0

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
    if (this.#tokens >= 1) this.#tokens -= 1
    else if (this.#granted >= 1) this.#granted -= 1
    else return false
    return true
  }

  /** Lets so many more through, whenever they come. @param most What may be kept of all that was granted. */
  grant(count: number, most: number): void {
    this.#granted = Math.min(this.#granted + count, most)
  }
}
