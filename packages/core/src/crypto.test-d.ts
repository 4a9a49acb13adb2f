import { describe, expectTypeOf, it } from "vitest"
import { sealer, signer, type TokenCode } from "./crypto.ts"

describe("the types of core/crypto", () => {
  it("give back data that is unknown until a schema has looked at it", () => {
    const { verify } = signer("", "")
    const result = verify("")
    if (result.ok) expectTypeOf(result.value).toEqualTypeOf<unknown>()
    else expectTypeOf(result.error.code).toEqualTypeOf<TokenCode>()
  })

  it("take a purpose: there are no keys for everything", () => {
    // @ts-expect-error a purpose keeps tokens of different uses apart
    signer("")
    // @ts-expect-error a purpose keeps tokens of different uses apart
    sealer(["", ""])
  })
})
