import { spawnSync } from "node:child_process"
import { existsSync, mkdirSync, writeFileSync } from "node:fs"
import { homedir } from "node:os"
import { join } from "node:path"

// both are on npm as what runs on this machine
const versions = { bun: "1.4.4", deno: "2.9.6" } as const

/**
 * The command of another runtime; undefined where there is none. It is taken from the PATH; where CI is set and it is not
 * there, it is got from npm, once for this user.
 */
export function runtime(name: keyof typeof versions): string | undefined {
  if (spawnSync(name, ["--version"]).status === 0) return name
  const command = process.env["CI"] ? installed(name) : undefined
  if (command === undefined) console.warn(`not tested: there is no ${name} on the PATH`)
  return command
}

function installed(name: keyof typeof versions): string | undefined {
  const cache = join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "bennu")
  const home = join(cache, `${name}-${versions[name]}`)
  const command = join(home, "node_modules/.bin", name)
  if (existsSync(command)) return command
  mkdirSync(home, { recursive: true })
  writeFileSync(join(home, "package.json"), '{ "private": true }\n')
  const flags = ["--no-package-lock", "--no-audit", "--no-fund", "--loglevel=error"]
  const wanted = `${name}@${versions[name]}`
  const { status } = spawnSync("npm", ["install", ...flags, wanted], { cwd: home, stdio: "ignore" })
  return status === 0 && existsSync(command) ? command : undefined
}
