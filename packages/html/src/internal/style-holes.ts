import { openIn } from "../style.ts"
import { HOLE } from "./url-holes.ts"

/**
 * Whether a hole in `<style>` stands in the value of a declaration, where values that only compute can say no more than that.
 * @param before What the element holds so far, with `HOLE` for holes. @param after The text behind the hole, up to the next one.
 */
export function isDeclared(before: string, after: string): boolean {
  const start = Math.max(...[..."{;}"].map((mark) => before.lastIndexOf(mark)))
  if (before.split("{").length <= before.split("}").length) return false
  const [, value] = /^\s*[-\w]+\s*:([^:]*)$/.exec(before.slice(start + 1)) ?? []
  if (value === undefined || openIn(value.replaceAll(/\s/g, " ").replaceAll(HOLE, "x")) === -1) {
    return false
  }
  // two pieces could make up the beginning of a comment
  if (value.endsWith("/") || value.endsWith(HOLE) || after.startsWith("*")) return false
  // a selector of a rule inside of this one may look like the beginning of a declaration
  return /[;{}]/.exec(after)?.[0] !== "{"
}
