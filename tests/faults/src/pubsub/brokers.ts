import { startPostgres, startRedis, type TestServer } from "@bennu/testing"

/** What nodes may be joined by. */
export const brokers: readonly (readonly [string, () => Promise<TestServer>])[] = [
  ["Redis", () => startRedis()],
  ["PostgreSQL", () => startPostgres()],
]
