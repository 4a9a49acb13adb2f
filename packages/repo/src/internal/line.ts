import { Chain, type Link } from "./chain.ts"

/** Someone in a line. */
export interface Waiting {
  /** When it came, in milliseconds. */
  readonly since: number
  /** Rejects with what it was told to leave for. */
  readonly entered: Promise<void>
  enter(): void
  leave(reason: unknown): void
}

interface Place extends Waiting, Link<Place> {}

/** Those who wait, in the order of coming: left from both ends, and from anywhere between by who gives up. */
export class Line {
  /** Since when whoever was next had waited too long. */
  lateSince: number | undefined
  /** Whether more come than can be served. */
  isOverloaded = false
  readonly #places = new Chain<Place>()

  get first(): Waiting | undefined {
    return this.#places.first
  }

  get last(): Waiting | undefined {
    return this.#places.last
  }

  get size(): number {
    return this.#places.size
  }

  join(since: number): Waiting {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const place: Place = {
      since,
      entered: promise,
      enter: () => {
        this.#places.remove(place)
        resolve()
      },
      leave: (reason) => {
        this.#places.remove(place)
        reject(reason)
      },
    }
    this.#places.add(place)
    return place
  }

  /** Whoever was next had not waited too long. */
  calm(): void {
    this.lateSince = undefined
    this.isOverloaded = false
  }
}
