import { ServerMissingError } from "../errors.ts"
import { startProgram } from "../programs/program.ts"
import { freePort } from "./free-port.ts"
import { installed } from "./installed.ts"
import { type TestServer, testServer } from "./test-server.ts"

export interface NatsOptions {
  /** Where it listens on 127.0.0.1; drawn if not given. */
  readonly port?: number | undefined
  /** Further arguments: `["--jetstream"]`. */
  readonly args?: readonly string[] | undefined
}

/**
 * A throwaway NATS.
 * @throws {ServerMissingError} when it is not installed.
 */
export async function startNats({ port, args = [] }: NatsOptions = {}): Promise<TestServer> {
  const command = installed("nats-server")
  if (command === undefined)
    throw new ServerMissingError(
      "nats-server",
      "Install it: https://docs.nats.io/running-a-nats-service",
    )
  const at = port ?? (await freePort())
  return testServer(`nats://127.0.0.1:${at}`, () =>
    startProgram(command, {
      args: ["-a", "127.0.0.1", "-p", `${at}`, ...args],
      ready: /Server is ready/,
    }),
  )
}
