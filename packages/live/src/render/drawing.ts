import type { Section } from "../diff/sections.ts"
import { nestedIn } from "../nested/nesting.ts"
import type { SharedSection } from "../shared.ts"
import type { ViewProcessOptions } from "../view/page.ts"
import { withinRenderBudget } from "./budget.ts"

/** Draws for a view: with an answer for the views in it, and within its budget. */
export const drawnFor = <T>(options: ViewProcessOptions, draw: () => T): T =>
  withinRenderBudget(options, () => nestedIn(options.nesting, draw))

/** What the pages of a view have in common; what it holds is nobody's page. */
export const sectionFor = (
  { view, limits, running: { development } }: ViewProcessOptions,
  section: SharedSection,
): Section =>
  nestedIn(null, () => view.sections.of(section, { limit: limits.sections, development }))
