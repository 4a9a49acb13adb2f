import { ServerMissingError, startNats as start, type TestServer } from "./testing.ts"

/** A throwaway NATS; undefined where nats-server is not installed. */
export const startNats = (): Promise<TestServer | undefined> =>
  start().catch((error: unknown) => {
    if (error instanceof ServerMissingError) return undefined
    throw error
  })
