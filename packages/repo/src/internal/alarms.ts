import { Chain, type Link } from "./chain.ts"

/** What rings unless it is cleared in time. */
export interface Alarm extends Link<Alarm> {
  readonly due: number
  ring(): void
}

/** The longest that a timer of Node's waits. */
const LONGEST = 2 ** 31 - 1

/**
 * Alarms that all ring after the same time, of which hardly any ever does. The first to be set is the first that is due, so
 * one timer for all of them does, and setting one costs no more than remembering it.
 */
export class Alarms {
  readonly #after: number
  readonly #set = new Chain<Alarm>()
  #timer: NodeJS.Timeout | undefined

  /** @param after Milliseconds. */
  constructor(after: number) {
    this.#after = after
  }

  set(ring: () => void): Alarm {
    const due = performance.now() + this.#after
    // all that it ever has from the start: V8 gives an object that grows another shape each time
    const alarm: Alarm = { due, ring, before: undefined, after: undefined }
    this.#set.add(alarm)
    if (this.#timer === undefined) this.#wait(this.#after)
    else if (this.#set.size === 1) this.#timer.ref()
    return alarm
  }

  clear(alarm: Alarm): void {
    this.#set.remove(alarm)
    // it goes on to the next one that is set, and keeps no process from ending meanwhile
    if (this.#set.size === 0) this.#timer?.unref()
  }

  #wait(time: number): void {
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.ceil(time), LONGEST))
  }

  #look(): void {
    const now = performance.now()
    let { first } = this.#set
    while (first !== undefined && first.due <= now) {
      this.#set.remove(first)
      first.ring()
      first = this.#set.first
    }
    this.#timer = undefined
    if (first !== undefined) this.#wait(first.due - now)
  }
}
