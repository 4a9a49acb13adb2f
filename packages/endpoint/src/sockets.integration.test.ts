import { once } from "node:events"
import { isDeepStrictEqual } from "node:util"
import type {
  Accepted,
  Connection,
  Refused,
  SocketHandler,
  Transport,
  UpgradeRequest,
} from "@bennu/channels"
import { get } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it, vi } from "vitest"
import { type ClientOptions, WebSocket } from "ws"
import { type Endpoint, type EndpointOptions, endpoint, socketFailed } from "./index.ts"

const path = paths({ home: "/" })
const opened: Endpoint[] = []

/** Sends back what comes. */
const echo = (more: Partial<Connection> = {}, accepted: Partial<Accepted> = {}) => {
  const transports: Transport[] = []
  const handler: SocketHandler = {
    protocol: "echo",
    upgrade: () => ({
      maxPayload: 1_000,
      ...accepted,
      open(transport) {
        transports.push(transport)
        return { message: (data) => transport.send(data), closed() {}, drain() {}, ...more }
      },
    }),
  }
  return { handler, transports }
}
const answering = (
  upgrade: (request: UpgradeRequest) => Accepted | Refused | Promise<Accepted | Refused>,
): SocketHandler => ({
  protocol: "test",
  upgrade,
})

async function serve(handler: SocketHandler, more: Partial<EndpointOptions> = {}) {
  const routes = router(get(path.home, (conn) => conn.text("hello")))
  const child = endpoint({
    port: 0,
    development: false,
    ...more,
    router: routes,
    sockets: { "/live": handler },
  })
  const made = await child.start(new AbortController().signal)
  opened.push(made)
  const address = made.url.href.replace("http", "ws")
  return {
    ...made,
    address: (to: string) => address + to.slice(1),
    ask: (to: string) => fetch(new URL(to, made.url)),
  }
}

async function connected(address: string, protocols: string[] = [], options: ClientOptions = {}) {
  const ws = new WebSocket(address, protocols, options)
  await once(ws, "open")
  return ws
}
const refusal = async (address: string, options = {}) => {
  const ws = new WebSocket(address, options)
  ws.on("error", () => {})
  const [, response] = await once(ws, "unexpected-response")
  let body = ""
  for await (const chunk of response) body += chunk
  return { status: response.statusCode, headers: response.headers, body }
}
const message = async (ws: WebSocket) => {
  const [data, isBinary] = await once(ws, "message")
  return isBinary ? new Uint8Array(data) : String(data)
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.stop(AbortSignal.abort())))
})

