import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { link, redirect } from "./index.ts"

const site = "https://site.example"
const nasty = fc.constantFrom(
  ..."/\\:@?#.%09aZ\t\n\r\0\u0001\u00a0\u2028 ".split(""),
  ..."//|/\\|javascript:|https://evil.example|data:|vbscript:|%2f|%5c|evil.example|/%09/".split(
    "|",
  ),
)
const address = fc.array(nasty, { maxLength: 8 }).map((parts) => parts.join(""))
const accepted = (run: () => unknown) => {
  try {
    run()
    return true
  } catch {
    return false
  }
}

describe("redirect", () => {
  it("takes nothing for a path of this site that a browser takes for another's", () => {
    fc.assert(
      fc.property(address, (to) => {
        if (!accepted(() => redirect(to))) return
        expect(new URL(to, site).origin).toBe(site)
        expect(to.startsWith("/")).toBe(true)
      }),
      { numRuns: 5000 },
    )
  })

  it.each(["/", "/todos?page=2#top", "/a%2Fb", "/ä"])("takes %s", (to) => {
    expect(redirect(to).to).toBe(to)
  })
})

describe("link", () => {
  it("takes nothing for an address that a browser would run", () => {
    fc.assert(
      fc.property(address, (to) => {
        if (!accepted(() => link({ href: to }))) return
        expect(new URL(to, site).protocol).toMatch(/^(https?|mailto|tel|sms|xmpp|geo):$/)
      }),
      { numRuns: 5000 },
    )
  })
})
