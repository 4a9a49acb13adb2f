import type { Location } from "./errors.ts"

/** A place in the source where `raw` was called. */
export interface RawSite extends Location {
  /** How many times it was, so far. */
  readonly calls: number
}

// A program has as many places as somebody wrote; code that is made while running could have more.
const LIMIT = 1_000
const sites = new Map<string, { file: string; line: number; calls: number }>()

/** @internal */
export function noteRaw(where: Location | null): void {
  if (where === null) return
  const place = `${where.file}:${where.line}`
  const site = sites.get(place)
  if (site !== undefined) site.calls++
  else if (sites.size < LIMIT) sites.set(place, { ...where, calls: 1 })
}

/**
 * Every place where `raw` has vouched for markup since the program started, at most 1,000: what a review of its safety
 * reads. Empty when `NODE_ENV` is `production`; `bennu-check-templates` lists them without running anything.
 */
export const rawSites = (): readonly RawSite[] => [...sites.values()].map((site) => ({ ...site }))
