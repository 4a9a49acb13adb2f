import { err, ok } from "@bennu/core"
import { PendingResult } from "../async.ts"
import { asyncFailed } from "../telemetry.ts"
import type { Running } from "./callback.ts"
import type { Assigns } from "./defined-view.ts"
import { taskOf } from "./pending.ts"
import type { SocketState } from "./socket-state.ts"
import { asError } from "./tasks.ts"
import { assigned } from "./view-socket.ts"

/**
 * A state for a page's first answer, which nothing can be sent after: with the results of what it is to wait for, where they are there
 * in time. What is not stays on its way, and is begun again by the page that joins.
 * @param view Its name.
 */
export async function awaited(
  view: string,
  running: Running,
  state: SocketState,
): Promise<SocketState> {
  const found: Record<string, unknown> = {}
  const waiting = Object.entries(state.assigns).map(async ([key, value]) => {
    if (!PendingResult.is(value) || value.wait === null) return
    const ended = await inTime(value, value.wait, running.signal)
    if (ended === null) return
    found[key] = ended
    const { failed: error } = ended
    if (error) asyncFailed.emit(() => ({ view, name: taskOf(key), error }))
  })
  if (waiting.length === 0) return state
  await Promise.all(waiting)
  const patch: Assigns = found
  return Object.keys(found).length === 0
    ? state
    : { ...state, assigns: assigned(state.assigns, patch, running) }
}

/** What the work comes to; null when it takes longer, or nobody waits for the answer any more. */
function inTime(pending: PendingResult, wait: number, gone: AbortSignal) {
  const controller = new AbortController()
  const { signal } = controller
  const stop = () => controller.abort()
  const timer = setTimeout(stop, wait)
  gone.addEventListener("abort", stop)
  const late = new Promise<null>((resolve) => signal.addEventListener("abort", () => resolve(null)))
  const work = new Promise((resolve) => resolve(pending.task(signal))).then(
    (value) => pending.ended(ok(value)),
    (error: unknown) => pending.ended(err(asError(error))),
  )
  return Promise.race([late, work]).finally(() => {
    clearTimeout(timer)
    gone.removeEventListener("abort", stop)
  })
}
