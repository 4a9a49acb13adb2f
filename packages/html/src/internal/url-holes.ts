import type { Guard } from "../slot.ts"
import { allowedScheme } from "../url.ts"
import { Problem } from "./problem.ts"

/** Stands for a hole in a value; no character of its own. */
export const HOLE = "\uffff"

/** How a part of a value is judged, given what stands before it. */
export function partGuard(guard: Guard, before: string): Guard {
  if (guard === "url") return urlGuard(before)
  if (guard === "urls") return listGuard(before)
  return guard === "refresh" ? "none" : guard
}

/** Whether a part of a URL can still say or complete its scheme, given what stands before it. */
function urlGuard(before: string): Guard {
  const start = before.replace(/^[\0- ]+/, "")
  if (/[/?#\\:]/.test(start)) return "none"
  return start === "" ? "url" : "url-rest"
}

/** The same for a list of URLs, of which any part may begin another one. */
function listGuard(before: string): Guard {
  const start = before.slice(Math.max(before.lastIndexOf(","), before.lastIndexOf(";")) + 1)
  return urlGuard(start) === "url-rest" ? "urls-rest" : "urls"
}

/** A scheme that stands beside a hole, or partly comes from one, and is none that may be linked to; else `null`. */
function refusedScheme(value: string, list: boolean): string | null {
  const plain = value.replaceAll("&amp;", "?")
  for (const url of list ? plain.split(/[\s,;]/) : [plain]) {
    const start = /^[^/?#\\:]*[:&]/.exec(url)?.[0]
    if (start !== undefined && !allowedScheme(start.slice(0, -1).trim().toLowerCase())) return start
  }
  return null
}

/** A static scheme beside a hole has to be one that may be linked to. */
export function checkScheme(guard: Guard, attribute: string, value: string, hole: number): void {
  if (guard !== "url" && guard !== "urls") return
  const scheme = refusedScheme(value, guard === "urls")
  if (scheme === null) return
  throw new Problem(
    hole,
    scheme.includes(HOLE)
      ? `the scheme of "${attribute}" comes from a hole`
      : `it stands in a URL that starts with ${JSON.stringify(scheme)}`,
    "Write the scheme into the template, or give the whole URL in one hole, which is judged then.",
  )
}
