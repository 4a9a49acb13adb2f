import { install } from "./install.ts"
import { ServerMissingError, startRedis as start, type TestServer } from "./testing.ts"

/** A throwaway Redis for one test file to hurt; undefined where there is none to be had, which CI does not accept. */
export async function startRedis(args: readonly string[] = []): Promise<TestServer | undefined> {
  return start({ args })
    .catch((error: unknown) => {
      if (!(error instanceof ServerMissingError)) throw error
      install("redis-server")
      return start({ args })
    })
    .catch((error: unknown) => {
      if (process.env["CI"] || !(error instanceof ServerMissingError)) throw error
      return undefined
    })
}

/** The Redis that REDIS_URL names, else a throwaway one. Started by the test file that asks: runs without such files do not pay. */
export async function redisForTests(): Promise<Pick<TestServer, "url" | "stop"> | undefined> {
  const { REDIS_URL } = process.env
  return REDIS_URL ? { url: REDIS_URL, async stop() {} } : startRedis()
}
