// A server and its crowd, each in a process of its own.
import { fork } from "node:child_process"
import { once } from "node:events"
import type { Told, Trips } from "./crowd.ts"

function start(file: string, args: readonly string[] = []) {
  const child = fork(new URL(file, import.meta.url), args, {
    execArgv: [...process.execArgv, "--expose-gc"],
    env: { ...process.env, NODE_ENV: "production" },
  })
  const gone = once(child, "exit").then(([code]) => {
    throw new Error(`${file} ended with ${code}`)
  })
  gone.catch(() => {})
  const next = async () => (await Promise.race([once(child, "message"), gone]))[0]
  const ask = (what: string | Told) => {
    const answer = next()
    child.send(what)
    return answer
  }
  return { next, ask, stop: () => child.kill() }
}

interface Memory {
  readonly rss: number
  readonly heap: number
}

/** @param file Of the server that they come to. */
export async function crowd(file = "server.ts") {
  const server = start(file)
  const port = await server.next()
  const clients = start("crowd.ts", [String(port)])
  await clients.next()
  const tell = (told: Told) => clients.ask(told)
  /** Microseconds of processor time that the server took so far. */
  const cpu = async () => Number(await server.ask("cpu"))

  /** What a crowd does to its pages, and how much of the server's processor each answer takes, in microseconds. */
  async function measured(told: Told): Promise<Trips & { readonly cpu: number }> {
    const before = await cpu()
    const trips: Trips = await tell(told)
    if (trips.answered < trips.sent) {
      throw new Error(`${trips.sent - trips.answered} of ${trips.sent} events were not answered`)
    }
    return { ...trips, cpu: ((await cpu()) - before) / trips.answered }
  }

  return {
    memory: (): Promise<Memory> => server.ask("memory"),
    join: (path: string, count: number) => tell({ do: "join", path, count }),
    pace: (seconds: number, rate: number, events: readonly object[]) =>
      measured({ do: "pace", seconds, rate, events }),
    rush: (seconds: number, events: readonly object[]) => measured({ do: "rush", seconds, events }),
    leave: () => tell({ do: "leave" }),
    stop() {
      clients.stop()
      server.stop()
    },
  }
}
export type Crowd = Awaited<ReturnType<typeof crowd>>

export const turn = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
