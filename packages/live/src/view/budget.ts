import type { DefinedView } from "./defined-view.ts"

/** What kept this process busy for longer than it may. */
export interface Busy {
  /** Milliseconds that nobody else could have. */
  readonly duration: number
  /** Milliseconds that it may take. */
  readonly budget: number
  /** Milliseconds until the event loop turned again: for so long whatever was due meanwhile waited, here and in others of the same turn. */
  readonly delay: number
}

/** Runs what nothing else runs beside, and tells when it took longer than it may; in the next turn, once it is known how long others waited. */
export function withinBudget<T>(budget: number, run: () => T, late: (busy: Busy) => void): T {
  const started = performance.now()
  const result = run()
  const duration = performance.now() - started
  if (duration > budget) {
    setImmediate(() => late({ duration, budget, delay: performance.now() - started }))
  }
  return result
}

// Each view is named once on the terminal for each of these, and each time to telemetry.
const warned = { RENDER: new WeakSet<DefinedView>(), HANDLER: new WeakSet<DefinedView>() }

/** Names a slow view on the terminal, for development. */
export function warnOf(
  kind: keyof typeof warned,
  view: DefinedView,
  what: string,
  { duration, budget }: Busy,
  detail: string,
): void {
  if (warned[kind].has(view)) return
  warned[kind].add(view)
  const took = `${what} took ${Math.round(duration)} ms, more than ${budget} ms`
  process.emitWarning(took, { code: `BENNU_LIVE_${kind}_SLOW`, detail })
}
