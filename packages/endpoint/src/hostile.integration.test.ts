import { once } from "node:events"
import { connect, type Socket } from "node:net"
import type { SocketHandler } from "@bennu/channels"
import { type Conn, get, post, put, type Reply, requestFailed } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { type Endpoint, type EndpointLimits, endpoint, requestRefused } from "./index.ts"

const path = paths({
  home: "/",
  echo: "POST /echo",
  page: "/pages/:page",
  rest: "PUT /rest/*",
  large: "/large/:kind",
})
const routes = router(
  get(path.home, (conn) => conn.text("hello")),
  get(path.page, (conn) => conn.text(`page ${conn.params.page}`)),
  post(path.echo, async (conn) => conn.text(await conn.request.text())),
  get(path.large, large),
  put(path.rest, (conn) => conn.text("")),
)
let givenUp = Promise.withResolvers<void>()

/** More than the network holds. */
function large(conn: Conn<{}, "kind">): Response | Reply {
  conn.signal.addEventListener("abort", () => givenUp.resolve())
  const chunk = new Uint8Array(1_000_000)
  const pull = (controller: ReadableStreamDefaultController) => controller.enqueue(chunk)
  if (conn.params.kind === "stream") return new Response(new ReadableStream({ pull }))
  return conn.params.kind === "file"
    ? conn.sendFile(process.execPath)
    : conn.text("x".repeat(50_000_000))
}

const echo: SocketHandler = {
  protocol: "echo",
  upgrade: () => ({
    maxPayload: 1_000_000,
    open: (transport) => ({ message: (data) => transport.send(data), closed() {}, drain() {} }),
  }),
}

let server: Endpoint
/** Talks on while others misbehave; it must never notice them. */
let bystander: WebSocket

async function start(limits: EndpointLimits = {}) {
  server = await endpoint({
    router: routes,
    port: 0,
    development: false,
    sockets: { "/live": echo },
    limits,
  }).start(new AbortController().signal)
  bystander = new WebSocket(new URL("/live", server.url))
  await once(bystander, "open")
}
beforeEach(() => start())
afterEach(async () => {
  expect(await (await fetch(server.url)).text()).toBe("hello")
  bystander.send("still here")
  expect(String((await once(bystander, "message"))[0])).toBe("still here")
  await server.stop(AbortSignal.abort())
})
/** Starts again with other limits. */
async function restart(limits: EndpointLimits) {
  await server.stop(AbortSignal.abort())
  await start(limits)
}

const open = async (): Promise<Socket> => {
  const socket = connect(Number(server.url.port), server.url.hostname)
  // a server that closes while we still write resets the connection: that is its right
  socket.on("error", () => {})
  await once(socket, "connect")
  return socket
}
/** All that comes back until the server closes. */
const send = async (request: string | Buffer): Promise<string> => {
  const socket = await open()
  const answer: Buffer[] = []
  socket.on("data", (chunk) => answer.push(chunk))
  socket.write(typeof request === "string" ? Buffer.from(request, "latin1") : request)
  await once(socket, "close")
  return Buffer.concat(answer).toString("latin1")
}
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1])
const lines = (...all: string[]) => `${all.join("\r\n")}\r\n\r\n`
const posted = (...headers: string[]) => lines("POST /echo HTTP/1.1", "Host: a", ...headers)

describe("a path that two readers could take for two", () => {
  it("is one path, however it is encoded", async () => {
    const answer = await send(lines("GET /pages/%61dmin HTTP/1.1", "Host: a", "Connection: close"))
    expect(answer).toMatch(/page admin$/)
    expect(
      statusOf(await send(lines("GET /%70ages/x HTTP/1.1", "Host: a", "Connection: close"))),
    ).toBe(404)
  })

  it("may be the end of an absolute address", async () => {
    const answer = await send(
      lines("GET http://b/pages/x HTTP/1.1", "Host: b", "Connection: close"),
    )
    expect(answer).toMatch(/page x$/)
    expect(
      statusOf(await send(lines("GET http://b/../x HTTP/1.1", "Host: b", "Connection: close"))),
    ).toBe(400)
  })
})

describe("a body", () => {
  it("that nobody reads is not taken for the next request", async () => {
    const hidden = "GET /pages/hidden HTTP/1.1\r\nHost: a\r\n\r\n"
    const request =
      lines("PUT /rest/a HTTP/1.1", "Host: a", `Content-Length: ${hidden.length}`) + hidden
    const answer = await send(
      request + lines("GET /pages/next HTTP/1.1", "Host: a", "Connection: close"),
    )
    expect(answer).not.toContain("hidden")
  })

  it("that never comes to its end is given up", async () => {
    await restart({ requestTimeout: 200, headersTimeout: 200 })
    const answer = await send(`${posted("Content-Length: 10")}slow`)
    expect(answer === "" ? 408 : statusOf(answer)).toBe(408)
  })

  it("that breaks off is an error of its client, to whoever reads it", async () => {
    const failed = Promise.withResolvers<unknown>()
    using _ = requestFailed.subscribe(({ error }) => failed.resolve(error))
    const socket = await open()
    socket.write(`${posted("Content-Length: 10")}slow`)
    socket.end()
    expect(await failed.promise).toMatchObject({ code: "ERR_ENDPOINT_CLIENT_GONE", status: 400 })
    socket.destroy()
  })
})

