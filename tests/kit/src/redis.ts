import { spawnSync } from "node:child_process"
import { ServerMissingError, startRedis as start, type TestServer } from "./testing.ts"

function install(): void {
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) return
  // several test files may want it at once
  const patient = ["-qq", "-o", "DPkg::Lock::Timeout=120"]
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  for (const words of [["update"], ["install", "-y", "--no-install-recommends", "redis-server"]])
    spawnSync("apt-get", [...patient, ...words], { env, stdio: "ignore" })
}

/** A throwaway Redis for one test file to hurt; undefined where there is none to be had, which CI does not accept. */
export async function startRedis(args: readonly string[] = []): Promise<TestServer | undefined> {
  return start({ args })
    .catch((error: unknown) => {
      if (!(error instanceof ServerMissingError)) throw error
      install()
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
