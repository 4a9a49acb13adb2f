import { err, ok } from "@bennu/core"
import { local, openPubSub } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import { type Connecting, type SocketOptions, socketHandler } from "./socket.ts"
import { socketRefused } from "./telemetry.ts"
import { type ConnectOptions, upgradeRequest } from "./testing.ts"

async function ask<A = undefined>(
  request: ConnectOptions,
  options: Partial<SocketOptions<A>> = {},
) {
  const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
  return socketHandler({ channels: {}, pubsub, ...options }).upgrade(upgradeRequest(request))
}

const target = (query: string) => ({ target: `/socket/websocket?${query}` })

describe("a request for a socket", () => {
  it("of version 2.0 is accepted with the frame limit, and with no subprotocol", async () => {
    const answer = await ask({})
    expect(answer).toMatchObject({ maxPayload: 65_536, subprotocol: undefined })
  })

  it.each([
    ["vsn=2.0.0", undefined],
    ["vsn=2.0.3", undefined],
    ["a=1&&b[c]=2&vsn=2.0.0", undefined],
    ["", 403],
    ["vsn=1.0.0", 403],
    ["vsn=2.1.0", 403],
    ["vsn=3.0.0", 403],
    ["vsn=2.0.0x", 403],
    ["vsn[]=2.0.0", 403],
    ["vsn=2.0.0&x=%ff", 400],
    ["vsn=2.0.0&__proto__[x]=1", 400],
    [`vsn=2.0.0&a${"[b]".repeat(50)}=1`, 400],
  ])("with the query %j is answered with %s", async (query, status) => {
    const answer = await ask(target(query))
    expect("status" in answer ? answer.status : undefined).toBe(status)
  })

  it("has to be a GET of the path's websocket", async () => {
    await expect(ask({ method: "POST" })).resolves.toEqual({ status: 400 })
    await expect(ask({ target: "/socket/other?vsn=2.0.0" })).resolves.toEqual({ status: 404 })
  })

  it("tells connect its nested parameters and its auth token", async () => {
    const seen: Connecting[] = []
    const connect = (connecting: Connecting) => {
      seen.push(connecting)
      return ok({})
    }
    const query = "a%5Bb%5D=1&list%5B%5D=x&list%5B%5D=y&none=&vsn=2.0.0"
    await ask(target(query), { connect })
    await ask({ authToken: "secret~token?" }, { connect })
    expect(seen[0]?.params).toEqual({ a: { b: "1" }, list: ["x", "y"], none: "", vsn: "2.0.0" })
    expect(seen.map(({ authToken }) => authToken)).toEqual([null, "secret~token?"])
  })

  it("with an auth token is answered with the subprotocol phoenix", async () => {
    await expect(ask({ authToken: "t" })).resolves.toMatchObject({ subprotocol: "phoenix" })
  })

  it("with an auth token that is not base64 is refused", async () => {
    const headers = { "sec-websocket-protocol": "phoenix, base64url.bearer.phx.a!b" }
    await expect(ask({ headers })).resolves.toEqual({ status: 403 })
  })

  it("is answered with what connect refuses it with", async () => {
    const refusal = { status: 429, headers: { "retry-after": "5" }, body: "later" }
    await expect(ask({}, { connect: () => err(refusal) })).resolves.toEqual(refusal)
    await expect(ask({}, { connect: async () => err({ status: 403 }) })).resolves.toEqual({
      status: 403,
    })
  })

  it("is refused when the check of its origin throws", async () => {
    const checkOrigin = () => {
      throw new Error("boom")
    }
    const headers = { origin: "http://localhost" }
    await expect(ask({ headers }, { checkOrigin })).resolves.toEqual({ status: 500 })
    await expect(ask({ headers })).resolves.toMatchObject({ maxPayload: 65_536 })
    await expect(ask({ headers: { origin: "null" } })).resolves.toEqual({ status: 403 })
  })

  it("is refused when connect throws, with the status of what it throws", async () => {
    const reasons: unknown[] = []
    using _reports = socketRefused.subscribe(({ error }) => reasons.push(error))
    const boom = new Error("boom")
    const connect = () => Promise.reject(boom)
    await expect(ask({}, { connect })).resolves.toEqual({ status: 500 })
    await expect(
      ask(
        {},
        {
          connect: () => {
            throw Object.assign(new Error("no"), { status: 401 })
          },
        },
      ),
    ).resolves.toEqual({ status: 401 })
    expect(reasons).toContain(boom)
  })
})

describe("the options of a socket", () => {
  it.each([
    ["a star in the middle of a pattern", { channels: { "a*b": { join: () => ({ error: {} }) } } }],
    ["a limit that is NaN", { limits: { channels: Number.NaN } }],
    ["a limit of nothing", { limits: { frameBytes: 0 } }],
    ["an option that is mistyped", { checkOrigins: false, now: Date.now }],
    ["a limit that is mistyped", { limits: { chanels: 3, depth: 3 } }],
    ["a duration that is none", { limits: { idle: Number.NaN } }],
    ["an origin that is none", { checkOrigin: ["example.com"] }],
  ])("may not have %s", async (_, options) => {
    await expect(ask({}, options)).rejects.toMatchObject({ code: /^ERR_CORE_/ })
  })

  it("that are mistyped are told from those that were meant", async () => {
    const limits = { outboundMesages: 3, channels: 3 }
    await expect(ask({}, { limits })).rejects.toMatchObject({
      hint: expect.stringContaining('did you mean "outboundMessages"?'),
    })
  })
})
