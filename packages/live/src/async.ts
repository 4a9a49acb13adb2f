import { type Duration, milliseconds, type Result } from "@bennu/core"
import { type Html, html } from "@bennu/html"

/** What an assign on its way is by now. A result stays while another one is on its way, or after that failed. */
export interface AsyncResult<out T> {
  readonly loading: boolean
  /** There is a result. */
  readonly ok: boolean
  readonly result: T | undefined
  /** Why there is none, or no newer one. */
  readonly failed: Error | undefined
}

export interface AsyncOptions {
  /** How long it may take; as long as the view lives, where nothing is said. */
  readonly timeout?: Duration | undefined
}

/** Work that a view waits for. */
export type Task<T> = (signal: AbortSignal) => Promise<T>

/** An assign whose work has not ended: the view starts it when it sees it. */
export class PendingResult<T = unknown> implements AsyncResult<T> {
  readonly loading = true
  readonly ok: boolean
  readonly result: T | undefined
  readonly failed: undefined
  readonly #task: Task<T>
  readonly #timeout: number | null

  constructor(task: Task<T>, previous: AsyncResult<T> | undefined, timeout: number | null) {
    this.ok = previous?.ok ?? false
    this.result = previous?.result
    this.#task = task
    this.#timeout = timeout
  }

  static is(value: unknown): value is PendingResult {
    return typeof value === "object" && value !== null && #task in value
  }

  get task(): Task<T> {
    return this.#task
  }
  get timeout(): number | null {
    return this.#timeout
  }

  /** What it is once the work has ended. */
  ended(result: Result<T, Error>): AsyncResult<T> {
    if (result.ok) return asyncOk(result.value)
    return { loading: false, ok: this.ok, result: this.result, failed: result.error }
  }
}

/**
 * An assign that is on its way: `mount: ({ scope }) => ({ done: assignAsync((signal) => Reports.count(scope, { signal })) })`. The work
 * starts when it is assigned to a connected view, and is aborted when the view ends or assigns something else.
 * @param previous What is shown meanwhile, as `socket.update("done", (last) => assignAsync(…, last))` has it.
 */
export function assignAsync<T>(
  task: (signal: AbortSignal) => Promise<T>,
  previous?: AsyncResult<T>,
  { timeout }: AsyncOptions = {},
): AsyncResult<T> {
  return new PendingResult(task, previous, timeout === undefined ? null : milliseconds(timeout))
}

/** A result that is there already, for an assign that may be on its way later. */
export const asyncOk = <T>(result: T): AsyncResult<T> => ({
  ...{ loading: false, ok: true, result, failed: undefined },
})

/** Shows the result once there is one, and until then that it is on its way or failed. */
export function asyncResult<T>(
  value: AsyncResult<T>,
  show: {
    readonly loading?: () => Html
    readonly failed?: (error: Error) => Html
    readonly ok: (result: T) => Html
  },
): Html {
  // where it is ok there is a result, which T may say is undefined
  if (value.ok) return show.ok(value.result as T)
  if (value.failed) return show.failed?.(value.failed) ?? nothing()
  return show.loading?.() ?? nothing()
}

const nothing = (): Html => html``
