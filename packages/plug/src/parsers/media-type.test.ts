import { describe, expect, it } from "vitest"
import { parseMediaType } from "../parsers.ts"

describe("parseMediaType", () => {
  it.each([
    ["application/json", "application/json", {}],
    ["Application/JSON", "application/json", {}],
    ["text/plain;charset=UTF-8", "text/plain", { charset: "UTF-8" }],
    ["text/plain ;\tCharset = x".replace(" = ", "="), "text/plain", { charset: "x" }],
    ['text/plain; a="b;\\"c,"', "text/plain", { a: 'b;"c,' }],
    ['multipart/form-data; boundary=""', "multipart/form-data", { boundary: "" }],
    ["text/plain;", "text/plain", {}],
    ["text/plain; ;a=b", "text/plain", { a: "b" }],
    ["application/vnd.api+json", "application/vnd.api+json", {}],
  ])("reads %j", (text, essence, parameters) => {
    const type = parseMediaType(text)
    expect(type?.essence).toBe(essence)
    expect(Object.fromEntries(type?.parameters ?? [])).toEqual(parameters)
  })
  it.each([
    "",
    " ",
    "application",
    "application/",
    "/json",
    "application/json/x",
    "application /json",
    "application/ json",
    "application/json x",
    "application/json\ta",
    "application/json, text/plain",
    "application/json;charset",
    "application/json;charset=",
    "application/json;=x",
    "application/json;a=b;A=c",
    'application/json;a="b',
    'application/json;a="b"c',
    "application/json;a=b c",
    "application/json\0",
    "application/json\n",
    "applicätion/json",
    "application/json;a=\u0001",
    'a/b;a="\u0001"',
    "application/json;charset =utf-8",
  ])("does not guess what %j means", (text) => {
    expect(parseMediaType(text)).toBeNull()
  })
})
