import { describe, expect, it } from "vitest"
import { type OriginPolicy, originCheck } from "./origin.ts"
import { upgradeRequest } from "./testing.ts"

const check = (policy: OriginPolicy, origin: string | null, own = "https://example.com") =>
  originCheck(policy)(upgradeRequest({ origin: own, headers: origin === null ? {} : { origin } }))

/** Origins that look like https://example.com and are not. */
const lookAlikes = [
  "null",
  "",
  "https://",
  "example.com",
  "//example.com",
  "https:example.com",
  "https:/example.com",
  "https:///example.com",
  "https:\\\\example.com",
  "https://example.com.evil.test",
  "https://evil-example.com",
  "https://evilexample.com",
  "https://example.community",
  "https://example.com@evil.test",
  "https://evil.test@example.com",
  "https://evil.test\\@example.com",
  "https://evil.test/example.com",
  "https://evil.test#example.com",
  "https://evil.test?example.com",
  "https://example.com/",
  "https://example.com/path",
  "https://example.com evil.test",
  "https://evil.test, https://example.com",
  "https://example.com, https://evil.test",
  "https://example.com:",
  "https://example.com:443:443",
  "https://example.com:443x",
  "https://example.com.",
  "https://.example.com",
  "https://ex%61mple.com",
  "https://example..com",
  "https://xn--xample-2of.com",
  "javascript://example.com",
  "data:https://example.com",
]

describe("the origin check", () => {
  it("lets clients through that send no Origin: they are no browsers", () => {
    for (const policy of ["conn", true, false, ["https://example.com"], () => false] as const) {
      expect(check(policy, null)).toBe(true)
    }
  })

  it.each(lookAlikes)("refuses %j", (origin) => {
    expect(check("conn", origin)).toBe(false)
    expect(check(["https://example.com"], origin)).toBe(false)
    expect(check(["https://*.example.com"], origin)).toBe(false)
    if (origin !== "javascript://example.com") expect(check(true, origin)).toBe(false)
  })

  it.each([
    ["https://example.com", "https://example.com", true],
    ["https://example.com", "https://EXAMPLE.com:443", true],
    ["https://example.com", "http://example.com", false],
    ["https://example.com", "https://example.com:8443", false],
    ["https://example.com", "https://www.example.com", false],
    ["http://localhost:4000", "http://localhost:4000", true],
    ["http://localhost:4000", "http://localhost:3000", false],
    ["http://localhost:4000", "http://127.0.0.1:4000", false],
    ["http://[::1]:4000", "http://[::1]:4000", true],
  ])('"conn" on %s answers %s with %s', (own, origin, allowed) => {
    expect(check("conn", origin, own)).toBe(allowed)
  })

  it.each([
    ["http://example.com:8080", true],
    ["https://www.example.com", false],
    ["https://evil.test", false],
  ])("true compares the host alone: %s is %s", (origin, allowed) => {
    expect(check(true, origin)).toBe(allowed)
  })

  it.each([
    ["//example.com", "http://example.com:81", true],
    ["//example.com", "https://www.example.com", false],
    ["//example.com:81", "https://example.com:81", true],
    ["//example.com:81", "https://example.com", false],
    ["https://example.com", "https://example.com:443", true],
    ["https://example.com", "https://example.com:8443", false],
    ["//*.example.com", "https://example.com", true],
    ["//*.example.com", "http://a.b.example.com:5", true],
    ["//*.example.com", "https://notexample.com", false],
    ["//*.example.com", "https://example.com.evil.test", false],
    ["https://*.example.com", "http://a.example.com", false],
    ["capacitor://localhost", "capacitor://localhost", true],
    ["capacitor://localhost", "http://localhost", false],
  ])("with %s in a list answers %s with %s", (entry, origin, allowed) => {
    expect(check(["https://else.test", entry], origin)).toBe(allowed)
  })

  it.each(["example.com", "https://*", "https://a.*.com", "//", "*", "https://example.com/path"])(
    "may not be given %j as an entry",
    (entry) => {
      expect(() => originCheck([entry])).toThrow("is not an origin")
    },
  )

  it("can be a function, which is given what a browser can have sent and nothing else", () => {
    const seen: unknown[] = []
    const policy = (origin: object) => seen.push(origin) > 0
    expect(check(policy, "app+x://Host:5")).toBe(true)
    expect(check(policy, "https://a@b")).toBe(false)
    expect(seen).toEqual([{ scheme: "app+x", host: "host", port: "5" }])
  })

  it("can be turned off", () => {
    expect(check(false, "https://evil.test")).toBe(true)
  })
})
