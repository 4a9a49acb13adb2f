import { ok } from "@bennu/core"
import { requestSource } from "@bennu/plug"
import { local, openPubSub } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import type { ChannelHandler } from "../channel-handler.ts"
import { disconnect } from "../disconnect.ts"
import { type SocketOptions, socketHandler } from "../socket.ts"
import { Alarms } from "../testing/alarms.ts"
import { echo } from "../testing/fixtures.ts"

const room: ChannelHandler = {
  join(joining) {
    joining.listen()
    return {
      message: (event, payload, reply) =>
        event === "shout"
          ? joining.broadcast("shouted", Object(payload))
          : reply("ok", payload instanceof Uint8Array ? { bytes: [...payload] } : Object(payload)),
      terminate() {},
    }
  },
}

type Body = NonNullable<RequestInit["body"]>

interface Answer {
  readonly status: number
  readonly token?: string
  readonly messages?: readonly string[]
}

async function open<A = undefined>(options: Partial<SocketOptions<A>> = {}) {
  const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
  const alarms = new Alarms()
  const handler = socketHandler<A>({
    channels: { "room:*": room, echo },
    pubsub,
    timer: alarms.timer,
    ...options,
  })
  const raw = async (query: string, init: RequestInit = {}) => {
    const request = new Request(`http://localhost/socket/longpoll?${query}`, init)
    const answer = await handler.request?.(requestSource(request))
    if (!answer) throw new Error("not answered")
    return answer
  }
  const ask = async (query: string, init: RequestInit = {}): Promise<Answer> => {
    const { status, body } = await raw(query, init)
    expect(status).toBe(200)
    return JSON.parse(body ?? "")
  }
  const get = (token: string, init?: RequestInit) => ask(`vsn=2.0.0&token=${token}`, init)
  const post = (token: string, body: Body, type = "application/x-ndjson") =>
    ask(`vsn=2.0.0&token=${token}`, {
      method: "POST",
      body,
      headers: { "content-type": type },
      duplex: "half",
    } as RequestInit)
  const session = async (query = "vsn=2.0.0&") => {
    const { status, token, messages } = await ask(query)
    expect({ status, messages }).toEqual({ status: 410, messages: [] })
    if (token === undefined) throw new Error("no token")
    return token
  }
  return { alarms, pubsub, handler, raw, ask, get, post, session }
}

const join = '["1","1","room:1","phx_join",{}]'
const joined = '["1","1","room:1","phx_reply",{"status":"ok","response":{}}]'
const echoed = (ref: string, response: object) =>
  `["1","${ref}","room:1","phx_reply",{"status":"ok","response":${JSON.stringify(response)}}]`

