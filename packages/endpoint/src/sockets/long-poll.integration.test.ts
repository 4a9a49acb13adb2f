import { channel, type SocketHandler, socket } from "@bennu/channels"
import { ok } from "@bennu/core"
import { local, openPubSub } from "@bennu/pubsub"
import { router } from "@bennu/router"
import { LongPoll, Socket } from "phoenix"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { endpoint } from "../index.ts"

const ended: string[] = []
const Room = channel({
  events: { say: z.object({ text: z.string() }) },
  join: () => ok({}),
  handleEvent: { say: (_socket, { text }) => ok({ text }) },
  async terminate({ topic }, reason) {
    // what an app writes down takes longer than a connection takes to close
    await new Promise((resolve) => setTimeout(resolve, 50))
    ended.push(`${topic} ${reason}`)
  },
})

const started = new AbortController().signal

async function serve(more: Readonly<Record<`/${string}`, SocketHandler>> = {}) {
  const pubsub = await openPubSub({ adapter: local() }).start(started)
  const rooms = socket({ channels: { "room:*": Room }, pubsub })
  return endpoint({ router: router(), port: 0, sockets: { "/socket": rooms, ...more } }).start(
    started,
  )
}

async function session(url: URL): Promise<string> {
  const answer = await fetch(new URL("/socket/longpoll?vsn=2.0.0", url))
  expect(answer.status).toBe(200)
  expect(answer.headers.get("access-control-allow-origin")).toBe("*")
  const { status, token } = Object(await answer.json())
  expect(status).toBe(410)
  return token
}

describe("an endpoint whose clients poll", () => {
  it("serves the official client", async () => {
    await using server = await serve()
    const client = new Socket(new URL("/socket", server.url).href, { transport: LongPoll })
    client.connect()
    const room = client.channel("room:1")
    await new Promise((resolve) => room.join().receive("ok", resolve))
    const reply = new Promise((resolve) =>
      room.push("say", { text: "hello" }).receive("ok", resolve),
    )
    await expect(reply).resolves.toEqual({ text: "hello" })
    client.disconnect()
  })

  it("answers polls that it holds when it stops, so that nothing waits for them", async () => {
    const server = await serve()
    const token = await session(server.url)
    const poll = fetch(new URL(`/socket/longpoll?vsn=2.0.0&token=${token}`, server.url))
    // the poll is held as soon as another request that was sent after it is answered
    await session(server.url)
    await server.stop(new AbortController().signal)
    const answer = await poll
    expect(answer.headers.get("connection")).toBe("close")
    expect(await answer.json()).toMatchObject({ status: 204 })
  })

  it.each([LongPoll, WebSocket])(
    "stops when the channels of its clients have cleaned up, whatever their way",
    async (transport) => {
      const server = await serve()
      const client = new Socket(new URL("/socket", server.url).href, { transport })
      client.connect()
      const topic = `room:${transport.name}`
      await new Promise((resolve) => client.channel(topic).join().receive("ok", resolve))
      await server.stop(new AbortController().signal)
      expect(ended).toContain(`${topic} closed`)
      client.disconnect()
    },
  )

  it("answers a Request without a network, too", async () => {
    await using server = await serve()
    const answer = await server.fetch(new Request("http://localhost/socket/longpoll?vsn=2.0.0"))
    expect(await answer.json()).toMatchObject({ status: 410 })
    expect((await server.fetch(new Request("http://localhost/socket/else"))).status).toBe(404)
  })

  it("answers 500 when a handler throws, and lives", async () => {
    const upgrade = () => ({ status: 403 })
    await using server = await serve({
      "/throws": {
        protocol: "test",
        upgrade,
        request() {
          throw new Error("boom")
        },
      },
      "/rejects": { protocol: "test", upgrade, request: () => Promise.reject(new Error("boom")) },
    })
    expect((await fetch(new URL("/throws", server.url))).status).toBe(500)
    expect((await fetch(new URL("/rejects", server.url))).status).toBe(500)
    expect((await fetch(new URL("/socket/longpoll", server.url))).status).toBe(200)
  })
})
