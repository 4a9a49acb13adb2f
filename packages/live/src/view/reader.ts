/** Whoever reads slower than a view changes is told the last state, not each. */
export class Reader {
  readonly #whenRead: () => Promise<void> | null
  readonly #limit: number
  readonly #caughtUp: () => void
  #waiting = false
  #held = 0

  /**
   * @param whenRead Null when the page has read what it was sent.
   * @param limit How often it is waited for in a row: what is not said yet is kept, and a reader that never comes is not worth it.
   * @param caughtUp Called when it has read what it was sent.
   */
  constructor(whenRead: () => Promise<void> | null, limit: number, caughtUp: () => void) {
    this.#whenRead = whenRead
    this.#limit = limit
    this.#caughtUp = caughtUp
  }

  /** Whether it is still reading; then it is told later. */
  isBehind(): boolean {
    const read = this.#whenRead()
    if (read === null || this.#held >= this.#limit) {
      this.#held = 0
      return false
    }
    this.#held++
    if (!this.#waiting) {
      this.#waiting = true
      void read.then(() => {
        this.#waiting = false
        this.#caughtUp()
      })
    }
    return true
  }
}
