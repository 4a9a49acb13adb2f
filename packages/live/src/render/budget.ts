import { renderSlow } from "../telemetry.ts"
import type { ViewProcessOptions } from "../view/page.ts"

// Each view is named once on the terminal, and each time to telemetry.
const warned = new WeakSet<ViewProcessOptions["view"]>()

/** Draws, and tells when that took longer than it may. */
export function withinBudget<T>(
  { view, name, limits: { renderBudget: budget }, running }: ViewProcessOptions,
  draw: () => T,
): T {
  if (budget === null) return draw()
  const started = performance.now()
  const drawn = draw()
  const duration = performance.now() - started
  if (duration <= budget) return drawn
  renderSlow.emit(() => ({ view: name, duration, budget }))
  if (running.development && !warned.has(view)) {
    warned.add(view)
    const took = `rendering ${name} took ${Math.round(duration)} ms, more than ${budget} ms`
    process.emitWarning(took, {
      code: "BENNU_LIVE_RENDER_SLOW",
      detail:
        "Hoist row functions out of render, so that rows that did not change are skipped, or render less.",
    })
  }
  return drawn
}