describe("a request that never comes to its end", () => {
  it("is given up, for a page and for a socket", async () => {
    await restart({ requestTimeout: 200, headersTimeout: 200 })
    const half = [
      "GET / HTTP/1.1\r\nHost: a\r\nX-",
      "GET /live HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n",
    ]
    for (const each of half) expect(statusOf(await send(each))).toBe(408)
  })
})

describe("an answer that nobody reads", () => {
  it.each(["text", "stream", "file"])("is given up, when it is a %s", async (kind) => {
    await restart({ stallTimeout: 100 })
    givenUp = Promise.withResolvers()
    const socket = await open()
    socket.pause()
    socket.write(lines(`GET /large/${kind} HTTP/1.1`, "Host: a"))
    await givenUp.promise
    socket.destroy()
  })
})

describe("connections beyond the limit", () => {
  it("are closed as they come", async () => {
    await restart({ connections: 3 })
    const refused: unknown[] = []
    using _ = requestRefused.subscribe(({ reason }) => refused.push(reason))
    const [one, two] = [await open(), await open()]
    expect(await send(lines("GET / HTTP/1.1", "Host: a"))).toBe("")
    expect(refused).toEqual(["too many connections"])
    one.destroy()
    two.destroy()
    await Promise.all([once(one, "close"), once(two, "close")])
  })
})

describe("a request for a socket", () => {
  const upgrade = (...more: string[]) =>
    lines(
      "GET /live/websocket HTTP/1.1",
      "Host: a",
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
      ...more,
    )

  it("for anything but a WebSocket is a request for a page", async () => {
    const answer = await send(
      lines("GET / HTTP/1.1", "Host: a", "Connection: Upgrade, close", "Upgrade: h2c"),
    )
    expect(statusOf(answer)).toBe(200)
  })

  /** Sends frames by hand, and returns the code that the server closes with. */
  const frames = async (bytes: Buffer): Promise<number> => {
    const answer = Buffer.from(await send(Buffer.concat([Buffer.from(upgrade()), bytes])), "latin1")
    expect(statusOf(answer.toString("latin1"))).toBe(101)
    const close = answer.subarray(answer.indexOf("\r\n\r\n") + 4)
    expect(close[0]).toBe(0x88)
    return close.readUInt16BE(2)
  }
  const masked = (opcode: number, payload: string) =>
    Buffer.concat([Buffer.from([opcode, 0x80 | payload.length, 0, 0, 0, 0]), Buffer.from(payload)])

  it("that goes on with a frame that is not masked is closed with 1002", async () => {
    expect(await frames(Buffer.from([0x81, 1, 0x61]))).toBe(1002)
  })

  it("that goes on with text that is no UTF-8 is closed with 1007", async () => {
    expect(await frames(Buffer.from([0x81, 0x81, 0, 0, 0, 0, 0xff]))).toBe(1007)
  })

  it("that goes on with a frame of a kind that nobody agreed on is closed with 1002", async () => {
    expect(await frames(masked(0x83, "x"))).toBe(1002)
    expect(await frames(masked(0xc1, "x"))).toBe(1002)
  })

  it("that goes on with 100,000 tiny fragments is closed with 1008", async () => {
    const fragment = masked(0x00, "x")
    expect(
      await frames(Buffer.concat([masked(0x01, "x"), ...Array<Buffer>(100_000).fill(fragment)])),
    ).toBe(1008)
  })

  it("that goes on with 101 fragments of a message is closed with 1008, and with 100 it is heard", async () => {
    const message = (parts: number) =>
      Buffer.concat([
        masked(0x01, "x"),
        ...Array<Buffer>(parts - 2).fill(masked(0x00, "x")),
        masked(0x80, "x"),
      ])
    expect(await frames(message(101))).toBe(1008)
    const goodbye = Buffer.from([0x88, 0x82, 0, 0, 0, 0, 0x03, 0xe8])
    const sent = Buffer.concat([Buffer.from(upgrade()), message(100), goodbye])
    expect(await send(sent)).toContain("x".repeat(100))
  })

  it("that goes on with a frame that claims to be huge is closed with 1009", async () => {
    const head = Buffer.from([0x82, 0xff, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0])
    expect(await frames(head)).toBe(1009)
  })
})
