import { spawn } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"

export interface LocalRedis {
  readonly url: string
  stop(): void
}

/** A Redis of its own for as long as the chat runs, which keeps nothing; `null` where none is installed. */
export async function startRedis(): Promise<LocalRedis | null> {
  const port = await freePort()
  const memoryOnly = ["--save", "", "--appendonly", "no"]
  const args = ["--port", String(port), "--bind", "127.0.0.1", ...memoryOnly]
  // in a group of its own, so that a terminal's interrupt leaves it to the nodes until they are done
  const server = spawn("redis-server", args, {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  })
  const isUp = new Promise<boolean>((resolve) => {
    let said = ""
    server.stdout.setEncoding("utf8").on("data", (text: string) => {
      said = `${said}${text}`.slice(-2_000)
      if (said.includes("Ready to accept connections")) resolve(true)
    })
    server.once("error", () => resolve(false)).once("exit", () => resolve(false))
  })
  const stop = () => void server.kill()
  process.once("exit", stop)
  return (await isUp) ? { url: `redis://127.0.0.1:${port}`, stop } : null
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  // a server that listens on a port has an address of this kind
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}
