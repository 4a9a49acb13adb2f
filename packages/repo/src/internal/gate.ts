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

/** Someone in the line. */
export interface Waiter {
  /** Rejects with what it was told to leave for. */
  readonly entered: Promise<void>
  leave(reason: unknown): void
}

interface Waiting extends Waiter {
  readonly since: number
  enter(): void
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
  readonly #lanes: Readonly<Record<Lane, Set<Waiting>>> = {
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

  /** Joins the line; who was shed leaves with an `OverloadedError`. */
  wait(lane: Lane): Waiter {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const line = this.#lanes[lane]
    const waiting: Waiting = {
      since: this.#options.now(),
      entered: promise,
      enter: resolve,
      leave(reason) {
        line.delete(waiting)
        reject(reason)
      },
    }
    line.add(waiting)
    return waiting
  }

  /** Sends away all who wait. */
  clear(reason: unknown): void {
    for (const line of Object.values(this.#lanes)) for (const waiting of line) waiting.leave(reason)
  }

  /** Gives a place back, to whoever is next. */
  give(): void {
    const next = this.#next()
    if (next === undefined) this.#free += 1
    else next.enter()
  }

  #next(): Waiting | undefined {
    const { now, target } = this.#options
    for (;;) {
      const lane = this.#lane()
      const [waiter] = lane
      if (waiter === undefined) return undefined
      lane.delete(waiter)
      const waited = now() - waiter.since
      this.#observe(waited)
      if (!this.#overloaded || waited <= 2 * target) return waiter
      waiter.leave(new OverloadedError(Math.round(waited), this.waiting))
    }
  }

  #lane(): Set<Waiting> {
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