describe("a client that polls", () => {
  it("is given a session, posts frames, and polls for what they are answered with", async () => {
    const { get, post, session } = await open()
    const token = await session()
    expect(await post(token, join)).toEqual({ status: 200 })
    expect(await get(token)).toEqual({ status: 200, token, messages: [joined] })
  })

  it("is told at once of what comes while its poll is held, in one answer", async () => {
    const { get, post, session } = await open()
    const token = await session()
    const poll = get(token)
    await post(token, `${join}\n["1","2","room:1","say",{"a":1}]`)
    expect(await poll).toEqual({ status: 200, token, messages: [joined, echoed("2", { a: 1 })] })
  })

  it("is answered 204 when nothing comes within the window, and may go on", async () => {
    const { alarms, get, post, session } = await open()
    const token = await session()
    const poll = get(token)
    alarms.pass(9_999)
    alarms.pass(1)
    expect(await poll).toEqual({ status: 204, token, messages: [] })
    expect(await post(token, join)).toEqual({ status: 200 })
    expect(await get(token)).toMatchObject({ status: 200, messages: [joined] })
  })

  it("sends its token by query or by header, and the header goes first", async () => {
    const { ask, session } = await open()
    const token = await session()
    const headers = { "x-phoenix-longpoll-token": token }
    const init = { method: "POST", headers, body: join }
    expect(await ask("vsn=2.0.0&token=nonsense", init)).toEqual({ status: 200 })
    expect(await ask("vsn=2.0.0", { headers })).toMatchObject({ status: 200, messages: [joined] })
  })

  it("sends lines that end in \\n or \\r\\n, and bytes as base64", async () => {
    const { get, post, session } = await open()
    const token = await session()
    const head = Buffer.from([0, 1, 1, 6, 4])
    const push = Buffer.concat([head, Buffer.from("13room:1blob"), Buffer.from([1, 2, 255])])
    await post(token, `${join}\r\n["1","2","room:1","say",{}]\n${push.toString("base64")}\n`)
    expect((await get(token)).messages).toEqual([
      joined,
      echoed("2", {}),
      echoed("3", { bytes: [1, 2, 255] }),
    ])
  })

  it("sends one frame as the whole body of any other type, newlines and all", async () => {
    const { get, post, session } = await open()
    const token = await session()
    expect(await post(token, `["1","1",\n"room:1","phx_join",{}]`, "application/json")).toEqual({
      status: 200,
    })
    expect((await get(token)).messages).toEqual([joined])
  })

  it("hears broadcasts, and not those that are bytes", async () => {
    const { get, post, session } = await open()
    const [one, other] = [await session(), await session()]
    for (const token of [one, other]) {
      await post(token, join)
      await get(token)
    }
    const poll = get(other)
    const head = Buffer.from([0, 1, 1, 6, 5])
    const bytes = Buffer.concat([head, Buffer.from("13room:1shout"), Buffer.from([1])])
    await post(one, `${bytes.toString("base64")}\n["1","4","room:1","shout",{"b":2}]`)
    expect((await poll).messages).toEqual(['[null,null,"room:1","shouted",{"b":2}]'])
  })

  it("has the answer of an older poll when it polls again", async () => {
    const { get, post, session } = await open()
    const token = await session()
    const [first, second] = [get(token), get(token)]
    expect(await first).toMatchObject({ status: 204 })
    await post(token, join)
    expect(await second).toMatchObject({ status: 200 })
  })

  it("loses nothing when it breaks its poll off", async () => {
    const { get, post, session } = await open()
    const token = await session()
    const broken = new AbortController()
    const poll = get(token, { signal: broken.signal })
    broken.abort()
    expect(await poll).toMatchObject({ status: 204 })
    await post(token, join)
    expect((await get(token)).messages).toEqual([joined])
  })
})

describe("a session", () => {
  it("ends when no poll came for one and a half windows", async () => {
    const { alarms, get, post, session } = await open()
    const token = await session()
    alarms.pass(14_999)
    expect(await post(token, join)).toEqual({ status: 200 })
    alarms.pass(1)
    expect(await post(token, join)).toEqual({ status: 410 })
    expect(await get(token)).toMatchObject({ status: 410, messages: [] })
  })

  it("lives as long as it is polled, although no heartbeat comes", async () => {
    const { alarms, get, session } = await open({ limits: { idle: 1 } })
    const token = await session()
    for (let round = 0; round < 20; round++) {
      const poll = get(token)
      alarms.pass(10_000)
      expect(await poll).toMatchObject({ status: 204 })
    }
  })

  it("ends when it is disconnected: the next request sees 410, and one that is held at once", async () => {
    const { get, post, session, pubsub } = await open<{ readonly user: string }>({
      connect: () => ok({ user: "1" }),
      id: ({ user }) => user,
    })
    const [held, idle] = [await session(), await session()]
    const poll = get(held)
    await disconnect(pubsub, "1")
    expect(await poll).toEqual({ status: 410 })
    expect(await post(idle, join)).toEqual({ status: 410 })
  })

  it("ends with what is no frame, be it text, base64 or bytes that are no text", async () => {
    const { post, session } = await open()
    for (const body of ["hello", '{"a":1}', "AAAA", "[1,2", Uint8Array.from([0xff, 0xfe])]) {
      const token = await session()
      expect(await post(token, body)).toEqual({ status: 410 })
      expect(await post(token, join)).toEqual({ status: 410 })
    }
  })

  it("ends when its client does not poll for what it asks for", async () => {
    const { post, session } = await open({ limits: { outboundMessages: 3 } })
    const token = await session()
    const say = '["1","2","room:1","say",{}]'
    expect(await post(token, [join, say, say].join("\n"))).toEqual({ status: 200 })
    expect(await post(token, say)).toEqual({ status: 410 })
  })

  it("is not opened by a token that is made up, changed or of another server", async () => {
    const { ask, get, session } = await open()
    const token = await session()
    const foreign = await (await open()).session()
    const made = ["", "x", "__proto__", `${token}x`, token.slice(1), foreign]
    for (const wrong of made) {
      expect(await get(wrong)).toMatchObject({ status: 410, messages: [] })
      expect(await ask(`vsn=2.0.0&token=${wrong}`, { method: "POST", body: join })).toEqual({
        status: 410,
      })
    }
    expect(await ask("vsn=2.0.0&token[a]=1")).toMatchObject({ status: 410 })
  })
})

