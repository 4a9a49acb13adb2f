// One command: one node, or two that talk over Redis where REDIS_URL says where it is.
import { fork } from "node:child_process"
import { join } from "node:path"

if (process.env["REDIS_URL"] === undefined) await import("./node.ts")
else {
  const first = Number(process.env["PORT"] ?? 4000)
  const nodes = [0, 1].map((index) => {
    const port = first === 0 ? 0 : first + index
    return fork(join(import.meta.dirname, "node.ts"), {
      env: { ...process.env, PORT: String(port) },
    })
  })
  // a terminal interrupts all of them by itself; other signals come to this process alone
  process.on("SIGINT", () => {})
  process.on("SIGTERM", () => {
    for (const node of nodes) node.kill("SIGTERM")
  })
  for (const node of nodes) node.on("exit", (code) => (process.exitCode ||= code ?? 1))
}
