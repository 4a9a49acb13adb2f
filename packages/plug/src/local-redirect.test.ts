import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { createConn, isLocal, requestSource } from "./index.ts"

const conn = createConn(requestSource(new Request("https://app.example/")))
const base = "https://app.example/somewhere/deep?q"
const staysHere = (to: string) => URL.parse(to, base)?.origin === "https://app.example"

// pieces that browsers treat in ways of their own
const piece = fc.constantFrom(
  "/",
  "\\",
  "//",
  "\t",
  "\n",
  "\r",
  " ",
  "\0",
  "\u0001",
  "\u00a0",
  "\u3000",
  "\u2028",
  ".",
  "..",
  "@",
  ":",
  "?",
  "#",
  "%09",
  "%0a",
  "%0d",
  "%2f",
  "%5c",
  "%00",
  "%20",
  "http:",
  "https:",
  "javascript:",
  "data:",
  "evil.example",
  "app.example",
  "a",
  "\uff0f",
  "\ufeff",
)
const address = fc.oneof(
  fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
  fc.string({ unit: "binary" }),
  fc.webUrl(),
)

describe("isLocal", () => {
  it("agrees to nothing that the URL Standard takes elsewhere", () => {
    fc.assert(
      fc.property(address, fc.constantFrom("", "/", "//", "/\t", "\\"), (text, prefix) => {
        const to = prefix + text
        if (isLocal(to)) expect(staysHere(to)).toBe(true)
      }),
      { numRuns: 20_000 },
    )
  })
  it("knows no scheme behind control characters and spaces", () => {
    for (let code = 0; code <= 0x20; code++) {
      for (const scheme of ["javascript:", "https://evil.example", "//evil.example", "data:,"]) {
        expect(isLocal(String.fromCharCode(code) + scheme)).toBe(false)
        expect(isLocal(`/${String.fromCharCode(code)}${scheme}`)).toBe(false)
      }
    }
  })
  it.each([
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "/%09/evil.example",
    "/%5cevil.example",
    "/%2fevil.example",
    "/..//evil.example",
    "https://app.example/",
    "evil.example",
    "",
    "?a",
    "#a",
    "javascript:alert(1)",
    "/a\u2028",
    "/\u0000",
  ])("refuses %j", (to) => {
    expect(isLocal(to)).toBe(false)
    expect(() => conn.redirect(to)).toThrow(expect.objectContaining({ code: "ERR_PLUG_REDIRECT" }))
  })
  it.each([
    "/",
    "/posts/1",
    "/posts/a%20b?next=https://else.example//#top",
    "/?a=\\u0026".replace("\\u0026", "%26"),
    "/@ada/~x",
    "/a;b=c,d",
  ])("takes %j", (to) => {
    expect(isLocal(to)).toBe(true)
    expect(staysHere(to)).toBe(true)
    expect(conn.redirect(to).header("location")).toBe(to)
  })
})

describe("conn.redirect", () => {
  const allow = ["https://accounts.example"]
  it("leads to other sites only when they are allowed", () => {
    const external = "https://accounts.example/login?x=1"
    expect(conn.redirect({ external, allow }).header("location")).toBe(external)
  })
  it.each([
    "https://accounts.example.evil.example/",
    "http://accounts.example/",
    "https://accounts.example:444/",
    "https://a@accounts.example/",
    "javascript:alert(1)",
    "//accounts.example/",
    "https://accounts.example\\@evil.example/",
    " https://accounts.example/",
    "https://accounts.example/\r\nset-cookie: a=b",
  ])("refuses the address %j", (external) => {
    expect(() => conn.redirect({ external, allow })).toThrow(
      expect.objectContaining({ code: "ERR_PLUG_REDIRECT" }),
    )
  })
  it.each(["javascript:alert(1)", "data:text/html,x", "ftp://files.example/"])(
    "refuses the address %j whatever is allowed",
    (external) => {
      // what has no origin of its own says "null"
      const allow = ["null", "ftp://files.example"]
      expect(() => conn.redirect({ external, allow })).toThrow("has the scheme")
    },
  )
  it("has no body that could be a page", () => {
    expect(conn.redirect("/").body).toBeNull()
  })
})
