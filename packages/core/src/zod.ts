import * as z from "zod"
import { type Duration, milliseconds } from "./duration.ts"

/**
 * A span of time in options that zod checks: as people write it outside, milliseconds behind the door.
 * @example const schema = z.strictObject({ timeout: duration.prefault("5s") })
 */
export const duration: z.ZodType<number, Duration> = z
  .custom<Duration>((value) => typeof value === "number" || typeof value === "string")
  .transform((value, context) => {
    try {
      return milliseconds(value)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      context.addIssue({ code: "custom", message, input: value })
      return z.NEVER
    }
  })
