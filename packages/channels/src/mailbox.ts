import type { Awaitable } from "@bennu/core"

import { pending } from "./pending.ts"

export type Task = () => Awaitable<void>

/** Tasks that run one at a time, in order. What needs no promise runs at once. */
export class Mailbox {
  readonly #waiting: Task[] = []
  readonly #limit: number
  readonly #failed: (error: unknown) => void
  #busy = false
  #stopped: (() => void) | null = null

  constructor(limit: number, failed: (error: unknown) => void) {
    this.#limit = limit
    this.#failed = failed
  }

  /** Whether there was room. After `stop` a task is dropped. */
  post(task: Task): boolean {
    if (this.#stopped) return true
    if (this.#waiting.length >= this.#limit) return false
    this.#waiting.push(task)
    if (!this.#busy) this.#work()
    return true
  }

  /** Drops what waits and calls back, once, when the running task is done. */
  stop(done: () => void): void {
    this.#waiting.length = 0
    this.#stopped = done
    if (!this.#busy) done()
  }

  #work(): void {
    this.#busy = true
    for (let task = this.#waiting.shift(); task; task = this.#waiting.shift()) {
      const running = this.#run(task)
      if (!running) continue
      running.catch(this.#failed).finally(() => this.#work())
      return
    }
    this.#busy = false
    this.#stopped?.()
  }

  #run(task: Task): Promise<void> | null {
    try {
      return pending(task())
    } catch (error) {
      this.#failed(error)
      return null
    }
  }
}
