// Servers in processes of their own, and the requests that they are asked: from this process, over the loopback.
import { fork } from "node:child_process"
import { once } from "node:events"
import { ask } from "./client.ts"
import type { Answer, Question } from "./server.ts"

const body = JSON.stringify({ name: "Ada", notes: "x".repeat(980), tags: [1, 2] })
const headers = { "content-type": "application/json" }

/** What is asked of each server. */
export const works = {
  json: { path: "/json" },
  "param and query": { path: "/users/7?tab=posts" },
  "post 1 kB": { path: "/users", method: "POST", headers, body },
  page: { path: "/page" },
  browser: { path: "/browser" },
} as const
export type Work = keyof typeof works

/** A server under load. */
export interface Server extends Disposable {
  readonly name: string
  readonly port: number
  ask(question: Question): Promise<Answer>
}

export async function start(name: string): Promise<Server> {
  // with a young generation that grows and shrinks, the same process may cost twice as much a minute later
  const execArgv = [...process.execArgv, "--expose-gc", "--max-semi-space-size=32"]
  const env = { ...process.env, NODE_ENV: "production" }
  const child = fork(new URL("server.ts", import.meta.url), [name], { execArgv, env })
  const [{ port }] = await once(child, "message")
  return {
    name,
    port,
    async ask(question) {
      child.send(question)
      const [answer] = await once(child, "message")
      return answer
    },
    [Symbol.dispose]: () => void child.kill(),
  }
}

/** A visitor who has been here before: the session's cookies. */
async function cookiesOf(url: string): Promise<string> {
  const first = await fetch(url)
  await first.text()
  return first.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ")
}

/** Asks `amount` times, 32 at once. @returns Requests a second of wall-clock time. */
export async function load({ port }: Server, work: Work, amount: number): Promise<number> {
  const { path, method = "GET", body = "", ...more }: Asked = works[work]
  const cookie = work === "browser" ? await cookiesOf(`http://127.0.0.1:${port}${path}`) : ""
  const headers = {
    host: `127.0.0.1:${port}`,
    ...more.headers,
    ...(body === "" ? {} : { "content-length": body.length }),
    ...(cookie === "" ? {} : { cookie }),
  }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  const request = `${[`${method} ${path} HTTP/1.1`, ...lines].join("\r\n")}\r\n\r\n${body}`
  const started = performance.now()
  await ask(port, request, { amount, connections: 32 })
  return (amount * 1_000) / (performance.now() - started)
}

interface Asked {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}
