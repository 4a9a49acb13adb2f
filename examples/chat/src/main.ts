// One command: two nodes that talk over Redis, at ports that follow one another; without a Redis, one node.
import { fork } from "node:child_process"
import { join } from "node:path"
import { startRedis } from "./redis.ts"

const { REDIS_URL, PORT = "4000" } = process.env
const redis = REDIS_URL === undefined ? await startRedis() : { url: REDIS_URL, stop() {} }

if (redis === null) await import("./node.ts")
else {
  console.log(`Redis is at ${redis.url}`)
  const first = Number(PORT)
  const nodes = [0, 1].map((index) => {
    const port = first === 0 ? 0 : first + index
    return fork(join(import.meta.dirname, "node.ts"), {
      env: { ...process.env, PORT: String(port), REDIS_URL: redis.url },
    })
  })
  // a terminal interrupts all of them by itself; other signals come to this process alone
  process.on("SIGINT", () => {})
  process.on("SIGTERM", () => {
    for (const node of nodes) node.kill("SIGTERM")
  })
  const ends = nodes.map(
    (node) =>
      new Promise<void>((resolve) => {
        node.on("exit", (code) => {
          process.exitCode ||= code ?? 1
          resolve()
        })
      }),
  )
  await Promise.all(ends)
  redis.stop()
}
