import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { checkFiles } from "./index.ts"

const folder = mkdtempSync(join(tmpdir(), "bennu-templates-"))
afterAll(() => rmSync(folder, { recursive: true }))
const write = (file: string, markup: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(
    join(folder, file),
    `import { html, raw } from "@bennu/html"\nexport const page = html\`${markup}\``,
  )
}

describe("checkFiles", () => {
  it("tells of each problem and of each raw(), by file and line", () => {
    write("src/a.ts", "<p></p>")
    write("src/deep/b.tsx", "<p>$" + '{raw("<b>")}\n<div></div></p>')
    expect(checkFiles(["src/**"], folder)).toEqual({
      problems: ["src/deep/b.tsx:3: <div> ends the <p> that it stands in [nesting]"],
      raws: ["src/deep/b.tsx:2"],
      passed: 1,
    })
  })

  it("finds raw() a problem where it may not vouch for markup", () => {
    write("vouching/a.ts", "<p>$" + '{raw("<b>")}</p>')
    write("vouching/deep/b.ts", "<p>\n$" + '{raw("<b>")}</p>')
    const problemsWith = (raw: readonly string[]) =>
      checkFiles(["vouching/**"], folder, { raw }).problems
    const said = "raw() vouches for markup, where it is not allowed to [raw]"
    expect(problemsWith([])).toEqual([`vouching/a.ts:2: ${said}`, `vouching/deep/b.ts:3: ${said}`])
    expect(problemsWith(["vouching/a.ts"])).toEqual([`vouching/deep/b.ts:3: ${said}`])
    expect(problemsWith(["vouching/**"])).toEqual([])
  })

  it("leaves out tests, declarations, and what is installed or built", () => {
    for (const file of ["a.test.ts", "a.d.ts", "node_modules/a/b.ts", "dist/a.js", "a.css"]) {
      write(`other/${file}`, "<p>")
    }
    expect(checkFiles(["other/**"], folder)).toEqual({ problems: [], raws: [], passed: 0 })
  })
})
