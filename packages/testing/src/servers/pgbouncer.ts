import { chownSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { ServerMissingError } from "../errors.ts"
import { startProgram } from "../programs/program.ts"
import { freePort } from "./free-port.ts"
import { installed } from "./installed.ts"
import { type TestServer, testServer } from "./test-server.ts"
import { unprivileged } from "./unprivileged.ts"

export interface PgBouncerOptions {
  /** Where it listens on 127.0.0.1; drawn if not given. */
  readonly port?: number | undefined
  /** Connections to the server, for each database (2): few, so that clients do share them. */
  readonly poolSize?: number | undefined
  /** Settings beside ours, or instead of them: `{ pool_mode: "session" }`. */
  readonly settings?: Readonly<Record<string, string | number>> | undefined
}

/**
 * A throwaway PgBouncer before a PostgreSQL, handing out its connections for a transaction at a time. Its `url` is that of the
 * server but for the port; whoever comes is the url's user, without a password.
 * @param target A PostgreSQL that asks for no password: `startPostgres().url`.
 * @throws {ServerMissingError} when it is not installed.
 */
export async function startPgBouncer(
  target: string,
  { port, poolSize = 2, settings = {} }: PgBouncerOptions = {},
): Promise<TestServer> {
  const command = installed("pgbouncer", "/usr/sbin/pgbouncer")
  if (command === undefined)
    throw new ServerMissingError("pgbouncer", "Install it: apt install pgbouncer")
  const url = new URL(target)
  const all = {
    listen_addr: "127.0.0.1",
    listen_port: port ?? (await freePort()),
    unix_socket_dir: "",
    auth_type: "any",
    pool_mode: "transaction",
    default_pool_size: poolSize,
    ...settings,
  }
  const lines = [
    "[databases]",
    `* = host=${url.hostname} port=${url.port || 5432} user=${decodeURIComponent(url.username)}`,
    "[pgbouncer]",
    ...Object.entries(all).map(([name, value]) => `${name} = ${value}`),
  ]
  const user = unprivileged("PgBouncer")
  const folder = mkdtempSync(join(tmpdir(), "bennu-pgbouncer-"))
  const file = join(folder, "pgbouncer.ini")
  writeFileSync(file, `${lines.join("\n")}\n`)
  if (user !== undefined) chownSync(folder, user.uid, user.gid)
  url.hostname = "127.0.0.1"
  url.port = String(all.listen_port)
  const launch = () =>
    startProgram(command, { args: [file], cwd: folder, user, ready: /process up/ })
  return testServer(url.href, launch, () => rmSync(folder, { recursive: true, force: true }))
}