describe("a socket", () => {
  it("carries text and bytes both ways", async () => {
    const { address } = await serve(echo().handler)
    const ws = await connected(address("/live/websocket?vsn=2.0.0"))
    ws.send("hé")
    expect(await message(ws)).toBe("hé")
    ws.send(new Uint8Array([1, 2, 3]))
    expect(await message(ws)).toEqual(new Uint8Array([1, 2, 3]))
    ws.terminate()
  })

  it("carries texts of every size, to many at once and to each alone, with bytes between them", async () => {
    const { handler, transports } = echo()
    const { address } = await serve(handler)
    const clients = await Promise.all([connected(address("/live")), connected(address("/live"))])
    const heard = clients.map((ws) => {
      const all: unknown[] = []
      ws.on("message", (data: Buffer, isBinary) => all.push(isBinary ? [...data] : data.toString()))
      return all
    })
    const sizes = [0, 1, 125, 126, 65_535, 65_536, 300_000]
    const texts = sizes.flatMap((size) => ["x".repeat(size), "é".repeat(size), "y".repeat(size)])
    for (const text of texts) {
      for (const transport of transports) transport.send(text)
      for (const [at, transport] of transports.entries()) transport.send(`${at}${text.slice(1)}`)
      for (const transport of transports) transport.send(new Uint8Array([1, 2, 3]))
    }
    const sent = (at: number) => texts.flatMap((text) => [text, `${at}${text.slice(1)}`, [1, 2, 3]])
    await expect.poll(() => heard.every((all) => all.length >= 3 * texts.length)).toBe(true)
    expect(heard.every((all, at) => isDeepStrictEqual(all, sent(at)))).toBe(true)
    for (const ws of clients) ws.terminate()
  })

  it("shows its handler the request that asked for it", async () => {
    const seen: unknown[] = []
    const { address, url } = await serve(
      answering((request) => {
        const { method, target, origin, remoteAddress } = request
        seen.push({ method, target, origin, remoteAddress, cookie: request.header("cookie") })
        seen.push(request.headers().get("cookie"), request.body(), request.signal.aborted)
        return { status: 403 }
      }),
    )
    await refusal(address("/live/websocket?a=1"), { headers: { cookie: "a=b" } })
    const { origin } = url
    expect(seen).toEqual([
      {
        method: "GET",
        target: "/live/websocket?a=1",
        origin,
        remoteAddress: "127.0.0.1",
        cookie: "a=b",
      },
      "a=b",
      null,
      false,
    ])
  })

  it("can be asked about that request for as long as it is open", async () => {
    const asked = Promise.withResolvers<UpgradeRequest>()
    const { handler } = echo()
    const { address } = await serve({
      ...handler,
      upgrade(request) {
        asked.resolve(request)
        return handler.upgrade(request)
      },
    })
    const ws = await connected(address("/live?a=1"), [], {
      headers: { cookie: "a=b", "x-two": "2" },
    })
    const request = await asked.promise
    expect([request.target, request.header("cookie"), request.headers().get("x-two")]).toEqual([
      "/live?a=1",
      "a=b",
      "2",
    ])
    expect(request.signal.aborted).toBe(false)
    ws.terminate()
    await once(request.signal, "abort")
  })

  it("names the subprotocol that its handler chose, and no other", async () => {
    const { address } = await serve(echo({}, { subprotocol: "phoenix" }).handler)
    const ws = await connected(address("/live"), ["other", "phoenix"])
    expect(ws.protocol).toBe("phoenix")
    ws.terminate()
  })

  it("tells its handler when what piled up has left, and when it is gone", async () => {
    const drain = vi.fn<() => void>()
    const gone = Promise.withResolvers<number>()
    const { handler, transports } = echo({ drain, closed: gone.resolve })
    const { address } = await serve(handler)
    const ws = await connected(address("/live"))
    ws.send("x")
    await message(ws)
    // more than the system takes at once: alone, and with one behind it
    for (const texts of [["x".repeat(16_000_000)], ["x".repeat(16_000_000), "y"]]) {
      drain.mockClear()
      for (const text of texts) transports[0]?.send(text)
      await expect.poll(() => drain.mock.calls.length).toBeGreaterThan(0)
      expect(transports[0]?.bufferedAmount).toBe(0)
    }
    ws.close(3001)
    expect(await gone.promise).toBe(3001)
    transports[0]?.send("nobody is there")
  })

  it("is closed with the code and reason of its handler", async () => {
    const { handler, transports } = echo()
    const { address } = await serve(handler)
    for (const [code, reason, seen] of [
      [4001, "bye", [4001, "bye"]],
      [1006, "never sent", [1011, "never sent"]],
      [1000, "x".repeat(124), [1000, ""]],
    ] as const) {
      const ws = await connected(address("/live"))
      transports.at(-1)?.close(code, reason)
      const [got, why] = await once(ws, "close")
      expect([got, String(why)]).toEqual(seen)
    }
  })

  it("is closed with 1009 when a message is larger than its handler takes", async () => {
    const { address } = await serve(echo().handler)
    const ws = await connected(address("/live"))
    ws.send("x".repeat(1_000))
    expect(await message(ws)).toHaveLength(1_000)
    ws.send("x".repeat(1_001))
    expect((await once(ws, "close"))[0]).toBe(1009)
  })

  it("is closed with 1011 when its handler throws, and others live", async () => {
    const failed: unknown[] = []
    using _ = socketFailed.subscribe(({ error }) => failed.push(error))
    const bad = new Error("a bug")
    const { handler } = echo({
      message() {
        throw bad
      },
    })
    const { address, ask } = await serve(handler)
    const [ws, other] = [await connected(address("/live")), await connected(address("/live"))]
    ws.send("x")
    expect((await once(ws, "close"))[0]).toBe(1011)
    expect(failed).toEqual([bad])
    expect(other.readyState).toBe(WebSocket.OPEN)
    expect(await (await ask("/")).text()).toBe("hello")
    other.terminate()
  })

  it("is never compressed", async () => {
    const { address } = await serve(echo().handler)
    const ws = await connected(address("/live"), [], { perMessageDeflate: true })
    expect(ws.extensions).toBe("")
    ws.terminate()
  })
})

