import { ok } from "@bennu/core"
import { requestSource } from "@bennu/plug"
import { describe, expect, it } from "vitest"
import { type EndReason, type Revoked, type SocketHandler, socket } from "./index.ts"
import { openSocket } from "./testing/fixtures.ts"

/** A channel whose clean-up takes until it is told to go on. */
function slow() {
  const { promise: clean, resolve } = Promise.withResolvers<void>()
  const ended: EndReason[] = []
  const room = {
    join: () => ({
      message() {},
      async terminate(reason: EndReason) {
        await clean
        ended.push(reason)
      },
    }),
  }
  return { room, ended, finish: resolve }
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

async function poll(handler: SocketHandler, token = "", body?: string) {
  const url = `http://localhost/longpoll?vsn=2.0.0&token=${token}`
  const init = body === undefined ? {} : { method: "POST", body }
  return Object(
    JSON.parse((await handler.request?.(requestSource(new Request(url, init))))?.body ?? ""),
  )
}

describe("a socket handler that is stopped", () => {
  it("waits until the channels of its sockets have cleaned up", async () => {
    const { room, ended, finish } = slow()
    const { client, handler } = await openSocket({ "room:*": room })
    await client.join("room:1")
    client.disconnect(1012)
    let stopped = false
    const stopping = Promise.resolve(handler.stop?.()).then(() => {
      stopped = true
    })
    await settled()
    expect(stopped).toBe(false)
    finish()
    await stopping
    expect(ended).toEqual(["closed"])
  })

  it("waits no longer than a clean-up may take", async () => {
    const { room, ended } = slow()
    const { client, handler } = await openSocket({ "room:*": room }, { limits: { shutdown: 1 } })
    await client.join("room:1")
    client.disconnect(1012)
    await handler.stop?.()
    expect(ended).toEqual([])
  })

  it("ends the channels of clients that poll, answers a poll that is held, and opens no session more", async () => {
    const { room, ended, finish } = slow()
    const { handler } = await openSocket({ "room:*": room })
    const { token } = await poll(handler)
    await poll(handler, token, '["1","1","room:1","phx_join",{}]')
    await poll(handler, token)
    const held = poll(handler, token)
    finish()
    await handler.stop?.()
    expect(ended).toEqual(["closed"])
    expect(await held).toEqual({ status: 410 })
    expect(await poll(handler)).toEqual({ status: 500 })
    expect(await poll(handler, token, "[]")).toEqual({ status: 410 })
  })

  it("hears of revocations no more", async () => {
    const listeners = new Set<(revoked: Revoked) => void>()
    const revocations = {
      subscribe(listener: (revoked: Revoked) => void) {
        listeners.add(listener)
        return { [Symbol.dispose]: () => void listeners.delete(listener) }
      },
    }
    const { pubsub } = await openSocket({})
    const handler = socket({ channels: {}, pubsub, revocations, connect: () => ok({}) })
    expect(listeners.size).toBe(1)
    await handler.stop?.()
    expect(listeners.size).toBe(0)
  })
})
