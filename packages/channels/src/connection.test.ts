import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { ChannelHandler } from "./channel-handler.ts"
import { disconnect } from "./disconnect.ts"
import { socketClosed } from "./telemetry.ts"
import { echo, openSocket } from "./testing/fixtures.ts"
import { connectSocket } from "./testing.ts"

describe("a heartbeat", () => {
  it("is answered before any join, whatever its join_ref", async () => {
    const { client } = await openSocket({})
    client.send('[null,"1","phoenix","heartbeat",{}]')
    client.send('["9999","79","phoenix","heartbeat",{}]')
    expect(client.frames).toEqual([
      '[null,"1","phoenix","phx_reply",{"status":"ok","response":{}}]',
      '[null,"79","phoenix","phx_reply",{"status":"ok","response":{}}]',
    ])
  })
})

describe("a silent socket", () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it("is closed with 1001 after a minute without a frame", async () => {
    const { client } = await openSocket({ "room:*": echo })
    vi.advanceTimersByTime(59_999)
    client.send('[null,"1","phoenix","heartbeat",{}]')
    vi.advanceTimersByTime(59_999)
    expect(client.closeCode).toBeNull()
    vi.advanceTimersByTime(1)
    expect(client.closeCode).toBe(1001)
  })
})

describe("a channel that ends", () => {
  it("knows whether the connection broke, so that the client may be back, or was ended", async () => {
    const broken: boolean[] = []
    const watched: ChannelHandler = {
      join(joining) {
        joining.signal.addEventListener("abort", () => broken.push(joining.broken))
        return { message() {}, terminate: () => void broken.push(joining.broken) }
      },
    }
    for (const code of [1006, 1012, 1001, 1005]) {
      const { client } = await openSocket({ "room:*": watched })
      await client.join("room:1")
      client.disconnect(code)
    }
    expect(broken).toEqual([true, true, true, true, false, false, false, false])
  })
})

describe("a forced disconnect", () => {
  it("closes all sockets of an id with 1001, and cleans up their channels", async () => {
    const reasons: string[] = []
    const watched = {
      join: () => ({ message() {}, terminate: (reason: string) => void reasons.push(reason) }),
    }
    const { client, handler, pubsub } = await openSocket<string>(
      { "room:*": watched },
      {
        connect: ({ params }) => ({ ok: true, value: String(params["user"]) }),
        id: (user) => `users:${user}`,
      },
      { params: { user: "ada" } },
    )
    const second = await connectSocket(handler, { params: { user: "ada" } })
    const other = await connectSocket(handler, { params: { user: "bob" } })
    for (const it of [client, second, other]) await it.join("room:1")
    await disconnect(pubsub, "users:ada")
    expect([client, second, other].map(({ closeCode }) => closeCode)).toEqual([1001, 1001, null])
    expect(reasons).toEqual(["closed", "closed"])
    await disconnect(pubsub, "users:ada")
    expect(reasons).toHaveLength(2)
  })
})

describe("a closed socket", () => {
  it("takes no more frames and sends none, and tells that it closed once", async () => {
    const codes: number[] = []
    const { client } = await openSocket({ "room:*": echo })
    using _reports = socketClosed.subscribe(({ code }) => codes.push(code))
    client.disconnect(1006)
    client.send('["1","1","room:1","phx_join",{}]')
    client.send("not even a frame")
    expect(client.frames).toEqual([])
    expect(codes).toEqual([1006])
  })
})
