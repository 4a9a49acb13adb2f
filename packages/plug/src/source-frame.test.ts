import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { sourceFrame } from "./source-frame.ts"

const here = fileURLToPath(import.meta.url)
const root = fileURLToPath(new URL("../", import.meta.url))
/** An error whose stack is as V8 writes it. */
const thrown = (message: string, ...frames: readonly string[]) =>
  Object.assign(new Error(message), {
    stack: [`Error: ${message}`, ...frames.map((frame) => `    at ${frame}`)].join("\n"),
  })

describe("sourceFrame", () => {
  it("shows the app's own lines around an error", () => {
    const frame = sourceFrame(new Error("here"), root)
    expect(frame?.file).toBe("src/source-frame.test.ts")
    expect(frame?.lines.find(({ number }) => number === frame.line)?.text).toContain(
      'new Error("here")',
    )
  })
  it("reads frames with and without names and schemes, and passes over those of others", () => {
    for (const place of [
      `file://${here}:1:1`,
      `${here}:1:1`,
      `name (${here}:1:1)`,
      `async Object.name [as x] (file://${here}:1:1)`,
    ]) {
      const frame = sourceFrame(
        thrown(
          "x",
          "node:internal/x:1:1",
          "fn (/app/node_modules/a/index.js:1:1)",
          "native",
          place,
        ),
        root,
      )
      expect(frame).toMatchObject({ file: "src/source-frame.test.ts", line: 1 })
    }
  })
  it("reads no file that only a message names, and none outside of the app", () => {
    expect(sourceFrame(thrown(`x\n    at (${here}:1:1)`), root)).toBeNull()
    expect(sourceFrame(thrown("x", "fn (/etc/passwd:1:1)"), root)).toBeNull()
    expect(sourceFrame(thrown("x", `fn (${root}../../package.json:1:1)`), root)).toBeNull()
  })
  it("says nothing about what it cannot read", () => {
    expect(
      sourceFrame(
        thrown("x", `fn (${root}gone.ts:1:1)`, `fn (${here}:99999:1)`, `fn (${here}:0:1)`),
        root,
      ),
    ).toBeNull()
    expect(sourceFrame(Object.assign(new Error("x"), { stack: undefined }), root)).toBeNull()
  })
})
