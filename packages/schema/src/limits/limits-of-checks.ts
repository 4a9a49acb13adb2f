import type { LengthBounds, NumberBounds } from "../validations.ts"
import type { SomeLimits } from "./limits.ts"
import { patternOf } from "./pattern-of.ts"

/** A check that was asked of a changeset, whether or not it found something. */
export interface FieldCheck {
  readonly field: string
  readonly required?: true
  readonly length?: LengthBounds
  readonly number?: NumberBounds
  readonly format?: RegExp
}

/** @param list Whether the field holds several values, whose number a length is then about. */
export const limitsOfCheck = (
  { required, length, number, format }: FieldCheck,
  list: boolean,
): SomeLimits => ({
  ...(required && !list && { required }),
  ...(length && !list && limitsOfLength(length)),
  ...(number && limitsOfSize(number)),
  ...(format && { pattern: patternOf(format) }),
})

// A character has one unit of UTF-16 or more, and a byte of UTF-8 at least as many for each. So a longest text of
// characters would, in units, refuse some that are short enough; and a shortest of bytes some that are long enough.
function limitsOfLength({ is, min, max, count }: LengthBounds): SomeLimits {
  return count === "bytes" ? { maxlength: is ?? max } : { minlength: is ?? min }
}

// of fractions there is no next one; the bound itself is left to the changeset
const limitsOfSize = (bounds: NumberBounds): SomeLimits => ({
  min: bounds.greaterThanOrEqualTo ?? bounds.greaterThan,
  max: bounds.lessThanOrEqualTo ?? bounds.lessThan,
})
