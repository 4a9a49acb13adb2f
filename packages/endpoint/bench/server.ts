// One server in a process of its own: `node server.ts fastify`. It tells its port, and of itself when asked.
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

const profiler = new Profiler()

async function answer(question: Question): Promise<Answer> {
  // twice: what the first pass finalizes the second one frees
  if (question === "memory") for (const _ of [1, 2]) globalThis.gc?.()
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
