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
  /**
   * How long a page's first answer waits for it, so that its result stands in what search engines and readers without JavaScript
   * get; the answer shows that it is loading, where nothing is said. What took longer is begun again when the page has joined.
   */
  readonly wait?: Duration | undefined
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
  readonly #wait: number | null

  constructor(
    task: Task<T>,
    previous: AsyncResult<T> | undefined,
    { timeout, wait }: AsyncOptions,
  ) {
    this.ok = previous?.ok ?? false
    this.result = previous?.result
    this.#task = task
    this.#timeout = timeout === undefined ? null : milliseconds(timeout)
    this.#wait = wait === undefined ? null : milliseconds(wait)
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
  /** Milliseconds that a page's first answer waits for it. */
  get wait(): number | null {
    return this.#wait
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
  options: AsyncOptions = {},
): AsyncResult<T> {
  return new PendingResult(task, previous, options)
}

/**
 * Several assigns that one piece of work gives: `mount: () => ({ ...assignAsyncKeys(["org", "users"], load) })`. The work is
 * done once, and aborted when none of them is waited for any more.
 * @param previous What is shown meanwhile: `assignAsyncKeys([…], …, socket.assigns)`.
 */
export function assignAsyncKeys<const K extends string, T extends Readonly<Record<K, unknown>>>(
  keys: readonly K[],
  task: (signal: AbortSignal) => Promise<T>,
  previous: { readonly [N in K]?: AsyncResult<T[N]> } = {},
  options?: AsyncOptions,
): { readonly [N in K]: AsyncResult<T[N]> } {
  const together = once(task)
  const entries = keys.map((key) => {
    const own = async (signal: AbortSignal) => (await together(signal))[key]
    return [key, assignAsync(own, previous[key], options)] as const
  })
  // each key has the result of its own value
  return Object.fromEntries(entries) as { readonly [N in K]: AsyncResult<T[N]> }
}

/** A task that runs once for all that start it, and is aborted when all of them are; then it may be started anew. */
function once<T>(task: Task<T>): Task<T> {
  let run: ReturnType<typeof start> | null = null
  return (signal) => {
    run ??= start()
    const mine = run
    mine.waiting++
    signal.addEventListener("abort", () => {
      mine.waiting--
      if (mine.waiting > 0) return
      mine.controller.abort(signal.reason)
      if (run === mine) run = null
    })
    return mine.result
  }

  function start() {
    const controller = new AbortController()
    return { controller, result: task(controller.signal), waiting: 0 }
  }
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
