/** Hands out a limited number of places in the order of asking. */
export class Queue {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(places: number) {
    this.#free = places
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Takes a place without waiting, or says that there is none. */
  tryTake(): boolean {
    if (this.#free === 0) return false
    this.#free -= 1
    return true
  }

  /** Waits for a place. What `signal` aborts with is thrown, and the place in the queue given up. */
  async take(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted()
    if (this.tryTake()) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const abort = (): void => {
      this.#waiting.delete(resolve)
      reject(signal?.reason)
    }
    this.#waiting.add(resolve)
    signal?.addEventListener("abort", abort, { once: true })
    try {
      await promise
    } finally {
      signal?.removeEventListener("abort", abort)
    }
  }

  /** Gives a place back, to whoever waits longest. */
  give(): void {
    const [next] = this.#waiting
    if (next === undefined) {
      this.#free += 1
      return
    }
    this.#waiting.delete(next)
    next()
  }
}
