import { renderSlow } from "../telemetry.ts"
import { warnOf, withinBudget } from "../view/budget.ts"
import type { ViewProcessOptions } from "../view/page.ts"

/** Draws, and tells when that took longer than it may. */
export function withinRenderBudget<T>(
  { view, name, limits: { renderBudget }, running }: ViewProcessOptions,
  draw: () => T,
): T {
  if (renderBudget === null) return draw()
  return withinBudget(renderBudget, draw, (busy) => {
    renderSlow.emit(() => ({ view: name, ...busy }))
    if (running.development) warnOf("RENDER", view, `rendering ${name}`, busy, HINT)
  })
}

const HINT =
  "Hoist row functions out of render, so that rows that did not change are skipped, or render less."
