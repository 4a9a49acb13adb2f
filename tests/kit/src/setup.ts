import type { TestProject } from "vitest/node"
import { type Server, startPostgres } from "./postgres.ts"
import { startRedis } from "./redis.ts"

declare module "vitest" {
  export interface ProvidedContext {
    databaseUrl: string
    redisUrl: string | null
  }
}

/**
 * The PostgreSQL and Redis of the integration tests: the ones that DATABASE_URL and REDIS_URL
 * name, else throwaway ones.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { DATABASE_URL, REDIS_URL, CI } = process.env
  const started: Server[] = []
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((server) => server.stop()))
  }
  async function start(run: () => Promise<Server | undefined>): Promise<string | undefined> {
    const server = await run()
    if (server !== undefined) started.push(server)
    return server?.url
  }
  try {
    const [databaseUrl, redisUrl] = await Promise.all([
      DATABASE_URL || start(startPostgres),
      REDIS_URL || start(startRedis),
    ])
    if (redisUrl === undefined) {
      const message = "no redis-server: install it or set REDIS_URL"
      if (CI) throw new Error(message)
      console.warn(`${message}; the tests that need it are skipped`)
    }
    project.provide("databaseUrl", databaseUrl ?? "")
    project.provide("redisUrl", redisUrl ?? null)
  } catch (error) {
    await stop()
    throw error
  }
  return stop
}
