import type { Awaitable } from "@bennu/core"

import { pending } from "./pending.ts"

export type Task = () => Awaitable<void>

/** Whose tasks they are. */
export interface MailboxOwner {
  /** Runs one of them. */
  run(task: Task): Awaitable<void>
  /** One of them failed. */
  crash(error: unknown): void
}

/** Tasks that run one at a time, in order. What needs no promise runs at once. */
export class Mailbox {
  readonly #owner: MailboxOwner
  readonly #limit: number
  /** `null` while nothing waits, which is nearly always. */
  #waiting: Task[] | null = null
  #busy = false
  #stopped: (() => void) | null = null

  constructor(owner: MailboxOwner, limit: number) {
    this.#owner = owner
    this.#limit = limit
  }

  /** Whether there was room. After `stop` a task is dropped. */
  post(task: Task): boolean {
    if (this.#stopped) return true
    if (this.#busy) {
      this.#waiting ??= []
      if (this.#waiting.length >= this.#limit) return false
      this.#waiting.push(task)
    } else this.#work(task)
    return true
  }

  /** Drops what waits and calls back, once, when the running task is done. */
  stop(done: () => void): void {
    this.#waiting = null
    this.#stopped = done
    if (!this.#busy) done()
  }

  #work(first: Task | undefined): void {
    this.#busy = true
    for (let task = first; task; task = this.#waiting?.shift()) {
      const running = this.#run(task)
      if (!running) continue
      running
        .catch((error: unknown) => this.#owner.crash(error))
        .finally(() => this.#work(this.#waiting?.shift()))
      return
    }
    this.#waiting = null
    this.#busy = false
    this.#stopped?.()
  }

  #run(task: Task): Promise<void> | null {
    try {
      return pending(this.#owner.run(task))
    } catch (error) {
      this.#owner.crash(error)
      return null
    }
  }
}
