import type { StaticAttribute } from "./outline.ts"
import { Problem } from "./problem.ts"

/** Stands for the names that a spread hole brings. */
export const SPREAD = ""

/**
 * A part of a refresh could complete an address that nobody judged.
 * @param hole The hole that is a part of the content of a `<meta>`, from 1; 0 for none.
 */
export function checkMeta(hole: number, attributes: readonly StaticAttribute[]): void {
  if (hole === 0) return
  if (attributes.every(({ name }) => name !== SPREAD && name !== "http-equiv")) return
  throw new Problem(
    hole,
    "it is a part of what a <meta http-equiv> says",
    "Give the whole content in one hole, which is judged then.",
  )
}
