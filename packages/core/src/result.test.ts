import { describe, expect, expectTypeOf, it } from "vitest"
import { err, ok, type Result } from "./index.ts"

const half = (value: number): Result<number, string> =>
  value % 2 === 0 ? ok(value / 2) : err(`${value} is odd`)

describe("Result", () => {
  it("carries a value or an error, told apart by ok", () => {
    expect(half(4)).toEqual({ ok: true, value: 2 })
    expect(half(3)).toEqual({ ok: false, error: "3 is odd" })
  })

  it("narrows by ok", () => {
    const result = half(4)
    if (result.ok) expectTypeOf(result.value).toEqualTypeOf<number>()
    else expectTypeOf(result.error).toEqualTypeOf<string>()
  })
})
