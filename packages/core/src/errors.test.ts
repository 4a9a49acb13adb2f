import { describe, expect, it } from "vitest"
import { BennuError } from "./index.ts"

class GoneError extends BennuError {
  readonly code = "ERR_TEST_GONE"
  override readonly status = 410
}

class PlainError extends BennuError {
  readonly code = "ERR_TEST_PLAIN"
}

describe("BennuError", () => {
  it("carries a code, a status, a hint and its cause", () => {
    const cause = new Error("beneath")
    const error = new GoneError("it is gone", { cause, hint: "Look elsewhere." })
    expect(error).toBeInstanceOf(Error)
    expect(error).toMatchObject({
      name: "GoneError",
      message: "it is gone",
      code: "ERR_TEST_GONE",
      status: 410,
      hint: "Look elsewhere.",
      cause,
    })
  })

  it("is a fault of the server unless it says otherwise, and has no cause unless given one", () => {
    const error = new PlainError("no")
    expect(error.status).toBe(500)
    expect(error.hint).toBeUndefined()
    expect("cause" in error).toBe(false)
  })
})