describe("the token of a session", () => {
  it("is good for two weeks, however often it is used", async () => {
    let now = Date.UTC(2026, 0, 1)
    const { get, post, session } = await open({ now: () => now })
    const token = await session()
    await post(token, join)
    now += 14 * 86_400_000 - 1_000
    expect(await get(token)).toMatchObject({ status: 200, messages: [joined] })
    now += 2_000
    const fresh = await get(token)
    expect(fresh).toMatchObject({ status: 410, messages: [] })
    expect(fresh.token).not.toBe(token)
    expect(await post(token, join)).toEqual({ status: 410 })
  })
})

describe("a first poll", () => {
  it("runs connect with the parameters and the auth token of the header", async () => {
    const seen: unknown[] = []
    const { ask } = await open<{ readonly a: 1 }>({
      connect({ params, authToken }) {
        seen.push(params, authToken)
        return ok({ a: 1 })
      },
    })
    const headers = { "x-phoenix-authtoken": "s3cret/+" }
    expect(await ask("_csrf_token=C&a%5Bb%5D=1&vsn=2.0.0&", { headers })).toMatchObject({
      status: 410,
    })
    expect(seen).toEqual([{ _csrf_token: "C", a: { b: "1" }, vsn: "2.0.0" }, "s3cret/+"])
  })

  it.each([
    [
      "connect refuses",
      403,
      "vsn=2.0.0",
      { connect: () => ({ ok: false, error: { status: 429 } }) },
    ],
    ["connect throws", 500, "vsn=2.0.0", { connect: () => Promise.reject(new Error("boom")) }],
    ["the version is another", 403, "vsn=1.0.0", {}],
    ["there is no version", 403, "", {}],
    ["the query cannot be decoded", 403, "vsn=2.0.0&a=%ff", {}],
    [
      "the origin check throws",
      403,
      "vsn=2.0.0",
      {
        checkOrigin: () => {
          throw new Error("x")
        },
      },
    ],
  ] as const)("is refused when %s", async (_, status, query, options) => {
    const { ask } = await open(options as Partial<SocketOptions<undefined>>)
    expect(await ask(query, { headers: { origin: "http://localhost" } })).toEqual({ status })
  })

  it("is refused to pages of another origin, and so is what they do with a token", async () => {
    const { ask, session } = await open()
    const token = await session()
    const headers = { origin: "https://evil.test" }
    expect(await ask("vsn=2.0.0", { headers })).toEqual({ status: 403 })
    expect(await ask(`vsn=2.0.0&token=${token}`, { headers })).toEqual({ status: 403 })
    const init = { method: "POST", headers, body: join }
    expect(await ask(`vsn=2.0.0&token=${token}`, init)).toEqual({ status: 403 })
  })

  it("is refused for a while when there are too many sessions", async () => {
    const { ask, session, alarms } = await open({ longpoll: { sessions: 2 } })
    await session()
    await session()
    expect(await ask("vsn=2.0.0")).toEqual({ status: 500 })
    alarms.pass(15_000)
    await session()
  })
})

