import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { decodeForm } from "../parsers.ts"

const plain = (text: string) => JSON.parse(JSON.stringify(decodeForm(text)))
const malformed = expect.objectContaining({ code: "ERR_PLUG_MALFORMED", status: 400 })
const tooLarge = expect.objectContaining({ code: "ERR_PLUG_PAYLOAD_TOO_LARGE", status: 413 })

describe("decodeForm", () => {
  // what Plug.Conn.Query and Rack::QueryParser make of it
  it.each([
    ["", {}],
    ["&&", {}],
    ["a=1", { a: "1" }],
    ["a", { a: "" }],
    ["a=", { a: "" }],
    ["=a", { "": "a" }],
    ["a=1&a=2", { a: "2" }],
    ["a=b=c", { a: "b=c" }],
    ["a+b=c+d%20e", { "a b": "c d e" }],
    ["%E2%82%AC=%C3%A4", { "€": "ä" }],
    ["a[]=1&a[]=2", { a: ["1", "2"] }],
    ["a%5B%5D=1", { a: ["1"] }],
    ["a[b]=1&a[c]=2", { a: { b: "1", c: "2" } }],
    ["a[b][c]=1", { a: { b: { c: "1" } } }],
    ["a[b][]=1&a[b][]=2", { a: { b: ["1", "2"] } }],
    ["a[0][b]=1&a[10][b]=2", { a: { 0: { b: "1" }, 10: { b: "2" } } }],
    ["a[][b]=1&a[][c]=2&a[][b]=3", { a: [{ b: "1", c: "2" }, { b: "3" }] }],
    ["a[][b][c]=1&a[][b][d]=2&a[][b][c]=3", { a: [{ b: { c: "1", d: "2" } }, { b: { c: "3" } }] }],
    ["a[][b][]=1&a[][b][]=2", { a: [{ b: ["1", "2"] }] }],
    ["a=&a[]=1", { a: ["1"] }],
    ["a=&a[b]=1", { a: { b: "1" } }],
    ["a[=1", { "a[": "1" }],
    ["a]=1", { "a]": "1" }],
    ["[a]=1", { "[a]": "1" }],
    ["a[b]c=1", { "a[b]c": "1" }],
    ["a[b]c[d]=1", { "a[b]c[d]": "1" }],
    ["a[b[c]]=1", { "a[b[c]]": "1" }],
  ])("decodes %j", (text, values) => {
    expect(plain(text)).toEqual(values)
  })
  it.each(["a=%", "a=%zz", "%=a", "a=%ff", "a=%c0%af", "a=%ed%a0%80"])(
    "refuses %j, which is no UTF-8",
    (text) => {
      expect(() => decodeForm(text)).toThrow(malformed)
    },
  )
  it.each([
    "a=1&a[]=1",
    "a=1&a[b]=1",
    "a[]=1&a=1",
    "a[]=1&a=",
    "a[b]=1&a=1",
    "a[]=1&a[b]=1",
    "a[b]=1&a[]=1",
    "a[][]=1",
  ])("refuses %j, where names contradict one another", (text) => {
    expect(() => decodeForm(text)).toThrow(malformed)
  })
  it.each([
    "__proto__=1",
    "__proto__[a]=1",
    "a[__proto__]=1",
    "a[__proto__][b]=1",
    "a[][__proto__]=1",
    "%5F_proto__=1",
  ])("refuses %j", (text) => {
    expect(() => decodeForm(text)).toThrow(malformed)
  })
  it("takes the other names of Object.prototype for names", () => {
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      if (name === "__proto__") continue
      const form = decodeForm(`${name}=1&a[${name}][b]=2`)
      expect(form[name]).toBe("1")
      expect(JSON.stringify(form["a"])).toBe(`{"${name}":{"b":"2"}}`)
    }
    expect(decodeForm("a=1")["toString"]).toBeUndefined()
    expect(({} as { b?: string }).b).toBeUndefined()
  })
  it("is bounded in pairs, depth and length of lists", () => {
    expect(Object.keys(decodeForm("a&b&c", { maxPairs: 3 }))).toHaveLength(3)
    expect(() => decodeForm("a&b&c&d", { maxPairs: 3 })).toThrow(tooLarge)
    expect(() => decodeForm("a=1&".repeat(1001))).toThrow(tooLarge)
    expect(plain("a[b][c][d][e][f]=1")).toEqual({ a: { b: { c: { d: { e: { f: "1" } } } } } })
    expect(() => decodeForm("a[b][c][d][e][f][g]=1")).toThrow(tooLarge)
    expect(() => decodeForm(`a${"[b]".repeat(100_000)}=1`)).toThrow(tooLarge)
    expect(plain("a[]=1&".repeat(100)).a).toHaveLength(100)
    expect(() => decodeForm("a[]=1&".repeat(101))).toThrow(tooLarge)
    expect(() => decodeForm("a[][b]=1&".repeat(101))).toThrow(tooLarge)
  })
  it("makes no list longer because of a number in a name", () => {
    expect(plain("a[4294967294]=1")).toEqual({ a: { 4294967294: "1" } })
  })
  it("agrees with URLSearchParams about names without brackets", () => {
    const name = fc
      .string({ unit: "grapheme", minLength: 1 })
      .filter((text) => !/[[\]]/.test(text) && text !== "__proto__" && text.isWellFormed())
    const value = fc.string({ unit: "grapheme" }).filter((text) => text.isWellFormed())
    fc.assert(
      fc.property(fc.array(fc.tuple(name, value), { maxLength: 20 }), (pairs) => {
        const text = new URLSearchParams(pairs).toString()
        expect({ ...decodeForm(text) }).toEqual(Object.fromEntries(pairs))
      }),
    )
  })
  it("answers anything with values or with an error of its own", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom("a", "b", "[", "]", "[]", "=", "&", "%", "%5B", "+", "\0", "é")),
        (pieces) => {
          try {
            decodeForm(pieces.join(""))
          } catch (error) {
            expect(error).toMatchObject({ code: expect.stringMatching(/^ERR_PLUG_/) })
          }
        },
      ),
      { numRuns: 5000 },
    )
  })
})
