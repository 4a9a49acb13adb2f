import { local, openPubSub } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import { RawClient } from "../fixtures/raw-client.ts"
import { type Served, serve } from "../fixtures/serve.ts"
import { broadcastTo, type ChannelHandler, type SocketLimits, socket } from "./index.ts"
import { limitReached, socketClosed } from "./telemetry.ts"

const room: ChannelHandler = {
  join({ listen }) {
    listen()
    return { message() {}, terminate() {} }
  },
}

async function start(limits: SocketLimits) {
  const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
  const server = await serve(socket({ channels: { "room:*": room }, pubsub, limits }))
  const join = () => joined(server)
  const say = (text: string) => broadcastTo(pubsub, "room:1", "said", { text })
  return { server, join, say }
}

async function joined({ url }: Served): Promise<RawClient> {
  const client = await RawClient.connect(url)
  if (!(client instanceof RawClient)) throw new Error("refused")
  client.send('["1","1","room:1","phx_join",{}]')
  await client.next()
  return client
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe("a client that stops reading its TCP connection", () => {
  it("is cut off with 1013 once so many bytes wait, and who reads hears everything", async () => {
    const { server, join, say } = await start({ outboundBytes: 200_000 })
    await using _server = server
    using reading = await join()
    using stalled = await join()
    const limits: string[] = []
    const codes: number[] = []
    using _limits = limitReached.subscribe(({ limit }) => limits.push(limit))
    using _codes = socketClosed.subscribe(({ code }) => codes.push(code))
    stalled.stall()
    let sent = 0
    // what the systems on both sides take comes first
    for (; codes.length === 0 && sent < 2_000; sent++) {
      await say(`${sent}${"x".repeat(50_000)}`)
      await expect.poll(() => reading.received.length, { interval: 1 }).toBe(sent + 1)
    }
    expect({ limits, codes }).toEqual({ limits: ["outbound"], codes: [1013] })
    const heard = reading.received.map((frame) => Number(/\d+/.exec(String(frame).slice(20))?.[0]))
    expect(heard).toEqual(Array.from({ length: sent }, (_, n) => n))
    stalled.resume()
    expect(await stalled.closed).toBe(1013)
    expect(stalled.received.length).toBeLessThan(sent)
  })

  it("is cut off with 1013 once so many frames wait, however small they are", async () => {
    const { server, join, say } = await start({
      outboundMessages: 100,
      outboundBytes: 50_000_000,
    })
    await using _server = server
    using stalled = await join()
    const codes: number[] = []
    using _codes = socketClosed.subscribe(({ code }) => codes.push(code))
    stalled.stall()
    // more than the systems on both sides take
    for (let sent = 0; sent < 40; sent++) await say("x".repeat(500_000))
    await turn()
    expect(codes).toEqual([])
    for (let sent = 0; sent < 100; sent++) await say("x")
    expect(codes).toEqual([1013])
  })

  it("costs no more memory than its bound, whatever is sent", async () => {
    const { server, join, say } = await start({ outboundBytes: 1_000_000 })
    await using _server = server
    const stalled = await Promise.all(Array.from({ length: 20 }, join))
    for (const client of stalled) client.stall()
    const codes: number[] = []
    using _codes = socketClosed.subscribe(({ code }) => codes.push(code))
    const before = process.memoryUsage().rss
    // 20 clients and 60 MB each: 1.2 GB, were it kept
    for (let sent = 0; sent < 600; sent++) {
      await say("x".repeat(100_000))
      if (sent % 10 === 0) await turn()
    }
    expect(codes).toHaveLength(20)
    expect(process.memoryUsage().rss - before).toBeLessThan(400_000_000)
    for (const client of stalled) client[Symbol.dispose]()
  })
})
