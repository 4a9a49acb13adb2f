import { describe, expect, it } from "vitest"
import { staticChanged } from "./static-changed.ts"

const current = () => ["/assets/app-2.js", "/assets/app-2.css"]

describe("staticChanged", () => {
  it("is false for a page that tracks nothing, and where nobody told what is current", () => {
    expect(staticChanged(undefined, current)).toBe(false)
    expect(staticChanged(["http://a/assets/app-1.js"], null)).toBe(false)
  })

  it("looks at paths, whatever host and query they come with", () => {
    expect(staticChanged(["https://cdn.example/v/assets/app-2.js?vsn=d"], current)).toBe(false)
    expect(staticChanged(["http://a/assets/app-2.css", "http://a/assets/app-1.js"], current)).toBe(
      true,
    )
  })

  it("takes what is no address for an old one", () => {
    expect(staticChanged([1, null, "::"], current)).toBe(true)
    expect(staticChanged({ length: 1 }, current)).toBe(false)
  })
})
