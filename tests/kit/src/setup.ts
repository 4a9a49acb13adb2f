import type { TestProject } from "vitest/node"
import { startPostgres } from "./testing.ts"

declare module "vitest" {
  export interface ProvidedContext {
    databaseUrl: string
  }
}

/** The PostgreSQL of the integration tests: the one that DATABASE_URL names, else a throwaway one. */
export default async function setup(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  const { DATABASE_URL } = process.env
  if (DATABASE_URL) {
    project.provide("databaseUrl", DATABASE_URL)
    return undefined
  }
  const server = await startPostgres()
  project.provide("databaseUrl", server.url)
  return () => server.stop()
}
