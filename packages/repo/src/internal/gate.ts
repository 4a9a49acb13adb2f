import { OverloadedError } from "../errors.ts"
import { Line, type Waiting } from "./line.ts"

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
export type Waiter = Pick<Waiting, "entered" | "leave">

// of so many places that come free while both lanes wait, one goes to the background, so that it is never starved
const SHARE = 8

/**
 * Hands out a limited number of places, in the order of asking within each lane. When for a whole interval all in a lane
 * had to wait longer than the target, and at last twice as long, there is more to do than can be done. Until nobody waits
 * there any more, those who have waited longer than the target are refused, and who came last goes first: in the order of
 * asking, everybody would be served as late as can be, and many when they had left.
 * @see CoDel (Nichols and Jacobson, "Controlling Queue Delay", ACM Queue 2012), as DBConnection applies it, and adaptive
 * LIFO (Maurer, "Fail at Scale", ACM Queue 2015).
 */
export class Gate {
  readonly #options: Required<GateOptions>
  readonly #lanes: Readonly<Record<Lane, Line>> = {
    interactive: new Line(),
    background: new Line(),
  }
  #free: number
  #given = 0

  constructor(options: GateOptions) {
    this.#options = { ...options, now: options.now ?? (() => performance.now()) }
    this.#free = options.places
  }

  get waiting(): number {
    return this.#lanes.interactive.size + this.#lanes.background.size
  }

  /** Takes a place without waiting, or says that there is none. */
  tryTake(): boolean {
    if (this.#free === 0) return false
    this.#free -= 1
    return true
  }

  /** Joins the line; who was shed leaves with an `OverloadedError`. */
  wait(lane: Lane): Waiter {
    return this.#lanes[lane].join(this.#options.now())
  }

  /** Sends away all who wait. */
  clear(reason: unknown): void {
    for (const line of Object.values(this.#lanes)) while (line.first) line.first.leave(reason)
  }

  /** Gives a place back, to whoever is next. */
  give(): void {
    const next = this.#next()
    if (next === undefined) this.#free += 1
    else next.enter()
  }

  #next(): Waiting | undefined {
    const line = this.#line()
    const { first, last } = line
    if (first === undefined || last === undefined) return undefined
    const { now, target } = this.#options
    const time = now()
    if (!line.isOverloaded) this.#observe(line, first, time)
    if (!line.isOverloaded) return first
    // where nobody comes any more there is nobody to be served in time instead
    if (time - last.since > target) return first
    for (let old = first; old !== last && time - old.since > target; old = line.first ?? last)
      old.leave(new OverloadedError(Math.round(time - old.since), this.waiting))
    return last
  }

  #observe(line: Line, first: Waiting, time: number): void {
    const { target, interval } = this.#options
    const late = first.since + target
    if (time <= late) {
      line.calm()
      return
    }
    line.lateSince ??= late
    line.isOverloaded = time - line.lateSince >= interval && time > late + target
  }

  #line(): Line {
    const { interactive, background } = this.#lanes
    if (interactive.size === 0) interactive.calm()
    if (background.size === 0) background.calm()
    this.#given += 1
    const turn = background.size > 0 && this.#given % SHARE === 0
    return interactive.size === 0 || turn ? background : interactive
  }
}
