import { describe, expect, it } from "vitest"
import { MAX_COOKIE_BYTES, parseCookies, serializeCookie } from "./index.ts"

describe("serializeCookie", () => {
  it("writes a cookie that scripts and other sites do not get", () => {
    expect(serializeCookie("id", "abc")).toBe("id=abc; Path=/; HttpOnly; SameSite=Lax")
  })
  it("writes all attributes", () => {
    const expires = new Date(0)
    const attributes = {
      domain: "example.com",
      path: "/a",
      maxAge: 60,
      expires,
      secure: true,
      httpOnly: false,
      sameSite: "None",
      partitioned: true,
    } as const
    expect(serializeCookie("id", "", attributes)).toBe(
      "id=; Path=/a; Domain=example.com; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Secure; SameSite=None; Partitioned",
    )
  })
  it.each(["", "a b", "a;b", "a=b", "a,b", "a\n", "ä", "a\0", '"a"'])(
    "refuses the name %j",
    (name) => {
      expect(() => serializeCookie(name, "x")).toThrow(
        expect.objectContaining({ code: "ERR_PLUG_COOKIE" }),
      )
    },
  )
  it.each(["a b", "a;b", "a,b", 'a"b', "a\\b", "a\r\nb", "ä", "\0"])(
    "refuses the value %j",
    (value) => {
      expect(() => serializeCookie("id", value)).toThrow(
        expect.objectContaining({ code: "ERR_PLUG_COOKIE" }),
      )
    },
  )
  it.each([
    { path: "/; HttpOnly" },
    { path: "a" },
    { path: "/\n" },
    { domain: "a; Secure" },
    { domain: "" },
    { domain: "a..b" },
    { maxAge: 1.5 },
    { maxAge: Number.NaN },
    { expires: new Date(Number.NaN) },
    { sameSite: "None" as const },
    { partitioned: true },
  ])("refuses the attributes %o", (attributes) => {
    expect(() => serializeCookie("id", "x", attributes)).toThrow(
      expect.objectContaining({ code: "ERR_PLUG_COOKIE" }),
    )
  })
  it("refuses an unknown sameSite from untyped code", () => {
    const attributes: object = { sameSite: "lax; Domain=evil" }
    expect(() => serializeCookie("id", "x", attributes)).toThrow(/sameSite/)
  })
  it("keeps the promises of prefixes, in whatever case", () => {
    expect(serializeCookie("__Host-id", "x", { secure: true })).toContain(
      "__Host-id=x; Path=/; Secure",
    )
    for (const attributes of [{}, { secure: true, path: "/a" }, { secure: true, domain: "a.b" }]) {
      expect(() => serializeCookie("__Host-id", "x", attributes)).toThrow(/bound to its host/)
      expect(() => serializeCookie("__host-id", "x", attributes)).toThrow(/bound to its host/)
    }
    expect(() => serializeCookie("__Secure-id", "x")).toThrow(/not secure/)
  })
  it("refuses what browsers would cut off", () => {
    const overhead = serializeCookie("id", "").length
    expect(serializeCookie("id", "x".repeat(MAX_COOKIE_BYTES - overhead))).toHaveLength(
      MAX_COOKIE_BYTES,
    )
    expect(() => serializeCookie("id", "x".repeat(MAX_COOKIE_BYTES - overhead + 1))).toThrow(
      /4097 bytes/,
    )
  })
})

describe("parseCookies", () => {
  it("reads names and values, the first of a name", () => {
    expect([...parseCookies('a=1; b="2"; a=3;c=;\td=x=y')]).toEqual([
      ["a", "1"],
      ["b", "2"],
      ["c", ""],
      ["d", "x=y"],
    ])
    expect(parseCookies(null).size).toBe(0)
  })
  it("takes no nameless cookie for one with a prefix", () => {
    expect(parseCookies("=__Host-session=evil; __Host-session").size).toBe(0)
  })
  it("knows names of Object.prototype only when they were sent", () => {
    const cookies = parseCookies("__proto__=1; constructor=2")
    expect(cookies.get("toString")).toBeUndefined()
    expect(cookies.get("__proto__")).toBe("1")
  })
  it("reads no more cookies than browsers send", () => {
    const many = Array.from({ length: 1000 }, (_, index) => `c${index}=1`).join(";")
    expect(parseCookies(many).size).toBe(200)
  })
})
