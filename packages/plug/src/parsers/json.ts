import { MalformedError, PayloadTooLargeError } from "../errors.ts"
import { checkedLimit } from "../options.ts"

export interface JsonLimits {
  /** How deep arrays and objects may nest (64). */
  readonly maxDepth?: number | undefined
}

/**
 * Reads JSON from outside. What it gives holds no key `__proto__`, which later copies could take for a prototype.
 * @throws {MalformedError} when it is not JSON. @throws {PayloadTooLargeError} when it nests too deep.
 */
export function parseJson(text: string, { maxDepth = 64 }: JsonLimits = {}): unknown {
  checkedLimit("maxDepth", maxDepth)
  if (depthOf(text, maxDepth) > maxDepth) throw new PayloadTooLargeError(maxDepth, "levels of JSON")
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new MalformedError("the body is not JSON", { cause })
  }
  // a key can be written with escapes too; most texts hold neither
  if (text.includes("__proto__") || text.includes("\\u")) refusePrototypes(value)
  return value
}

/** How deep brackets nest outside of strings; it stops counting beyond `limit`. */
function depthOf(text: string, limit: number): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = endOfString(text, at)
    else if (code === BRACKET || code === BRACE) {
      deepest = Math.max(deepest, ++depth)
      if (deepest > limit) return deepest
    } else if (code === END_BRACKET || code === END_BRACE) depth--
  }
  return deepest
}

/** The quote that ends a string, or the text's end. The search is the engine's own: most bytes of JSON are in strings. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0
    while (text.charCodeAt(at - 1 - slashes) === BACKSLASH) slashes++
    if (slashes % 2 === 0) return at
  }
  return text.length
}
const QUOTE = 0x22
const BACKSLASH = 0x5c
const BRACKET = 0x5b
const END_BRACKET = 0x5d
const BRACE = 0x7b
const END_BRACE = 0x7d

// recursion is bounded: the depth was counted before
function refusePrototypes(value: unknown): void {
  if (typeof value !== "object" || value === null) return
  if (!Array.isArray(value) && Object.hasOwn(value, "__proto__")) {
    throw new MalformedError(`the key "__proto__" is not allowed`)
  }
  for (const inner of Object.values(value)) refusePrototypes(inner)
}
