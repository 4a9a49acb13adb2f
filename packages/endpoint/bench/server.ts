// One server in a process of its own: `node server.ts fastify`. It tells its port, and of itself when asked.
import { setTimeout } from "node:timers/promises"
import { Profiler } from "./profiler.ts"
import { servers } from "./servers/index.ts"

/** What a server may be asked about itself. */
export type Question = "cpu" | "memory" | "profile" | "profiled"
export interface Answer {
  readonly cpu: NodeJS.CpuUsage
  readonly rss: number
  readonly heap: number
  /** µs by function, where a profile was asked for. */
  readonly times: Readonly<Record<string, number>>
}

/** All that can be given back is: what the engine keeps at hand for the next requests says nothing of what they leave behind. */
async function collect() {
  for (const _ of [1, 2, 3]) {
    await globalThis.gc?.({ type: "major", execution: "async", flavor: "last-resort" })
    await setTimeout(200)
  }
}

const profiler = new Profiler()

async function answer(question: Question): Promise<Answer> {
  if (question === "memory") await collect()
  if (question === "profile") await profiler.start()
  const times = question === "profiled" ? await profiler.stop() : {}
  const { heapUsed: heap, rss } = process.memoryUsage()
  return { cpu: process.cpuUsage(), rss, heap, times }
}

const port = await servers[process.argv[2] ?? "bennu"]?.()
process.on("message", (question: Question) => {
  answer(question).then((answer) => process.send?.(answer))
})
process.send?.({ port })
