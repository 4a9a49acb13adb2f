import { describe, expect, it } from "vitest"
import { bare, isBare } from "./index.ts"

describe("bare", () => {
  it("knows no name that was not put into it, whatever Object.prototype knows", () => {
    const table = bare<string>()
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      expect(table[name]).toBeUndefined()
      expect(name in table).toBe(false)
    }
  })
  it("takes every name for a name", () => {
    const table = bare<string>()
    const proto = "__proto__"
    table[proto] = "a"
    table["constructor"] = "b"
    expect(Object.entries(table)).toEqual([
      ["__proto__", "a"],
      ["constructor", "b"],
    ])
    expect(isBare(table)).toBe(true)
    expect(bare()[proto]).toBeUndefined()
  })
  it("is told from what only looks like it", () => {
    expect(isBare(Object.create(null))).toBe(false)
    expect(isBare({})).toBe(false)
  })
  it("lets nobody give all of them something to inherit", () => {
    expect(() => Object.assign(Object.getPrototypeOf(bare()), { admin: true })).toThrow(TypeError)
  })
})