describe("a request to post", () => {
  it("has 100 messages at most; of a larger one none is handled", async () => {
    const { get, post, session } = await open()
    const token = await session()
    await post(token, join)
    await get(token)
    const say = (count: number) =>
      Array.from({ length: count }, () => '["1","2","room:1","say",{}]')
    expect(await post(token, say(101).join("\n"))).toEqual({ status: 413 })
    expect(await post(token, `${say(100).join("\n")}\n`)).toEqual({ status: 200 })
    expect((await get(token)).messages).toHaveLength(100)
    expect(await post(token, "\n".repeat(1_000_000))).toEqual({ status: 413 })
  })

  it("has so many bytes at most, whether it says how many or not", async () => {
    const { post, session } = await open({ longpoll: { bodyBytes: 40 } })
    const token = await session()
    expect(await post(token, join.padEnd(40))).toEqual({ status: 200 })
    expect(await post(token, join.padEnd(41))).toEqual({ status: 413 })
    const endless = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(new Uint8Array(16)),
    })
    expect(await post(token, endless)).toEqual({ status: 413 })
  })

  it("that does not come within the window is answered 408, and the session lives", async () => {
    const { alarms, get, post, session } = await open()
    const token = await session()
    const slow = post(token, new ReadableStream())
    const poll = get(token)
    alarms.pass(10_000)
    expect(await slow).toEqual({ status: 408 })
    expect(await poll).toMatchObject({ status: 204 })
  })

  it("that breaks off is answered 400, and nothing of it is handled", async () => {
    const { post, session } = await open()
    const token = await session()
    const broken = new ReadableStream({
      start: (controller) => controller.error(new Error("gone")),
    })
    expect(await post(token, broken)).toEqual({ status: 400 })
    expect(await post(token, join)).toEqual({ status: 200 })
  })

  it("may be empty", async () => {
    const { post, session } = await open()
    const token = await session()
    expect(await post(token, "")).toEqual({ status: 200 })
    expect(await post(token, "", "application/json")).toEqual({ status: 200 })
  })
})

describe("the answers to other origins", () => {
  it("may be read by any page, are JSON, and are not stored", async () => {
    const { raw } = await open()
    const { headers } = await raw("vsn=2.0.0")
    expect(headers).toEqual({
      "content-type": "application/json; charset=utf-8",
      "access-control-allow-origin": "*",
      "cache-control": "no-store",
    })
  })

  it("say beforehand which headers and methods are allowed", async () => {
    const { raw } = await open()
    const headers = { "access-control-request-headers": "x-phoenix-authtoken, content-type" }
    const answer = await raw("vsn=2.0.0", { method: "OPTIONS", headers })
    expect(answer).toMatchObject({ status: 200, body: "" })
    expect(answer.headers).toMatchObject({
      "access-control-allow-origin": "*",
      "access-control-allow-headers": "x-phoenix-authtoken, content-type",
      "access-control-allow-methods": "get, post, options",
      "access-control-max-age": "3600",
    })
  })

  it("refuse other methods", async () => {
    const { raw } = await open()
    for (const method of ["PUT", "DELETE", "PATCH", "HEAD"]) {
      expect((await raw("vsn=2.0.0", { method })).status).toBe(400)
    }
  })
})

describe("a socket handler", () => {
  it("leaves other paths to others, and says 400 to a WebSocket's path without an upgrade", async () => {
    const { handler } = await open()
    const at = (path: string) => handler.request?.(requestSource(new Request(`http://a${path}`)))
    expect(at("/socket/other")).toBeNull()
    expect(at("/socket/websocket?vsn=2.0.0")).toEqual({ status: 400 })
  })

  it("may serve WebSockets only", async () => {
    const { handler } = await open({ longpoll: false })
    const request = new Request("http://a/socket/longpoll?vsn=2.0.0")
    expect(handler.request?.(requestSource(request))).toBeNull()
  })

  it("refuses limits that are none", async () => {
    await expect(open({ longpoll: { window: Number.NaN } })).rejects.toThrow("longpoll")
    await expect(open({ longpoll: { batch: 0 } })).rejects.toThrow("batch")
  })
})
