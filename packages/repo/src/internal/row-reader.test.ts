import { spawnSync } from "node:child_process"
import { describe, expect, it } from "vitest"
import { rowReader } from "./row-reader.ts"

describe("a reader of rows", () => {
  it("makes a row of texts, from where they begin", () => {
    const read = rowReader(["id", "name"], [Number, undefined], 1)
    expect(read(["of another", "7", "Ada"])).toEqual({ id: 7, name: "Ada" })
    expect(read(["of another", null, null])).toEqual({ id: null, name: null })
  })

  it("takes any name for what it is, and none for code", () => {
    const names = ["__proto__", 'a"], x: [0', "`", "a\u2028b", "constructor", "\\"]
    const read = rowReader(
      names,
      names.map(() => undefined),
      0,
    )
    const row = read(["1", "2", "3", "4", "5", "6"])
    expect(Object.entries(row)).toEqual(names.map((name, at) => [name, String(at + 1)]))
    expect(Object.getPrototypeOf(row)).toBe(Object.prototype)
  })

  it("makes the same rows where code may not be made of text", () => {
    const script = `
      import { rowReader } from ${JSON.stringify(new URL("./row-reader.ts", import.meta.url).href)}
      console.log(JSON.stringify(rowReader(["id", "__proto__"], [Number, undefined], 0)(["7", null])))`
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ["--disallow-code-generation-from-strings", "--input-type=module", "-e", script],
      { encoding: "utf8" },
    )
    expect(stderr).toBe("")
    expect(stdout.trim()).toBe('{"id":7,"__proto__":null}')
  })
})
