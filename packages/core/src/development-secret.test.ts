import { execFile } from "node:child_process"
import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest"
import { developmentSecret } from "./index.ts"

describe("developmentSecret", () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "bennu-secret-"))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it("makes a secret once, in a directory it creates, that only its owner can read", () => {
    const file = join(directory, "deep", ".data", "secret")
    const secret = developmentSecret(file)
    expect(Buffer.byteLength(secret)).toBeGreaterThanOrEqual(64)
    expect(developmentSecret(file)).toBe(secret)
    expect(readFileSync(file, "utf8").trim()).toBe(secret)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readdirSync(join(directory, "deep", ".data"))).toEqual(["secret"])
  })

  it("makes another secret for another file", () => {
    expect(developmentSecret(join(directory, "a"))).not.toBe(
      developmentSecret(join(directory, "b")),
    )
  })

  it("is the same for processes that start at once", { timeout: 20_000 }, async () => {
    const file = join(directory, "secret")
    const source = `import { developmentSecret } from ${JSON.stringify(new URL("./development-secret.ts", import.meta.url).href)}
      console.log(developmentSecret(process.argv[1]))`
    const start = async () => {
      const args = ["--conditions=@bennu/source", "--input-type=module", "-e", source, file]
      const { stdout } = await promisify(execFile)(process.execPath, args)
      return stdout.trim()
    }
    const secrets = await Promise.all([start(), start(), start(), start()])
    expect(new Set(secrets)).toEqual(new Set([developmentSecret(file)]))
    expect(readdirSync(directory)).toEqual(["secret"])
  })

  it("refuses production, even if a file is there, and says what to set", () => {
    const file = join(directory, "secret")
    developmentSecret(file)
    vi.stubEnv("NODE_ENV", "production")
    onTestFinished(() => void vi.unstubAllEnvs())
    expect(() => developmentSecret(file)).toThrow(
      expect.objectContaining({
        code: "ERR_CORE_SECRET_MISSING",
        hint: expect.stringContaining("SECRET_KEY_BASE"),
      }),
    )
    vi.unstubAllEnvs()
    expect(() => developmentSecret(file, { production: true })).toThrow(/production/)
  })

  it.each(["", "short", "\n\n"])("refuses a file that holds %j, without printing it", (content) => {
    const file = join(directory, "secret")
    writeFileSync(file, content)
    expect(() => developmentSecret(file)).toThrow(
      expect.objectContaining({
        code: "ERR_CORE_SECRET_FILE",
        file,
        hint: `Delete it and start again: rm ${file}`,
      }),
    )
  })

  it("says what to do when the file cannot be kept", () => {
    const file = join(directory, "a file", "secret")
    writeFileSync(join(directory, "a file"), "")
    for (const impossible of [file, directory]) {
      expect(() => developmentSecret(impossible)).toThrow(
        expect.objectContaining({
          code: "ERR_CORE_SECRET_FILE",
          file: impossible,
          hint: expect.stringMatching(/^Let this user write to .* or set SECRET_KEY_BASE/),
          cause: expect.any(Error),
        }),
      )
    }
  })

  it("takes reading rights from others, when they got them", () => {
    const file = join(directory, "secret")
    const secret = developmentSecret(file)
    chmodSync(file, 0o644)
    expect(developmentSecret(file)).toBe(secret)
    expect(statSync(file).mode & 0o077).toBe(0)
  })
})
