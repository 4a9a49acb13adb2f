import { describe, expect, it } from "vitest"
import { Reply } from "./index.ts"

const reply = new Reply(200, [["content-type", "text/plain"]], "häuser")

describe("Reply", () => {
  it("is another after each change", () => {
    const other = reply.withStatus(201).withHeader("X-Name", "a").withHeader("x-name", "b")
    expect(reply.headers).toEqual([["content-type", "text/plain"]])
    expect(other.status).toBe(201)
    expect(other.headers).toEqual([
      ["content-type", "text/plain"],
      ["x-name", "b"],
    ])
  })
  it("keeps several cookies", () => {
    const { headers } = reply.withCookie("a", "1").withCookie("b", "2")
    expect(headers.filter(([name]) => name === "set-cookie")).toHaveLength(2)
  })
  it.each([
    ["na me", "x"],
    ["", "x"],
    ["name:", "x"],
    ["name", "a\r\nset-cookie: b=c"],
    ["name", "a\nb"],
    ["name", "a\0b"],
    ["name", "☃"],
  ])("refuses the header %j: %j", (name, value) => {
    expect(() => reply.withHeader(name, value)).toThrow(
      expect.objectContaining({ code: "ERR_PLUG_HEADER" }),
    )
  })
  it("refuses a status that is none", () => {
    for (const status of [0, 99, 101, 600, 200.5, Number.NaN]) {
      expect(() => reply.withStatus(status)).toThrow(RangeError)
    }
  })
  it("without its body tells how long it would be", () => {
    expect(reply.withoutBody().header("content-length")).toBe("7")
    expect(reply.withoutBody().body).toBeNull()
  })
  it("is known by its kind and not by its shape", () => {
    expect(Reply.is(reply)).toBe(true)
    expect(Reply.is({ status: 200, headers: [], body: null })).toBe(false)
  })
})
