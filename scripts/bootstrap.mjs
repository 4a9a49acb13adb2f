#!/usr/bin/env node
// Runs a command of this workspace with the Node.js and the pnpm that it needs, for example
//
//   node scripts/bootstrap.mjs vitest run packages/router
//
// Any Node.js >= 18 with npm can run it. What the machine lacks comes from the npm registry and
// is kept in the user's cache directory. Set BENNU_TOOLCHAIN to keep it somewhere else.
import { spawn, spawnSync } from "node:child_process"
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { constants, homedir } from "node:os"
import { delimiter, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { lock } from "./lock.mjs"

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const pnpmVersion = manifest.packageManager.slice("pnpm@".length)
const nodeVersion = readFileSync(join(root, ".node-version"), "utf8").trim()
const windows = process.platform === "win32"

/** Whether the workspace runs on this Node.js: ^24.11 || >=26. */
function supported(version) {
  const [major, minor] = version.split(".").map(Number)
  return (major === 24 && minor >= 11) || major >= 26
}

function fail(message) {
  console.error(`bootstrap: ${message}`)
  process.exit(1)
}

/** The packages that this machine has to get. */
function missing() {
  const wanted = []
  if (!supported(process.versions.node)) {
    const target = `${windows ? "win" : process.platform}-${process.arch}`
    if (!["linux-x64", "linux-arm64", "win-x64"].includes(target)) {
      fail(`Node.js ${process.version} is too old here; install Node.js ${nodeVersion}`)
    }
    wanted.push(`node-${target}@${nodeVersion}`)
  }
  const pnpm = spawnSync("pnpm", ["--version"], {
    cwd: homedir(),
    encoding: "utf8",
    shell: windows,
  })
  if (pnpm.stdout?.trim() !== pnpmVersion) wanted.push(`pnpm@${pnpmVersion}`)
  return wanted
}

/** Installs packages outside of the workspace; returns the directory of their commands. */
function toolchain(packages) {
  const cache =
    process.env.BENNU_TOOLCHAIN ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "bennu", "toolchain")
  const home = join(cache, packages.join("+"))
  if (!existsSync(home)) {
    console.error(
      `bootstrap: installing ${packages.join(" and ")} (once for this user, about 15 s)`,
    )
    const partial = `${home}.${process.pid}`
    try {
      mkdirSync(partial, { recursive: true })
    } catch (error) {
      fail(
        `${cache} cannot be written (${error.code}); set BENNU_TOOLCHAIN to a directory that can`,
      )
    }
    writeFileSync(join(partial, "package.json"), '{ "private": true }\n')
    const flags = ["--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
    const { status } = spawnSync("npm", ["install", ...flags, ...packages], {
      cwd: partial,
      stdio: ["ignore", 2, 2],
      shell: windows,
    })
    if (status === 0) {
      try {
        renameSync(partial, home)
      } catch {
        // another run was faster
      }
    }
    rmSync(partial, { recursive: true, force: true })
    if (!existsSync(home))
      fail(
        `npm could not install ${packages.join(" and ")}: see its message above. Without a network, ` +
          `install Node.js ${nodeVersion} and pnpm ${pnpmVersion} yourself and try again`,
      )
  }
  return join(home, "node_modules", ".bin")
}

const packages = missing()
const path = [join(root, "node_modules", ".bin"), process.env.PATH]
if (packages.length > 0) path.unshift(toolchain(packages))
const env = { TURBO_TELEMETRY_DISABLED: "1", DO_NOT_TRACK: "1", ...process.env }
for (const name of Object.keys(env)) {
  // what npm says of its own run does not hold for pnpm's
  if (/^npm_(lifecycle|package|command|execpath|node_execpath)/.test(name)) delete env[name]
}
env.PATH = path.join(delimiter)
if (!process.stdout.isTTY && env.FORCE_COLOR === undefined) env.NO_COLOR = "1"

if (!existsSync(join(root, "node_modules"))) {
  console.error("bootstrap: installing the dependencies (about 10 s with a network)")
}
const unlock = await lock(join(root, "node_modules", ".cache", "install.lock"), "installs").catch(
  (error) => fail(`this checkout cannot be written (${error.code}): ${error.path}`),
)
const install = ["install", "--frozen-lockfile", "--reporter=append-only", "--loglevel=warn"]
const { status } = spawnSync("pnpm", install, {
  cwd: root,
  env,
  stdio: ["ignore", 2, 2],
  shell: windows,
})
unlock()
if (status !== 0) {
  fail(
    "pnpm could not install the dependencies: see its message above. It needs the npm registry once; " +
      "if pnpm-lock.yaml is said to be out of date, run ./x pnpm install --no-frozen-lockfile with CI unset",
  )
}

const [command, ...args] = process.argv.slice(2)
if (command === undefined) process.exit(0)
const child = spawn(command, args, { cwd: root, env, stdio: "inherit", shell: windows })
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal))
child.on("error", (error) => fail(error.message))
child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]))
