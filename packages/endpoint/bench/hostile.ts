// How long somebody else waits while every hostile case is sent: one client asks for a small page all the time, alone at
// first, and then beside each kind of attack.
import { fork } from "node:child_process"
import { once } from "node:events"
import { Agent, request } from "node:http"
import { connect } from "node:net"
import { note, table } from "../../../scripts/bench-harness.mjs"
import { hostile } from "../fixtures/hostile.ts"

const AT_ONCE = 8
/** Milliseconds that each kind is sent, again and again, and each case of it once at least. */
const BESIDE = 3_000
/** Milliseconds that the client asks alone. */
const ALONE = 3_000

/** Sends bytes, and waits until the server closes. */
function send(port: number, bytes: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.on("error", () => {})
    socket.on("close", () => resolve())
    socket.resume()
    socket.write(Buffer.from(bytes, "latin1"))
  })
}

async function ask(port: number, agent: Agent): Promise<number> {
  const started = performance.now()
  const [response] = await once(request({ port, agent }).end(), "response")
  response.resume()
  await once(response, "end")
  if (response.statusCode !== 200) throw new Error(`the bystander was told ${response.statusCode}`)
  return performance.now() - started
}

/** What the bystander waits for each answer, until `work` is done. */
async function waits(port: number, agent: Agent, work: Promise<unknown>): Promise<number[]> {
  let done = false
  const over = work.finally(() => {
    done = true
  })
  const seen: number[] = []
  while (!done) seen.push(await ask(port, agent))
  await over
  return seen.sort((one, other) => one - other)
}

/** @returns How many were sent. */
async function attack(port: number, cases: readonly string[]): Promise<number> {
  const until = performance.now() + BESIDE
  let sent = 0
  const worker = async () => {
    while (sent < cases.length || performance.now() < until) {
      sent += 1
      await send(port, cases[sent % cases.length] ?? "")
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return sent
}

export async function bystander(): Promise<void> {
  const execArgv = ["--conditions=@bennu/source", "--max-old-space-size=48"]
  const file = new URL("../fixtures/hostile-server.ts", import.meta.url)
  const server = fork(file, { execArgv, serialization: "advanced" })
  const [{ port }] = await once(server, "message")
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const at = (sorted: readonly number[], share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0).toFixed(2)
  const row = (name: string, cases: number, seen: readonly number[]) => [
    name,
    cases,
    seen.length,
    ...[0.5, 0.99, 1].map((share) => at(seen, share)),
  ]
  try {
    const alone = () => new Promise((resolve) => setTimeout(resolve, ALONE))
    // once to warm up
    await waits(port, agent, alone())
    const rows = [row("nobody else", 0, await waits(port, agent, alone()))]
    for (const [kind, cases = []] of Map.groupBy(hostile, ({ kind }) => kind)) {
      const attacks = attack(
        port,
        cases.map(({ bytes }) => bytes),
      )
      const seen = await waits(port, agent, attacks)
      rows.push(row(kind, await attacks, seen))
    }
    server.send("memory")
    const [{ rss }] = await once(server, "message")
    const head = ["beside", "attacks", "answers", "p50, ms", "p99, ms", "longest, ms"]
    note(
      `How long a bystander waits for an answer while the hostile cases are sent, ${AT_ONCE} at once; they share two cores with both clients. The server ends with ${Math.round(rss / 2 ** 20)} MiB.\n\n${table([head, ...rows])}`,
    )
  } finally {
    agent.destroy()
    server.kill()
  }
}
