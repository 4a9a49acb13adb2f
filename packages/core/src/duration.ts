import { BennuError } from "./errors.ts"

/** A span of time as people write it: `"15s"`, `"1.5h"`, or a number of milliseconds. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`

/** Something that should be a span of time is not. */
export class DurationError extends BennuError {
  readonly code = "ERR_CORE_DURATION"

  constructor(duration: unknown) {
    const shown = typeof duration === "string" ? JSON.stringify(duration.slice(0, 40)) : duration
    super(`${String(shown)} is not a duration`, {
      hint: 'Write "250ms", "15s", "5m", "1h" or "7d", or a number of milliseconds, not negative.',
    })
  }
}

const units = new Map([
  ["ms", 1],
  ["s", 1000],
  ["m", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
])

/**
 * Turns what a person wrote into what code counts with; options do it once, at the door.
 * @throws {DurationError} for NaN, Infinity, what is negative, and any other string.
 * @example milliseconds("1.5s") // 1500
 */
export function milliseconds(duration: Duration): number {
  const parts = typeof duration === "string" ? /^(\d+(?:\.\d+)?)(ms|[smhd])$/.exec(duration) : null
  const unit = units.get(parts?.[2] ?? "")
  const result = unit === undefined ? duration : Number(parts?.[1]) * unit
  if (typeof result !== "number" || !Number.isFinite(result) || result < 0) {
    throw new DurationError(duration)
  }
  return result
}
