import type { Problem } from "./changeset-issue.ts"

export interface Worded {
  /** Instead of the usual words. */
  readonly message?: string | undefined
}

export interface LengthBounds extends Worded {
  readonly is?: number | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
  /** What is counted in text: what a reader takes for one character (`"graphemes"`), code points, or bytes of UTF-8. */
  readonly count?: "graphemes" | "codepoints" | "bytes" | undefined
}

export interface NumberBounds extends Worded {
  readonly lessThan?: number | bigint | undefined
  readonly greaterThan?: number | bigint | undefined
  readonly lessThanOrEqualTo?: number | bigint | undefined
  readonly greaterThanOrEqualTo?: number | bigint | undefined
  readonly equalTo?: number | bigint | undefined
  readonly notEqualTo?: number | bigint | undefined
}

/** Null and text of nothing but white space are blank, as an empty input is. */
export const isMissing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "string" && value.trim() === "")

export function lengthProblem(
  value: string | readonly unknown[] | Uint8Array,
  { is, min, max, count = "graphemes", message }: LengthBounds,
): Problem | null {
  const text = typeof value === "string"
  const enough = Math.max(is ?? 0, min ?? 0, max ?? 0) + 1
  const length = text ? lengthOf(value, count, enough) : value.length
  const unit = text ? (count === "bytes" ? "byte(s)" : "character(s)") : "item(s)"
  const tell = (kind: string, bound: number, words: string): Problem => ({
    message: message ?? `should ${text ? "be" : "have"} ${words}${bound} ${unit}`,
    code: `length.${kind}`,
    params: { count: bound },
  })
  if (is !== undefined && length !== is) return tell("is", is, "")
  if (min !== undefined && length < min) return tell("min", min, "at least ")
  if (max !== undefined && length > max) return tell("max", max, "at most ")
  return null
}

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" })
// beyond it, and in line breaks of two characters, what a reader sees as one may be written as several
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text)

/** Stops counting at `enough`: to take megabytes apart only to say that they are too long would be costly. */
function lengthOf(text: string, count: NonNullable<LengthBounds["count"]>, enough: number): number {
  if (count === "bytes") return Buffer.byteLength(text)
  if (isPlain(text)) return text.length
  let length = 0
  for (const _ of count === "codepoints" ? text : segmenter.segment(text)) {
    length++
    if (length >= enough) break
  }
  return length
}

export function numberProblem(value: number | bigint, bounds: NumberBounds): Problem | null {
  for (const [kind, words, holds] of comparisons) {
    const bound = bounds[kind]
    if (bound === undefined || holds(value, bound)) continue
    return {
      message: bounds.message ?? `must be ${words} ${bound}`,
      code: `number.${kind}`,
      params: { number: bound },
    }
  }
  return null
}

type Holds = (value: number | bigint, bound: number | bigint) => boolean
const comparisons: readonly (readonly [Exclude<keyof NumberBounds, "message">, string, Holds])[] = [
  ["lessThan", "less than", (value, bound) => value < bound],
  ["greaterThan", "greater than", (value, bound) => value > bound],
  ["lessThanOrEqualTo", "less than or equal to", (value, bound) => value <= bound],
  ["greaterThanOrEqualTo", "greater than or equal to", (value, bound) => value >= bound],
  // 1n and 1 are the same number, and not the same value
  ["equalTo", "equal to", (value, bound) => value <= bound && value >= bound],
  ["notEqualTo", "not equal to", (value, bound) => value < bound || value > bound],
]

/** A regular expression that goes on from where it stopped (`g`, `y`) would refuse every other value. */
export const matches = (pattern: RegExp, text: string): boolean => {
  pattern.lastIndex = 0
  return pattern.test(text)
}
