import { fileURLToPath } from "node:url"

/**
 * Where the code stands that called a function: `/app/src/todos.ts:12:20`; null where the engine does not tell.
 * @param callee What it called, from which this was called.
 */
export function placeOfCall(callee: (...given: never) => unknown): string | null {
  const holder: { readonly stack?: string } = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 1
  Error.captureStackTrace(holder, callee)
  Error.stackTraceLimit = limit
  const place = /(?:\(|at )([^()\n]*:\d+:\d+)\)?$/.exec(holder.stack ?? "")?.[1]
  if (place === undefined) return null
  const [, file = "", at = ""] = /^(file:.*?)(:\d+:\d+)$/.exec(place) ?? []
  return file === "" ? place : fileURLToPath(file) + at
}
