import { validate } from "@bennu/core"
import { describe, expect, it } from "vitest"
import { formParams } from "./index.ts"

const parse = (value: unknown, name?: string) => validate(formParams(name), value)

describe("formParams", () => {
  it("keeps all that a form sent, with the marks of unused fields", () => {
    const sent = { title: "a", _unused_title: "", tags: ["x", "y"], steps: { 0: { title: "t" } } }
    expect(parse(sent)).toEqual({ ok: true, value: sent })
    expect(parse({ article: sent, _target: ["article", "title"] }, "article")).toEqual({
      ok: true,
      value: sent,
    })
  })

  it("takes a form that sent nothing", () => {
    expect(parse({}, "article")).toEqual({ ok: true, value: {} })
  })

  it("makes text of what a command added", () => {
    expect(parse({ page: 2, all: true, none: null })).toEqual({
      ok: true,
      value: { page: "2", all: "true", none: "" },
    })
  })

  it("keeps no prototype, so that no key is special", () => {
    const result = parse(JSON.parse('{"a":{"__proto__":{"admin":"1"}}}'))
    expect(result).toMatchObject({ ok: true })
    const a: unknown = result instanceof Promise || !result.ok ? null : result.value["a"]
    expect(Reflect.get(Object(a), "admin")).toBeUndefined()
    expect(Reflect.get({}, "admin")).toBeUndefined()
    expect(parse({}, "constructor")).toEqual({ ok: true, value: {} })
  })

  const deep = () => {
    let value: unknown = "x"
    for (let depth = 0; depth < 10_000; depth++) value = { a: value }
    return value
  }
  it.each([
    ["text", "x"],
    ["a list", []],
    ["nothing", null],
    ["a list in a list", { a: [["x"]] }],
    ["a function", { a: () => "x" }],
    ["what is nested without end", deep()],
    ["more values than anyone types", { a: Array(20_000).fill("x") }],
  ])("refuses %s", (_, sent) => {
    expect(parse(sent)).toMatchObject({ ok: false })
    expect(parse({ article: sent }, "article")).toMatchObject({ ok: false })
  })
})
