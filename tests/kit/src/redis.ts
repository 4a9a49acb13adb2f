import { spawn, spawnSync } from "node:child_process"
import { freePort, type Server } from "./postgres.ts"

const names = ["redis-server", "valkey-server"]

function binary(): string | undefined {
  return names.find((name) => spawnSync(name, ["--version"]).status === 0)
}

/** A throwaway Redis; undefined where there is none to be had. */
export async function startRedis(): Promise<Server | undefined> {
  let name = binary()
  if (
    name === undefined &&
    process.getuid?.() === 0 &&
    spawnSync("apt-get", ["--version"]).status === 0
  ) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
    spawnSync("apt-get", ["update", "-qq"], { env, stdio: "ignore" })
    spawnSync("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "redis-server"], {
      env,
      stdio: "ignore",
    })
    name = binary()
  }
  if (name === undefined) return undefined
  const port = await freePort()
  const child = spawn(
    name,
    ["--bind", "127.0.0.1", "--port", `${port}`, "--save", "", "--appendonly", "no"],
    { stdio: ["ignore", "pipe", "inherit"] },
  )
  const kill = (): void => void child.kill("SIGKILL")
  process.once("exit", kill)
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`${name} exited with ${code}`)))
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("Ready to accept connections")) resolve()
    })
  })
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      process.removeListener("exit", kill)
      child.kill("SIGTERM")
      await exited
    },
  }
}
