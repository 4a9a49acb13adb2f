import { inject } from "vitest"
import { install } from "./install.ts"
import {
  type PgBouncerOptions,
  ServerMissingError,
  startPgBouncer as start,
  type TestServer,
} from "./testing.ts"
import "./setup.ts"

/**
 * A throwaway PgBouncer before the PostgreSQL of the tests; undefined where there is none to be had. Only where CI is set
 * it is installed: Debian's package starts a service, which is not for everybody's machine.
 */
export function startPgBouncer(options?: PgBouncerOptions): Promise<TestServer | undefined> {
  const target = inject("databaseUrl")
  return start(target, options)
    .catch((error: unknown) => {
      if (!process.env["CI"] || !(error instanceof ServerMissingError)) throw error
      install("pgbouncer")
      return start(target, options)
    })
    .catch((error: unknown) => {
      if (!(error instanceof ServerMissingError)) throw error
      console.warn(`not tested: ${error.message}. ${error.hint}`)
      return undefined
    })
}
