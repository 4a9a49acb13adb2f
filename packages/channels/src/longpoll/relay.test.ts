import { ok } from "@bennu/core"
import { requestSource } from "@bennu/plug"
import { type Adapter, openPubSub } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import type { ChannelHandler } from "../channel-handler.ts"
import { disconnect } from "../disconnect.ts"
import { type SocketOptions, socketHandler } from "../socket.ts"
import { Alarms } from "../testing/alarms.ts"
import type { LongPollOptions } from "./long-polls.ts"

const secret = "s".repeat(64)

/** Two nodes and the wire between them, which can be cut. */
class Wire {
  readonly said: string[] = []
  #cut = false
  readonly #ends: ((topic: string, message: string) => void)[] = []

  readonly adapter = (): Adapter => {
    const own = this.#ends.length
    return {
      connect: async (deliver) => {
        this.#ends[own] = deliver
      },
      broadcast: async (topic, message) => {
        this.said.push(message)
        if (this.#cut) return
        for (const [at, deliver] of this.#ends.entries()) if (at !== own) deliver(topic, message)
      },
      async [Symbol.asyncDispose]() {},
    }
  }

  cut(): void {
    this.#cut = true
  }
}

interface Answer {
  readonly status: number
  readonly token?: string
  readonly messages?: readonly string[]
}

async function nodes(options: Partial<SocketOptions<{ user: string }>> = {}) {
  const wire = new Wire()
  const alarms = new Alarms()
  const node = async (longpoll: LongPollOptions = { secret }) => {
    const pubsub = await openPubSub({ adapter: wire.adapter() }).start(new AbortController().signal)
    const handler = socketHandler<{ user: string }>({
      channels: { "room:*": room },
      pubsub,
      connect: () => ok({ user: "ada" }),
      id: ({ user }) => user,
      timer: alarms.timer,
      ...options,
      longpoll,
    })
    const ask = async (token: string, init: RequestInit = {}): Promise<Answer> => {
      const request = new Request(`http://localhost/longpoll?vsn=2.0.0&token=${token}`, init)
      const answer = await handler.request?.(requestSource(request))
      return JSON.parse(answer?.body ?? "")
    }
    const post = (token: string, ...lines: readonly string[]) =>
      ask(token, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson" },
        body: lines.join("\n"),
      })
    const session = async () => (await ask("")).token ?? ""
    return { pubsub, ask, post, session }
  }
  return { wire, alarms, node, here: await node(), there: await node() }
}

const room: ChannelHandler = {
  join({ listen, broadcast }) {
    listen()
    return { message: (event, payload) => broadcast(event, Object(payload)), terminate() {} }
  },
}
const join = '["1","1","room:1","phx_join",{}]'
const joined = '["1","1","room:1","phx_reply",{"status":"ok","response":{}}]'
const shout = '["1","2","room:1","shout",{"n":1}]'
const shouted = '[null,null,"room:1","shout",{"n":1}]'
const settled = () => new Promise<void>((resolve) => setImmediate(resolve))

describe("a client that polls now one node, now another", () => {
  it("has one session, wherever its requests land", async () => {
    const { here, there } = await nodes()
    const token = await here.session()
    expect(await there.post(token, join)).toEqual({ status: 200 })
    expect(await there.ask(token)).toEqual({ status: 200, token, messages: [joined] })
    expect(await here.post(token, shout)).toEqual({ status: 200 })
    expect(await there.ask(token)).toEqual({ status: 200, token, messages: [shouted] })
  })

  it("is told at once of what comes while another node holds its poll", async () => {
    const { here, there } = await nodes()
    const token = await here.session()
    const poll = there.ask(token)
    await here.post(token, join)
    expect(await poll).toMatchObject({ status: 200, messages: [joined] })
  })

  it("is answered 204 when nothing comes within the window, and may go on", async () => {
    const { alarms, here, there } = await nodes()
    const token = await here.session()
    for (const _ of [1, 2, 3]) {
      const poll = there.ask(token)
      await settled()
      alarms.pass(10_000)
      expect(await poll).toEqual({ status: 204, token, messages: [] })
    }
  })

  it("loses nothing when it breaks its poll off", async () => {
    const { here, there } = await nodes()
    const token = await here.session()
    const client = new AbortController()
    const poll = there.ask(token, { signal: client.signal })
    await settled()
    client.abort()
    expect(await poll).toEqual({ status: 204, token, messages: [] })
    await there.post(token, join)
    expect(await there.ask(token)).toMatchObject({ messages: [joined] })
  })

  it("has its limits where its session is", async () => {
    const { here, there } = await nodes()
    const token = await here.session()
    expect(await there.post(token, ...Array(101).fill(join))).toEqual({ status: 413 })
    expect(await there.post(token, "no frame")).toEqual({ status: 410 })
  })

  it("is disconnected by id from any node, while another holds its poll", async () => {
    const { here, there } = await nodes()
    const token = await here.session()
    const poll = there.ask(token)
    await settled()
    await disconnect(there.pubsub, "ada")
    expect(await poll).toEqual({ status: 410 })
  })

  it("is given a new session in a second when the node of its own does not answer", async () => {
    const { alarms, wire, here, there } = await nodes()
    const token = await here.session()
    wire.cut()
    const [poll, post] = [there.ask(token), there.post(token, join)]
    await settled()
    alarms.pass(1_000)
    const fresh = await poll
    expect(await post).toEqual({ status: 410 })
    expect(fresh).toMatchObject({ status: 410, messages: [] })
    expect(await there.post(fresh.token ?? "", join)).toEqual({ status: 200 })
  })

  it("is given a new session when the node of its own dies while it holds the poll", async () => {
    const { alarms, wire, here, there } = await nodes()
    const token = await here.session()
    const poll = there.ask(token)
    await settled()
    wire.cut()
    alarms.pass(15_000)
    expect(await poll).toMatchObject({ status: 410, messages: [] })
  })
})

describe("a node that is asked for what others have", () => {
  it("asks them for tokens of the same secret only", async () => {
    const { wire, here, there, node } = await nodes()
    const stranger = await (await node({ secret: "x".repeat(64) })).session()
    const token = await here.session()
    const before = wire.said.length
    for (const wrong of [stranger, `${token}x`, "x", "__proto__"]) {
      expect(await there.ask(wrong)).toMatchObject({ status: 410, messages: [] })
      expect(await there.post(wrong, join)).toEqual({ status: 410 })
    }
    expect(wire.said.length).toBe(before)
  })

  it("has so many requests waiting for them at most", async () => {
    const { here, node } = await nodes()
    const small = await node({ secret, sessions: 2 })
    const tokens = [await here.session(), await here.session(), await here.session()]
    const polls = tokens.slice(0, 2).map((token) => small.ask(token))
    await settled()
    expect(await small.ask(tokens[2] ?? "")).toEqual({ status: 500 })
    await Promise.all(tokens.map((token) => here.post(token, join)))
    for (const poll of polls) expect(await poll).toMatchObject({ messages: [joined] })
    expect(await small.ask(tokens[2] ?? "")).toMatchObject({ messages: [joined] })
  })

  it("hears what another version of the app may say without harm", async () => {
    const { here, there } = await nodes()
    const token = await here.session()
    const [, , data = ""] = token.split(".")
    const [node] = JSON.parse(Buffer.from(data, "base64url").toString())
    for (const said of ["null", "{}", '{"from":"x","said":{"kind":"later","call":"1"}}']) {
      await there.pubsub.bus.broadcast(`longpoll:${node}`, said)
    }
    expect(await there.post(token, join)).toEqual({ status: 200 })
  })

  it("wants a secret that is one", async () => {
    const { node } = await nodes()
    await expect(node({ secret: "short" })).rejects.toThrow(/64/)
  })
})
