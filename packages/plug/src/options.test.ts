import { describe, expect, it } from "vitest"
import { securityHeaders } from "./headers.ts"
import { createConn, pipeline, protectFromForgery, requestSource, scope, session } from "./index.ts"
import { decodeForm, parseJson, readBody } from "./parsers.ts"
import { staticFiles } from "./static.ts"

describe("options", () => {
  it("that do not exist are refused, and those that do are named", () => {
    // a variable, so that only the run time can tell
    const mistyped = { secret: "s".repeat(64), dir: ".", trustedOrigin: [] }
    const { secret, dir } = mistyped
    const refused = (known: string) =>
      expect.objectContaining({ code: "ERR_CORE_OPTIONS", hint: expect.stringContaining(known) })
    const extra: object = { maxage: 1 }
    expect(() => session({ secret, ...extra })).toThrow(refused("maxAge"))
    expect(() => protectFromForgery({ ...extra })).toThrow(refused("trustedOrigins"))
    expect(() => securityHeaders({ ...extra })).toThrow(refused("hsts"))
    expect(() => staticFiles({ dir, ...extra })).toThrow(refused("prefix"))
    expect(() => scope("/", pipeline(), { ...extra }, [])).toThrow(refused("layout"))
  })
  it("that bound nothing are refused", async () => {
    const request = () => new Request("http://localhost/", { method: "POST", body: "1" })
    expect(() => createConn(requestSource(request()), { maxBodySize: Number.NaN })).toThrow(
      RangeError,
    )
    for (const limit of ["maxPairs", "maxDepth", "maxItems"])
      expect(() => decodeForm("a", { [limit]: Number.NaN })).toThrow(RangeError)
    expect(() => parseJson("1", { maxDepth: Number.NaN })).toThrow(RangeError)
    await expect(readBody(request(), { maxBytes: Number.NaN })).rejects.toThrow(RangeError)
  })
})
