import { once } from "node:events"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { type Program, startProgram } from "@bennu/testing"
import { faultProxy, faultRun } from "@bennu/testing/chaos"
import { afterAll, beforeAll, expect, it } from "vitest"
import { WebSocket } from "ws"
import { slowdown, until } from "./fault-node.ts"
import type { SocketReport } from "./socket-node.ts"

const faults = faultRun()
const SOCKETS = 100
/** What the server may hold more while one client does not read: its bound is 1 MB, the rest is garbage to be collected. */
const MEMORY = 48 * 2 ** 20
const PHASE = faults.quick ? 4_000 : 15_000

let server: Program
let url = ""
beforeAll(async () => {
  const file = fileURLToPath(new URL("socket-node.ts", import.meta.url))
  const args = ["--conditions=@bennu/source", file]
  server = await startProgram(process.execPath, {
    args,
    readyTimeout: "3m",
    ready: / at (http\S+?)\/?\n/,
    ipc: true,
  })
  url = (server.said?.[1] ?? "").replace("http", "ws")
})
afterAll(() => server.kill())

async function ask(order: "report" | "flood"): Promise<SocketReport> {
  const answer = once(server.child, "message")
  server.child.send(order)
  // what it answers is a report
  return (await answer)[0] as SocketReport
}

/** A client in a room; what it hears, and how many milliseconds after it was said. */
async function join(url: string, topic: string) {
  const socket = new WebSocket(new URL("/socket/websocket?vsn=2.0.0", url))
  const numbers: number[] = []
  const late: number[] = []
  socket.on("message", (data) => {
    const [, , , event, payload] = JSON.parse(String(data))
    if (event !== "said" || payload.at === undefined) return
    numbers.push(payload.number)
    late.push(Number(process.hrtime.bigint() - BigInt(payload.at)) / 1e6)
  })
  socket.on("error", () => {})
  await once(socket, "open")
  socket.send(JSON.stringify(["1", "1", topic, "phx_join", {}]))
  return { socket, numbers, late }
}

const p99 = (values: readonly number[]) =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN

it("one of 100 sockets that does not read costs the others nothing, and the server little", {
  timeout: 120_000,
}, async () => {
  await using proxy = await faultProxy(url)
  const others = await Promise.all(Array.from({ length: SOCKETS - 1 }, () => join(url, "room:1")))
  const stuck = await join(proxy.url, "flood:1")
  await setTimeout(500)
  const take = () => others.map(({ late }) => late.splice(0))
  take()
  await ask("report")
  await setTimeout(PHASE)
  const before = take()
  const calm = await ask("report")
  proxy.stall("down")
  await ask("flood")
  await until(async () => (await ask("report")).ended !== null)
  const during = take()
  await setTimeout(PHASE)
  const after = take()
  const report = await ask("report")
  // not before: sorting 150,000 of them keeps this process, in which the clients are, from reading
  const [calmly, meanwhile, later] = [p99(before.flat()), p99(during.flat()), p99(after.flat())]
  for (const { socket } of [...others, stuck]) socket.terminate()
  const lost = others.reduce((sum, { numbers }) => {
    const [first = 0, last = 0] = [numbers[0], numbers.at(-1)]
    return sum + (last - first + 1 - numbers.length)
  }, 0)
  const grown = report.memory - calm.memory
  const heard = others.reduce((sum, { numbers }) => sum + numbers.length, 0)
  faults.report({
    fault: "one of 100 sockets stalled and flooded",
    sent: heard,
    atLeast: (SOCKETS - 1) * 400,
    found: {
      "lost by others": lost,
      "not cut off": report.ended === null ? 1 : 0,
      "memory over 48 MiB": grown > MEMORY ? 1 : 0,
      // on a busy machine more is noise than effect
      "others slower by more than half and 20 ms":
        Math.max(meanwhile, later) > calmly * 1.5 + 20 * slowdown() ? 1 : 0,
    },
    measured: {
      "p99 before": `${calmly.toFixed(1)} ms`,
      "p99 while it filled up": `${meanwhile.toFixed(1)} ms`,
      "p99 after": `${later.toFixed(1)} ms`,
      "memory grown": `${(grown / 2 ** 20).toFixed(1)} MiB`,
      flooded: `${(report.flooded / 2 ** 20).toFixed(0)} MiB`,
    },
  })
  expect(report.ended).toBe("closed")
})
