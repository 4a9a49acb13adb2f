import { spawn, spawnSync } from "node:child_process"
import { freePort, type Server } from "./postgres.ts"

/** A NATS that may be killed. */
export interface NatsServer extends Server {
  /** kill -9 */
  kill(): Promise<void>
  /** Starts it again at the same address. */
  start(): Promise<void>
}

/** A throwaway NATS; undefined where nats-server is not installed. */
export async function startNats(): Promise<NatsServer | undefined> {
  if (spawnSync("nats-server", ["--version"]).status !== 0) return undefined
  const port = await freePort()
  async function run() {
    const child = spawn("nats-server", ["-a", "127.0.0.1", "-p", `${port}`], {
      stdio: ["ignore", "ignore", "pipe"],
    })
    await new Promise<void>((resolve, reject) => {
      child.once("error", reject)
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        if (text.includes("Server is ready")) resolve()
      })
    })
    return child
  }
  let child = await run()
  process.once("exit", () => child.kill("SIGKILL"))
  async function kill() {
    if (child.signalCode !== null) return
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()))
    child.kill("SIGKILL")
    await exited
  }
  return {
    url: `nats://127.0.0.1:${port}`,
    kill,
    async start() {
      child = await run()
    },
    stop: kill,
  }
}
