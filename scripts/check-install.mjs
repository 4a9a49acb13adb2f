// Installs each packed package into an empty project, beside nothing but the packages it declares, and
// imports its entries and starts its programs: what a package uses and forgot to declare, or to pack, is missing there.
//
// Reads packages/*/package.tgz (turbo run check:package). What passed is remembered by the hashes of the tarballs.
import { spawnSync } from "node:child_process"
import { createHash } from "node:crypto"
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"

const root = new URL("..", import.meta.url).pathname
/** Where the packed packages are: packages/, or the directory named (a test's planted ones). */
const packages = process.argv[2] ?? join(root, "packages")
const passed = join(root, "node_modules/.cache/check-install")
mkdirSync(passed, { recursive: true })

function run(command, args, cwd = root) {
  return spawnSync(command, args, { cwd, encoding: "utf8" })
}

const hash = (...parts) => {
  const sum = createHash("sha256")
  for (const part of parts) sum.update(part)
  return sum.digest("hex").slice(0, 32)
}

/** Every package that is published: its tarball, and its manifest as packed. */
const packed = new Map()
for (const name of readdirSync(packages)) {
  const tarball = join(packages, name, "package.tgz")
  if (!existsSync(tarball)) continue
  const manifest = JSON.parse(run("tar", ["-xzOf", tarball, "package/package.json"]).stdout)
  packed.set(manifest.name, { manifest, tarball, hash: hash(readFileSync(tarball)) })
}

/** The packages of ours that a package declares, and those that they declare. */
function closure(name, found = new Set()) {
  const { dependencies, peerDependencies } = packed.get(name).manifest
  for (const other of Object.keys({ ...dependencies, ...peerDependencies })) {
    if (!packed.has(other) || found.has(other)) continue
    found.add(other)
    closure(other, found)
  }
  return found
}

/** What is wrong with the package as installed in an empty project, or "". */
function problem(name) {
  const { manifest, tarball } = packed.get(name)
  const cwd = mkdtempSync(join(tmpdir(), "bennu-check-"))
  try {
    const optional = Object.entries(manifest.peerDependenciesMeta ?? {})
      .filter(([, meta]) => meta.optional)
      .map(([peer]) => [
        peer,
        packed.has(peer) ? `file:${packed.get(peer).tarball}` : manifest.peerDependencies[peer],
      ])
    const overrides = Object.fromEntries(
      [...closure(name)].map((other) => [other, `file:${packed.get(other).tarball}`]),
    )
    // YAML reads JSON
    writeFileSync(join(cwd, "pnpm-workspace.yaml"), JSON.stringify({ packages: [], overrides }))
    const programs = Object.values(manifest.bin ?? {})
    const entries = Object.entries(manifest.exports)
      .filter(([, entry]) => typeof entry !== "string" && !programs.includes(entry.default))
      .map(([key]) => name + key.slice(1))
    // first the main entry without the optional peers, then every entry with them
    for (const [peers, keys] of [
      [[], entries.filter((key) => key === name)],
      [optional, entries],
    ]) {
      const dependencies = { [name]: `file:${tarball}`, ...Object.fromEntries(peers) }
      const project = { private: true, type: "module", dependencies }
      writeFileSync(join(cwd, "package.json"), JSON.stringify(project))
      const install = run(
        "pnpm",
        [
          "install",
          "--no-frozen-lockfile",
          "--prefer-offline",
          "--ignore-scripts",
          "--loglevel=error",
        ],
        cwd,
      )
      if (install.status !== 0) return install.stdout + install.stderr
      const code = keys.map((key) => `await import(${JSON.stringify(key)})`).join("\n")
      const imported = run("node", ["--input-type=module", "--eval", code], cwd)
      if (imported.status !== 0) return imported.stderr
      if (peers.length === 0 && optional.length > 0) continue
      for (const program of Object.keys(manifest.bin ?? {})) {
        const ran = run(join(cwd, "node_modules/.bin", program), ["--help"], cwd)
        if (ran.status !== 0) return `${program} --help ended with ${ran.status}\n${ran.stderr}`
      }
      writeFileSync(
        join(cwd, "main.ts"),
        keys.map((key) => `import ${JSON.stringify(key)}\n`).join(""),
      )
      const flags =
        "--noEmit --strict --module nodenext --target es2024 --lib es2024,esnext.disposable,dom --types node"
      const types = run(
        join(root, "node_modules/.bin/tsc"),
        [...flags.split(" "), "--typeRoots", join(root, "node_modules/@types"), "main.ts"],
        cwd,
      )
      // other people's declarations are not ours to check
      const ours = types.stdout
        .split("\n")
        .filter((line) => /^main\.ts|node_modules\/@bennu\//.test(line))
      if (ours.length > 0) return ours.join("\n")
    }
    return ""
  } finally {
    rmSync(cwd, { recursive: true, force: true })
  }
}

let good = 0
let failed = 0
for (const name of packed.keys()) {
  const parts = [name, ...[...closure(name)].sort()].map((each) => packed.get(each).hash)
  const mark = join(passed, hash(process.version, readFileSync(import.meta.filename), ...parts))
  if (existsSync(mark)) {
    good += 1
    continue
  }
  const found = problem(name)
  if (found === "") {
    writeFileSync(mark, name)
    good += 1
    console.log(`${name}: installs alone`)
  } else {
    failed += 1
    console.error(`${name} does not work when installed alone:\n${found}`)
  }
}
console.log(`installed alone: ${good} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
