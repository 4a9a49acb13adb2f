// One server in a process of its own: `node server.ts fastify`. It tells its port, and its CPU time and memory when asked.
import { servers } from "./servers/index.ts"

const port = await servers[process.argv[2] ?? "bennu"]?.()
process.on("message", (message) => {
  if (message === "memory") globalThis.gc?.()
  if (message === "exit") process.exit()
  process.send?.({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() })
})
process.send?.({ port })
