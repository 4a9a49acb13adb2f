/** Where a route was declared. Its text is made when somebody asks, so that taking it costs next to nothing. */
export interface Place {
  /** As the engine writes it, one call in one line. */
  readonly stack?: string | undefined
}

/** Any function, whatever it takes. */
export type AnyFunction = (...args: never) => unknown

/**
 * Notes who called a function, for errors that have to name a line.
 * @param above The function whose caller is meant; it must be running.
 */
export function placeOfCall(above: AnyFunction): Place {
  const place: Place = {}
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 1
  // engines other than V8 have no such function
  Error.captureStackTrace?.(place, above)
  Error.stackTraceLimit = limit
  return place
}

/** The file and the line, as `/app/src/router.ts:12`; `null` where the engine does not tell. */
export function lineOf(place: Place | undefined): string | null {
  const call = place?.stack?.split("\n").find((line) => line.trimStart().startsWith("at "))
  if (call === undefined) return null
  // "at start (file:///app/src/router.ts:12:3)", or without the name and the parentheses
  const open = call.lastIndexOf("(")
  const where = open === -1 ? call.trim().slice("at ".length) : call.slice(open + 1, -1)
  const path = where.startsWith("file://") ? where.slice("file://".length) : where
  return path.slice(0, path.lastIndexOf(":"))
}
