import { OverloadedError } from "../errors.ts"

/** Who goes first: what a person waits for, or what is done behind the scenes. */
export type Lane = "interactive" | "background"

export interface GateOptions {
  /** How many may be inside at once. */
  readonly places: number
  /** A wait that is still good, in milliseconds; Infinity sheds nobody. */
  readonly target: number
  /** For how long all have to wait longer than that before any is shed, in milliseconds. */
  readonly interval: number
  /** What time it is, in milliseconds that only go up (`performance.now`). */
  readonly now?: () => number
}

interface Waiter {
  readonly since: number
  enter(): void
  shed(error: OverloadedError): void
}

// of so many places that come free while both lanes wait, one goes to the background, so that it is never starved
const SHARE = 8

/**
 * Hands out a limited number of places, in the order of asking within each lane. When for a whole interval even the
 * shortest wait was longer than the target, there is more to do than can be done: whoever has waited twice the target
 * is refused then, so that those behind are served in time instead of all being served too late.
 * @see CoDel (Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 2012), as DBConnection applies it.
 */
export class Gate {
  readonly #options: Required<GateOptions>
  readonly #lanes: Readonly<Record<Lane, Set<Waiter>>> = {
    interactive: new Set(),
    background: new Set(),
  }
  #free: number
  #given = 0
  #began: number
  #shortest = Number.POSITIVE_INFINITY
  #overloaded = false

  constructor(options: GateOptions) {
    this.#options = { ...options, now: options.now ?? (() => performance.now()) }
    this.#free = options.places
    this.#began = this.#options.now()
  }

  get waiting(): number {
    return this.#lanes.interactive.size + this.#lanes.background.size
  }

  /** Takes a place without waiting, or says that there is none. */
  tryTake(): boolean {
    if (this.#free === 0) return false
    this.#free -= 1
    // no clock for what happens at every query: the next one who waits looks at it
    this.#shortest = 0
    return true
  }

  /**
   * Waits for a place.
   * @throws {OverloadedError} when it is shed, and what `signal` aborts with.
   */
  async take(lane: Lane, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    if (this.tryTake()) return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const waiter: Waiter = { since: this.#options.now(), enter: resolve, shed: reject }
    const abort = (): void => {
      this.#lanes[lane].delete(waiter)
      reject(signal.reason)
    }
    this.#lanes[lane].add(waiter)
    signal.addEventListener("abort", abort, { once: true })
    try {
      await promise
    } finally {
      signal.removeEventListener("abort", abort)
    }
  }

  /** Gives a place back, to whoever is next. */
  give(): void {
    const next = this.#next()
    if (next === undefined) this.#free += 1
    else next.enter()
  }

  #next(): Waiter | undefined {
    const { now, target } = this.#options
    for (;;) {
      const lane = this.#lane()
      const [waiter] = lane
      if (waiter === undefined) return undefined
      lane.delete(waiter)
      const waited = now() - waiter.since
      this.#observe(waited)
      if (!this.#overloaded || waited <= 2 * target) return waiter
      waiter.shed(new OverloadedError(Math.round(waited), this.waiting))
    }
  }

  #lane(): Set<Waiter> {
    const { interactive, background } = this.#lanes
    this.#given += 1
    const turn = background.size > 0 && this.#given % SHARE === 0
    return interactive.size === 0 || turn ? background : interactive
  }

  #observe(waited: number): void {
    const now = this.#options.now()
    if (now - this.#began >= this.#options.interval) {
      this.#overloaded = this.#shortest > this.#options.target
      this.#shortest = Number.POSITIVE_INFINITY
      this.#began = now
    }
    this.#shortest = Math.min(this.#shortest, waited)
  }
}
