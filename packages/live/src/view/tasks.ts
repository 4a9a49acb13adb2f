import { type Awaitable, err, ok, type Result } from "@bennu/core"
import type { Task } from "../async.ts"
import { AsyncCancelledError, AsyncTimeoutError, TooManyTasksError } from "../errors.ts"
import type { AnySocket } from "./defined-view.ts"

/** What happens with a task's result; the view's `handleAsync` where nothing is said. */
export type TaskDone = (socket: AnySocket, result: Result<unknown, Error>) => Awaitable<unknown>

/** What a callback wants to be worked on beside the view, or no more. */
export type TaskChange =
  | {
      readonly kind: "start"
      readonly name: string
      readonly task: Task<unknown>
      readonly timeout: number | null
      readonly done: TaskDone | null
    }
  /** Its result is that it was cancelled. */
  | { readonly kind: "cancel"; readonly name: string }
  /** Nobody wants its result any more. */
  | { readonly kind: "drop"; readonly name: string }

/** A task that has ended, on its way to its view. */
export interface Finished {
  readonly name: string
  readonly result: Result<unknown, Error>
  readonly done: TaskDone | null
  /** To be called when its turn has come: whether it is still wanted. */
  readonly taken: () => boolean
}

interface Running {
  readonly done: TaskDone | null
  readonly controller: AbortController
  readonly stopTimer: () => void
}

/** What was thrown, as an error. */
export const asError = (error: unknown): Error =>
  error instanceof Error ? error : new Error(String(error), { cause: error })

/** How much may work beside one view, its components included. */
export class TaskRoom {
  readonly #limit: number
  #running = 0
  #idle: (() => void)[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  get busy(): boolean {
    return this.#running > 0
  }

  /** @throws {TooManyTasksError} */
  enter(): void {
    if (this.#running >= this.#limit) throw new TooManyTasksError(this.#limit)
    this.#running++
  }

  leave(): void {
    this.#running--
    const waiting = this.#idle
    this.#idle = []
    for (const resolve of waiting) resolve()
  }

  /** Resolves when nothing runs, and nothing that has ended waits for its turn. */
  async settled(): Promise<void> {
    while (this.busy) await new Promise<void>((resolve) => this.#idle.push(resolve))
  }
}

/** What works beside a view or a component, by name: a task of the same name takes the place of the one before. */
export class Tasks {
  readonly #room: TaskRoom
  readonly #deliver: (finished: Finished) => void
  readonly #running = new Map<string, Running>()

  constructor(room: TaskRoom, deliver: (finished: Finished) => void) {
    this.#room = room
    this.#deliver = deliver
  }

  /** @throws {TooManyTasksError} */
  change(changes: readonly TaskChange[]): void {
    for (const change of changes) {
      if (change.kind === "start") this.#start(change)
      else if (change.kind === "cancel") this.#cancel(change.name)
      else this.#drop(change.name)
    }
  }

  close(): void {
    for (const name of [...this.#running.keys()]) this.#drop(name)
  }

  #start({ name, task, timeout, done }: TaskChange & { readonly kind: "start" }): void {
    this.#drop(name)
    this.#room.enter()
    const controller = new AbortController()
    const timer =
      timeout === null ? undefined : setTimeout(() => this.#late(name, running, timeout), timeout)
    const running: Running = { done, controller, stopTimer: () => clearTimeout(timer) }
    this.#running.set(name, running)
    const { signal } = controller
    // what is thrown at once is a result too
    new Promise((resolve) => resolve(task(signal))).then(
      (value) => this.#end(name, running, ok(value)),
      (error: unknown) => this.#end(name, running, err(asError(error))),
    )
  }

  #late(name: string, running: Running, timeout: number): void {
    const error = new AsyncTimeoutError(name, timeout)
    this.#end(name, running, err(error))
    running.controller.abort(error)
  }

  #cancel(name: string): void {
    const running = this.#running.get(name)
    if (!running) return
    const error = new AsyncCancelledError(name)
    // a result that waits for its turn is not taken any more
    const cancelled = { ...running }
    this.#running.set(name, cancelled)
    this.#end(name, cancelled, err(error))
    running.controller.abort(error)
  }

  #end(name: string, running: Running, result: Result<unknown, Error>): void {
    if (this.#running.get(name) !== running || running.controller.signal.aborted) return
    running.stopTimer()
    const taken = () => this.#running.get(name) === running && this.#remove(name)
    this.#deliver({ name, result, done: running.done, taken })
  }

  #drop(name: string): void {
    const running = this.#running.get(name)
    if (!running) return
    running.stopTimer()
    this.#remove(name)
    running.controller.abort(new AsyncCancelledError(name))
  }

  #remove(name: string): boolean {
    const removed = this.#running.delete(name)
    if (removed) this.#room.leave()
    return removed
  }
}
