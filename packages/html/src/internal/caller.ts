import { fileURLToPath } from "node:url"
import type { Location } from "../errors.ts"

/** Where a function was called, as the stack tells. */
export function callerOf(called: (...given: never) => unknown): Location | null {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 1
  const holder: { stack?: string } = {}
  Error.captureStackTrace(holder, called)
  Error.stackTraceLimit = stackTraceLimit
  return locationOf(holder.stack?.split("\n")[1] ?? "")
}

/** `at name (file:///app/page.ts:12:34)`, with or without name and parentheses. */
function locationOf(frame: string): Location | null {
  const place = frame.trim().replace(/\)$/, "")
  const column = place.lastIndexOf(":")
  const line = place.lastIndexOf(":", column - 1)
  if (line <= 0) return null
  const open = place.indexOf("(")
  const file = place.slice(open === -1 ? "at ".length : open + 1, line)
  return {
    file: file.startsWith("file://") ? fileURLToPath(file) : file,
    line: Number(place.slice(line + 1, column)),
  }
}
