/** A part of a file: `start` is its first byte, `end` the one behind its last. */
export interface Range {
  readonly start: number
  readonly end: number
}

/**
 * Reads a `Range` header. Several ranges, other units and what is malformed are ignored, as a server may: the whole
 * file is sent then (`null`).
 * @see RFC 9110 §14.2
 */
export function rangeOf(header: string, size: number): Range | "unsatisfiable" | null {
  const match = /^bytes=[ \t]*(\d{0,15})-(\d{0,15})[ \t]*$/i.exec(header)
  if (match === null) return null
  const [, first = "", last = ""] = match
  if (first === "" && last === "") return null
  if (first === "") {
    const length = Math.min(Number(last), size)
    return length === 0 ? "unsatisfiable" : { start: size - length, end: size }
  }
  const start = Number(first)
  const end = last === "" ? size : Math.min(Number(last) + 1, size)
  if (last !== "" && Number(last) < start) return null
  return start >= size ? "unsatisfiable" : { start, end }
}
