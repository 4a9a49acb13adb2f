// A server and its crowd, each in a process of its own.
import { fork } from "node:child_process"
import { once } from "node:events"

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
  const ask = (what: string) => {
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

export async function crowd() {
  const server = start("server.ts")
  const port = await server.next()
  const clients = start("crowd.ts", [String(port)])
  await clients.next()
  return {
    memory: (): Promise<Memory> => server.ask("memory"),
    /** Microseconds of processor time that the server took so far. */
    cpu: async () => Number(await server.ask("cpu")),
    join: (path: string, count: number) => clients.ask(`join ${path} ${count}`),
    click: (
      seconds: number,
      rate: number,
    ): Promise<{ sent: number; answered: number; p50: number; p99: number }> =>
      clients.ask(`click ${seconds} ${rate}`),
    leave: () => clients.ask("leave"),
    stop() {
      clients.stop()
      server.stop()
    },
  }
}
export const turn = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
