import type { Health } from "./health.ts"
import type { Awaitable } from "./result.ts"

/**
 * Something that can be started: what `openRepo(…)`, `endpoint(…)` and the like return. `supervisor` starts it.
 * `start` stops trying when `signal` aborts, and what it made so far it takes back. Once it has started, the signal says
 * nothing any more.
 */
export interface Child<T> {
  /** What errors and events call it. */
  readonly name: string
  start(signal: AbortSignal): Promise<T & AsyncDisposable>
}

/** What a supervisor asks of what it started. All but the disposal is optional. */
export interface Service extends AsyncDisposable {
  /** Stops in an orderly way, at the latest when `deadline` aborts. Where it is missing, `Symbol.asyncDispose` is called. */
  stop?(deadline: AbortSignal): Awaitable<void>
  health?(): Awaitable<Health>
}
