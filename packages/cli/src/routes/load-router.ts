import type { Router } from "@bennu/router"
import { ConfigError } from "../errors.ts"
import type { LoadedConfig } from "../load-config.ts"

/** @throws {ConfigError} when the configuration tells of no router, or what it makes is none. */
export async function loadRouter({ file, config }: LoadedConfig): Promise<Router<unknown>> {
  const hint = 'Add it: router: async () => (await import("./src/router.ts")).appRouter'
  if (config.router === undefined) {
    throw new ConfigError(file, `${file} tells of no router`, { hint })
  }
  const made: unknown = await config.router()
  if (!isRouter(made)) {
    throw new ConfigError(file, `router of ${file} makes no router`, { hint })
  }
  return made
}

// what another copy of the package made is one, too
const isRouter = (value: unknown): value is Router<unknown> =>
  typeof value === "object" && value !== null && "routes" in value && "match" in value
