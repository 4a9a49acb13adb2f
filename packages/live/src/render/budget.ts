import { renderSlow } from "../telemetry.ts"

// Each view is named once on the terminal, and each time to telemetry.
const warned = new Set<string>()
const WARNED = 1000

/** Draws, and tells when that took longer than it may. */
export function withinBudget<T>(
  view: string,
  budget: number | null,
  development: boolean,
  draw: () => T,
): T {
  if (budget === null) return draw()
  const started = performance.now()
  const drawn = draw()
  const duration = performance.now() - started
  if (duration <= budget) return drawn
  renderSlow.emit(() => ({ view, duration, budget }))
  if (development && !warned.has(view) && warned.size < WARNED) {
    warned.add(view)
    const took = `rendering ${view} took ${Math.round(duration)} ms, more than ${budget} ms`
    process.emitWarning(took, {
      code: "BENNU_LIVE_RENDER_SLOW",
      detail:
        "Hoist row functions out of render, so that rows that did not change are skipped, or render less.",
    })
  }
  return drawn
}