describe("a request for a socket", () => {
  it("is refused with a plain answer, as its handler says it", async () => {
    const { address } = await serve(
      answering(() => ({
        status: 403,
        headers: { "X-Why": "origin", "Content-Length": "0", "x-odd": "a\r\nb: c" },
        body: "no",
      })),
    )
    const { status, headers, body } = await refusal(address("/live"))
    expect({ status, body, why: headers["x-why"] }).toEqual({
      status: 403,
      body: "no",
      why: "origin",
    })
    expect(headers).toMatchObject({ connection: "close", "content-length": "2" })
    expect(headers["b"]).toBeUndefined()
  })

  it("is answered 500 when its handler throws", async () => {
    const { address } = await serve(
      answering(async () => {
        throw new Error("secret")
      }),
    )
    expect(await refusal(address("/live"))).toMatchObject({ status: 500, body: "500\n" })
  })

  it("is answered 404 by the routes where nothing is mounted", async () => {
    const { address } = await serve(echo().handler)
    for (const to of ["/", "/lives", "/live2/websocket"]) {
      expect((await refusal(address(to))).status).toBe(to === "/" ? 200 : 404)
    }
  })

  it("is answered 426 for a version that nobody speaks", async () => {
    const { url } = await serve(echo().handler)
    const headers = {
      connection: "upgrade",
      upgrade: "websocket",
      "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
      "sec-websocket-version": "7",
    }
    const { request } = await import("node:http")
    const [response] = await once(request(new URL("/live", url), { headers }).end(), "response")
    expect([response.statusCode, response.headers["sec-websocket-version"]]).toEqual([426, "13"])
    response.resume()
  })

  it("tells its handler when the client leaves while it decides", async () => {
    const asked = Promise.withResolvers<void>()
    const gone = Promise.withResolvers<void>()
    const { address } = await serve(
      answering((request) => {
        request.signal.addEventListener("abort", () => gone.resolve())
        asked.resolve()
        return new Promise(() => {})
      }),
    )
    const ws = new WebSocket(address("/live"))
    ws.on("error", () => {})
    await asked.promise
    ws.terminate()
    await gone.promise
  })
})

describe("stopping with sockets", () => {
  it("does not wait for a handler that has not decided by the deadline", async () => {
    const asked = Promise.withResolvers<void>()
    const { address, stop } = await serve(
      answering(() => {
        asked.resolve()
        return new Promise(() => {})
      }),
    )
    const ws = new WebSocket(address("/live"))
    ws.on("error", () => {})
    await asked.promise
    const deadline = new AbortController()
    const stopped = stop(deadline.signal)
    deadline.abort()
    await stopped
  })

  it("asks all of them to come back later, in batches", async () => {
    const { handler } = echo()
    const { address, stop } = await serve(handler, { drain: { batchSize: 2, batchInterval: 1 } })
    const sockets = await Promise.all(Array.from({ length: 7 }, () => connected(address("/live"))))
    const closed = Promise.all(sockets.map((ws) => once(ws, "close")))
    await stop(new AbortController().signal)
    expect((await closed).map(([code]) => code)).toEqual(Array(7).fill(1012))
  })

  it("lets handlers put away what their clients come back for, before and after the sockets close", async () => {
    const order: string[] = []
    const { handler } = echo({ closed: () => void order.push("closed") })
    const put = Promise.withResolvers<void>()
    const { address, stop } = await serve({
      ...handler,
      async drain() {
        await put.promise
        order.push("drained")
      },
      stop: () => void order.push("stopped"),
    })
    await connected(address("/live"))
    const stopped = stop(new AbortController().signal)
    put.resolve()
    await stopped
    expect(order).toEqual(["drained", "closed", "stopped"])
  })

  it("waits no longer than the deadline for a handler that drains, and for none that fails", async () => {
    const { handler } = echo()
    const failing = { ...handler, drain: () => Promise.reject(new Error("full")) }
    await (await serve(failing)).stop(new AbortController().signal)
    const asked = Promise.withResolvers<void>()
    const drain = () => {
      asked.resolve()
      return new Promise<void>(() => {})
    }
    const { stop } = await serve({ ...handler, drain })
    const deadline = new AbortController()
    const stopped = stop(deadline.signal)
    await asked.promise
    deadline.abort()
    await stopped
  })

  it("cuts off those that do not answer by the deadline", async () => {
    const { handler } = echo()
    const { address, stop } = await serve(handler)
    const ws = await connected(address("/live"))
    // a client that reads nothing any more
    ws.pause()
    const deadline = new AbortController()
    const stopped = stop(deadline.signal)
    deadline.abort()
    await stopped
    ws.terminate()
  })
})
