import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { describe, expect, it, onTestFinished } from "vitest"
import { makeDirectory } from "./index.ts"

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "bennu-directory-"))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

describe("makeDirectory", () => {
  it("makes what is missing above it, with its mode", () => {
    const base = directory()
    makeDirectory(join(base, "a", "b", "c"), 0o700)
    expect(statSync(join(base, "a", "b", "c")).mode & 0o777).toBe(0o700)
    expect(statSync(join(base, "a")).mode & 0o777).toBe(0o700)
  })

  it("leaves a directory that is there as it is", () => {
    const base = directory()
    const { mode } = statSync(base)
    makeDirectory(base, 0o755)
    expect(statSync(base).mode).toBe(mode)
  })

  it("throws where a file has the name, or is on the way", () => {
    const file = join(directory(), "file")
    writeFileSync(file, "")
    for (const path of [file, join(file, "a")]) {
      expect(() => makeDirectory(path)).toThrow(
        expect.objectContaining({
          code: "ERR_CORE_DIRECTORY",
          path,
          hint: `Let this user write to ${dirname(path)}, or choose another place.`,
        }),
      )
    }
  })

  it.runIf(existsSync("/proc/self"))("throws where nobody may make one", () => {
    expect(() => makeDirectory("/proc/nope/deeper")).toThrow(
      expect.objectContaining({ code: "ERR_CORE_DIRECTORY", path: "/proc/nope" }),
    )
  })
})
