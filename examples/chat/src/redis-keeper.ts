// Runs a Redis and tells its parent where it is. It ends when it is told to, and when its parent is gone, however that ended.
import { spawn } from "node:child_process"
import { once } from "node:events"
import { type AddressInfo, createServer } from "node:net"

const port = await freePort()
const memoryOnly = ["--save", "", "--appendonly", "no"]
const args = ["--port", String(port), "--bind", "127.0.0.1", ...memoryOnly]
const server = spawn("redis-server", args, { stdio: ["ignore", "pipe", "ignore"] })
server.once("error", () => process.exit(1)).once("exit", () => process.exit(1))
const stop = () => void server.kill()
process.once("exit", stop).once("SIGTERM", stop)
// the nodes are ending too, and say goodbye over it
process.once("disconnect", () => setTimeout(stop, 3_000))

let said = ""
server.stdout.setEncoding("utf8").on("data", (text: string) => {
  said = `${said}${text}`.slice(-2_000)
  if (!said.includes("Ready to accept connections")) return
  server.stdout.removeAllListeners("data").resume()
  process.send?.(`redis://127.0.0.1:${port}`)
})

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  // a server that listens on a port has an address of this kind
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, "close")
  return port
}
