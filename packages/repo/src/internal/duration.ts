import { type Duration, milliseconds } from "@bennu/core"
import * as z from "zod"

/** A span of time in options, as people write it; milliseconds behind the door. */
export const duration = z
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
