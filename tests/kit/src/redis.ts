import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { freePort, type Server } from "./postgres.ts"

/** A Redis that may be hurt. */
export interface RedisServer extends Server {
  /** Connections stay open and nothing is answered, as if the machine had frozen. */
  pause(): void
  resume(): void
  /** kill -9 */
  kill(): Promise<void>
  /** Starts it again, empty, at the same address. */
  start(): Promise<void>
}

const find = () =>
  ["redis-server", "valkey-server"].find((name) => spawnSync(name, ["--version"]).status === 0)

function install(): string | undefined {
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) return undefined
  // several test files may want it at once
  const patient = ["-qq", "-o", "DPkg::Lock::Timeout=120"]
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  for (const words of [["update"], ["install", "-y", "--no-install-recommends", "redis-server"]])
    spawnSync("apt-get", [...patient, ...words], { env, stdio: "ignore" })
  return find()
}

async function run(name: string, port: number): Promise<ChildProcess> {
  const settings = ["--bind", "127.0.0.1", "--port", `${port}`, "--save", "", "--appendonly", "no"]
  const child = spawn(name, settings, { stdio: ["ignore", "pipe", "inherit"] })
  await new Promise<void>((resolve, reject) => {
    child.once("error", reject)
    child.once("exit", (code) => reject(new Error(`${name} exited with ${code}`)))
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      if (text.includes("Ready to accept connections")) resolve()
    })
  })
  return child
}

/** A throwaway Redis for one test file to hurt; undefined where there is none to be had, which CI does not accept. */
export async function startRedis(): Promise<RedisServer | undefined> {
  const name = find() ?? install()
  if (name === undefined) {
    if (process.env["CI"]) throw new Error("no redis-server: install it")
    return undefined
  }
  const port = await freePort()
  let child = await run(name, port)
  process.once("exit", () => child.kill("SIGKILL"))
  async function end(signal: NodeJS.Signals): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()))
    child.kill(signal)
    await exited
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    kill: () => end("SIGKILL"),
    async start() {
      child = await run(name, port)
    },
    stop: () => end("SIGKILL"),
  }
}

/** The Redis that REDIS_URL names, else a throwaway one. Started by the test file that asks: runs without such files do not pay. */
export async function redisForTests(): Promise<Server | undefined> {
  const { REDIS_URL } = process.env
  return REDIS_URL ? { url: REDIS_URL, async stop() {} } : startRedis()
}
