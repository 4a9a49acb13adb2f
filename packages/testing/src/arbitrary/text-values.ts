import { type Arbitrary, oneof, string, stringMatching } from "fast-check"
import { ArbitraryError } from "./errors.ts"
import type { Notes } from "./notes.ts"
import { formats } from "./texts.ts"

/** Text as a schema's checks describe it. What several of them say at once is left to chance, and to the schema. */
export function textValues({ formats: said, shortest, longest }: Notes): Arbitrary<string> {
  const named = said.find(({ format }) => formats.has(format))
  if (named !== undefined) return formats.get(named.format)?.(named) ?? string()
  const own = said.find(({ format }) => !PARTS.has(format))
  if (own?.pattern !== undefined) return matching(own.pattern)
  const part = (name: "prefix" | "includes" | "suffix") =>
    said.map((check) => check[name] ?? "").join("")
  const fixed = [part("prefix"), part("includes"), part("suffix")] as const
  const taken = fixed.join("").length
  const bounds = {
    minLength: Math.max(0, shortest - taken),
    ...(longest === undefined ? {} : { maxLength: Math.max(0, longest - taken) }),
  }
  const has = (format: string) => said.some((check) => check.format === format)
  // most people type what is on their keyboard, and some do not
  return oneof(string(bounds), string({ unit: "grapheme", ...bounds })).map((text) => {
    const cased = has("lowercase")
      ? text.toLowerCase()
      : has("uppercase")
        ? text.toUpperCase()
        : text
    const [prefix, middle, suffix] = fixed
    return prefix + middle + cased + suffix
  })
}

/** Checks that say something of text and leave the rest open. */
const PARTS: ReadonlySet<string> = new Set([
  "starts_with",
  "ends_with",
  "includes",
  "lowercase",
  "uppercase",
])

/** Text of a pattern. @throws {ArbitraryError} for one that looks ahead or behind. */
export function matching(pattern: RegExp): Arbitrary<string> {
  try {
    return stringMatching(pattern)
  } catch (error) {
    throw new ArbitraryError(
      `text of ${pattern} cannot be made up: ${error instanceof Error ? error.message : ""}`,
      "Say what makes it: arbitrary(schema, { with: [[inner, fc.constantFrom(…)]] }).",
    )
  }
}
