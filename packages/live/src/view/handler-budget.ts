import type { ResolvedLiveLimits } from "../options.ts"
import { handlerSlow } from "../telemetry.ts"
import { warnOf, withinBudget } from "./budget.ts"
import type { DefinedView } from "./defined-view.ts"

/** How long the callbacks of a view may keep this process busy, and what it is called then. */
export interface HandlerBudget {
  readonly name: string
  readonly view: DefinedView
  /** Milliseconds. */
  readonly limit: number
}

/** Null where there is none. */
export const handlerBudgetOf = (
  name: string,
  view: DefinedView,
  { handlerBudget: limit }: ResolvedLiveLimits,
): HandlerBudget | null => (limit === null ? null : { name, view, limit })

/** Runs a callback until it first waits, and tells when that took longer than it may. */
export function withinHandlerBudget<T>(
  budget: HandlerBudget | null,
  development: boolean,
  callback: string,
  run: () => T,
): T {
  if (budget === null) return run()
  const { name, view, limit } = budget
  return withinBudget(limit, run, (busy) => {
    handlerSlow.emit(() => ({ view: name, callback, ...busy }))
    if (development) warnOf("HANDLER", view, `${callback} of ${name}`, busy, HINT)
  })
}

const HINT = "Hand slow work to startAsync and a worker thread, or to a job."
