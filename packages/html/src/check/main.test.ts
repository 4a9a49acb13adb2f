import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, it } from "vitest"

const run = (...args: readonly string[]) =>
  spawnSync(
    process.execPath,
    ["--conditions=@bennu/source", fileURLToPath(new URL("main.ts", import.meta.url)), ...args],
    { encoding: "utf8" },
  )

it("says how it is used", () => {
  const { status, stdout } = run("--help")
  expect(status).toBe(0)
  expect(stdout).toContain("--raw FILE")
})

it.each([
  [[], "No file is named."],
  [["--strict", "a.ts"], "Unknown option '--strict'"],
])("tells with %j what is wrong, and how it is used", (args, message) => {
  const { status, stderr } = run(...args)
  expect(status).toBe(1)
  expect(stderr).toContain(message)
  expect(stderr).toContain("--raw FILE")
  expect(stderr).not.toContain("at parseArgs")
})
