/** Someone in a line. */
export interface Waiting {
  /** When it came, in milliseconds. */
  readonly since: number
  /** Rejects with what it was told to leave for. */
  readonly entered: Promise<void>
  enter(): void
  leave(reason: unknown): void
}

interface Place extends Waiting {
  before: Place | undefined
  after: Place | undefined
}

/** Those who wait, in the order of coming: left from both ends, and from anywhere between by who gives up. */
export class Line {
  /** Since when whoever was next had waited too long. */
  lateSince: number | undefined
  /** Whether more come than can be served. */
  isOverloaded = false
  #first: Place | undefined
  #last: Place | undefined
  #size = 0

  get first(): Waiting | undefined {
    return this.#first
  }

  get last(): Waiting | undefined {
    return this.#last
  }

  get size(): number {
    return this.#size
  }

  join(since: number): Waiting {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const place: Place = {
      since,
      entered: promise,
      enter: () => {
        this.#remove(place)
        resolve()
      },
      leave: (reason) => {
        this.#remove(place)
        reject(reason)
      },
      before: this.#last,
      after: undefined,
    }
    if (this.#last) this.#last.after = place
    else this.#first = place
    this.#last = place
    this.#size += 1
    return place
  }

  /** Whoever was next had not waited too long. */
  calm(): void {
    this.lateSince = undefined
    this.isOverloaded = false
  }

  #remove(place: Place): void {
    const { before, after } = place
    // who is gone has no neighbours, and is not the only one
    if (!before && this.#first !== place) return
    if (before) before.after = after
    else this.#first = after
    if (after) after.before = before
    else this.#last = before
    place.before = place.after = undefined
    this.#size -= 1
  }
}
