import { ServerMissingError } from "../errors.ts"
import { startProgram } from "../programs/program.ts"
import { freePort } from "./free-port.ts"
import { installed } from "./installed.ts"
import { type TestServer, testServer } from "./test-server.ts"

export interface RedisOptions {
  /** Where it listens on 127.0.0.1; drawn if not given. */
  readonly port?: number | undefined
  /** Further arguments: `["--maxmemory", "1mb"]`. */
  readonly args?: readonly string[] | undefined
}

/**
 * A throwaway Redis or Valkey, which keeps nothing on disk: started again, it is empty.
 * @throws {ServerMissingError} when neither is installed.
 */
export async function startRedis({ port, args = [] }: RedisOptions = {}): Promise<TestServer> {
  const command = installed("redis-server", "valkey-server")
  if (command === undefined)
    throw new ServerMissingError(
      "redis-server",
      "Install Redis or Valkey: apt install redis-server",
    )
  const at = port ?? (await freePort())
  const settings = ["--bind", "127.0.0.1", "--port", `${at}`, "--save", "", "--appendonly", "no"]
  return testServer(`redis://127.0.0.1:${at}`, () =>
    startProgram(command, {
      args: [...settings, ...args],
      ready: /Ready to accept connections/,
    }),
  )
}
