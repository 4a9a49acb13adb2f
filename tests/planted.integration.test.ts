import { spawnSync } from "node:child_process"
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { afterEach, describe, expect, it } from "vitest"
import { root } from "./workspace.ts"

const made: string[] = []
afterEach(() => {
  for (const folder of made.splice(0)) rmSync(folder, { recursive: true, force: true })
})

/** A folder of packages with one package in it, packed as ours are; `files` come on top of a sound one. */
function packed(
  manifest: object,
  files: Record<string, string>,
): { packages: string; tarball: string } {
  const packages = mkdtempSync(join(tmpdir(), "bennu-planted-"))
  made.push(packages)
  const folder = join(packages, "planted")
  const entry = { types: "./dist/index.d.ts", default: "./dist/index.js" }
  const sound = {
    name: "@bennu/planted",
    version: "0.1.0",
    license: "MIT",
    type: "module",
    files: ["dist"],
    exports: { ".": entry },
  }
  const all = {
    "package.json": JSON.stringify({ ...sound, ...manifest }),
    "dist/index.js": "export const one = 1\n",
    "dist/index.d.ts": "export declare const one: number\n",
    ...files,
  }
  for (const [path, text] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), text)
  }
  const pack = spawnSync("npm", ["pack", "--pack-destination", folder], {
    cwd: folder,
    encoding: "utf8",
  })
  if (pack.status !== 0) throw new Error(pack.stderr)
  const tarball = join(folder, "package.tgz")
  spawnSync("mv", [join(folder, "bennu-planted-0.1.0.tgz"), tarball])
  return { packages, tarball }
}

const bin = (name: string) => join(root, "node_modules/.bin", name)
const check = (command: string, ...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: "utf8" })
  return { passed: status === 0, said: stdout + stderr }
}
const installsAlone = (packages: string) =>
  check("node", join(root, "scripts/check-install.mjs"), packages)

describe("the check of packages installed alone", () => {
  it("passes a sound package", { timeout: 60_000 }, () => {
    expect(installsAlone(packed({}, {}).packages)).toMatchObject({ passed: true })
  })

  it("fails a package that uses what it does not declare", { timeout: 60_000 }, () => {
    const { packages } = packed(
      {},
      { "dist/index.js": 'import "@bennu/undeclared"\nexport const one = 1\n' },
    )
    const { passed, said } = installsAlone(packages)
    expect(passed).toBe(false)
    expect(said).toContain("Cannot find package '@bennu/undeclared'")
  })

  it("fails a package that forgot to pack an entry", { timeout: 60_000 }, () => {
    const entry = { types: "./lib/index.d.ts", default: "./lib/index.js" }
    const { packages } = packed({ exports: { ".": entry } }, {})
    expect(installsAlone(packages).passed).toBe(false)
  })

  it("fails a package whose program does not start", { timeout: 60_000 }, () => {
    const { packages } = packed(
      { bin: { planted: "./dist/main.js" } },
      { "dist/main.js": "#!/usr/bin/env node\nimport './forgotten.js'\n" },
    )
    const { passed, said } = installsAlone(packages)
    expect(passed).toBe(false)
    expect(said).toContain("planted --help ended with 1")
  })

  it("fails a package whose declarations name what it does not declare", {
    timeout: 60_000,
  }, () => {
    const { packages } = packed(
      {},
      {
        "dist/index.d.ts":
          'export type { One } from "@bennu/undeclared"\nexport declare const one: number\n',
      },
    )
    expect(installsAlone(packages).passed).toBe(false)
  })
})

describe("publint and are-the-types-wrong", () => {
  it("pass a sound package", { timeout: 60_000 }, () => {
    const { tarball } = packed({}, {})
    expect(check(bin("publint"), "--strict", tarball)).toMatchObject({ passed: true })
    expect(check(bin("attw"), "--profile", "esm-only", tarball)).toMatchObject({ passed: true })
  })

  it("fail an entry that is not there, and types that are not there", { timeout: 60_000 }, () => {
    const missing = packed({ exports: { ".": "./dist/nowhere.js" } }, {})
    expect(check(bin("publint"), "--strict", missing.tarball).passed).toBe(false)
    const untyped = packed(
      { exports: { ".": { types: "./dist/nowhere.d.ts", default: "./dist/index.js" } } },
      {},
    )
    expect(check(bin("attw"), "--profile", "esm-only", untyped.tarball).passed).toBe(false)
  })
})

describe("the linter", () => {
  const lint = (files: Record<string, string>) => {
    // inside of the workspace, where its configuration holds; the folder is no package and is removed at once
    const folder = mkdtempSync(join(root, "packages/core/src/planted-"))
    made.push(folder)
    for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text)
    return check(bin("biome"), "lint", "--colors=off", "--vcs-enabled=false", folder)
  }

  it("fails a circle of two files", () => {
    const { passed, said } = lint({
      "a.ts": 'import { b } from "./b.ts"\n\nexport const a = (): number => b()\n',
      "b.ts": 'import { a } from "./a.ts"\n\nexport const b = (): number => a()\n',
    })
    expect(said).toContain("noImportCycles")
    expect(passed).toBe(false)
  })

  it("fails an undeclared dependency, and a relative import of a sibling package", () => {
    expect(lint({ "a.ts": 'export * from "left-pad"\n' }).said).toContain(
      "noUndeclaredDependencies",
    )
    expect(
      lint({ "a.ts": 'import { x } from "../../../html/src/index.ts"\n\nexport const y = x\n' })
        .said,
    ).toContain("noRestrictedImports")
  })
})
