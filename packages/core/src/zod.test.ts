import { describe, expect, it } from "vitest"
import * as z from "zod"
import { duration } from "./zod.ts"

describe("a duration in options", () => {
  const options = z.strictObject({ timeout: duration.prefault("5s") })

  it("comes out in milliseconds, whether it was given or not", () => {
    expect(options.parse({ timeout: "1.5h" })).toEqual({ timeout: 5_400_000 })
    expect(options.parse({ timeout: 20 })).toEqual({ timeout: 20 })
    expect(options.parse({})).toEqual({ timeout: 5_000 })
  })

  it("is refused with what it should look like", () => {
    for (const timeout of ["soon", -1, Number.NaN, null, {}]) {
      const { success, error } = options.safeParse({ timeout })
      expect(success).toBe(false)
      expect(error?.issues[0]?.path).toEqual(["timeout"])
    }
    expect(options.safeParse({ timeout: "soon" }).error?.message).toContain("is not a duration")
  })
})
