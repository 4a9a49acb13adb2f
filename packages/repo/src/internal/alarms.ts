/** What rings unless it is cleared in time. */
export interface Alarm {
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
  readonly #set = new Set<Alarm>()
  #timer: NodeJS.Timeout | undefined

  /** @param after Milliseconds. */
  constructor(after: number) {
    this.#after = after
  }

  set(ring: () => void): Alarm {
    const alarm = { due: performance.now() + this.#after, ring }
    this.#set.add(alarm)
    if (this.#timer === undefined) this.#wait(this.#after)
    else if (this.#set.size === 1) this.#timer.ref()
    return alarm
  }

  clear(alarm: Alarm): void {
    this.#set.delete(alarm)
    // it goes on to the next one that is set, and keeps no process from ending meanwhile
    if (this.#set.size === 0) this.#timer?.unref()
  }

  #wait(time: number): void {
    this.#timer = setTimeout(() => this.#look(), Math.min(Math.ceil(time), LONGEST))
  }

  #look(): void {
    this.#timer = undefined
    const now = performance.now()
    for (const alarm of this.#set) {
      if (alarm.due > now) {
        this.#wait(alarm.due - now)
        break
      }
      this.#set.delete(alarm)
      alarm.ring()
    }
  }
}
