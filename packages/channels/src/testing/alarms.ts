import type { Timer } from "../timer.ts"

interface Alarm {
  readonly due: number
  readonly ring: () => void
}

/** Time that passes when a test says so: give its `timer` to a socket. */
export class Alarms {
  readonly #set = new Set<Alarm>()
  #now = 0

  readonly timer: Timer = (milliseconds, ring) => {
    const alarm = { due: this.#now + milliseconds, ring }
    this.#set.add(alarm)
    return { [Symbol.dispose]: () => void this.#set.delete(alarm) }
  }

  /** Lets so many milliseconds pass, and rings what is due on the way, in order. */
  pass(milliseconds: number): void {
    const until = this.#now + milliseconds
    for (let next = this.#next(until); next; next = this.#next(until)) {
      this.#set.delete(next)
      this.#now = next.due
      next.ring()
    }
    this.#now = until
  }

  #next(until: number): Alarm | undefined {
    return [...this.#set]
      .filter(({ due }) => due <= until)
      .sort((one, other) => one.due - other.due)[0]
  }
}
