import { once } from "node:events"
import { Agent, request } from "node:http"
import { connect, type Socket } from "node:net"
import { setTimeout } from "node:timers/promises"
import type { SocketHandler } from "@bennu/channels"
import { get, pipeline, post, scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { type Endpoint, type EndpointLimits, endpoint, requestRefused } from "./index.ts"

const path = paths({
  home: "/",
  file: "/file",
  slow: "/slow",
  echo: "POST /echo",
  whole: "POST /whole",
})
const routes = router(
  get(path.home, (conn) => conn.text("hello")),
  get(path.file, (conn) => conn.sendFile(import.meta.filename)),
  get(path.slow, async (conn) => {
    await setTimeout(1_500)
    return conn.text("at last")
  }),
  post(path.echo, async (conn) => conn.text(await conn.request.text())),
  post(path.whole, async (conn) => conn.text(Buffer.from(await conn.bytes()).toString())),
  scope("/large", pipeline(), { limits: { bodyBytes: 2_000, requestTimeout: "5s" } }, [
    post(path.whole, async (conn) => conn.text(`${(await conn.bytes()).length}`)),
    post(path.echo, async (conn) => conn.text(`${(await conn.request.text()).length}`)),
    scope("/small", pipeline(), { limits: { bodyBytes: 10 } }, [
      post(path.whole, async (conn) => conn.text(`${(await conn.bytes()).length}`)),
    ]),
  ]),
)
/** A body is read as a stream, or whole: the same limits hold. */
const reading = ["/echo", "/whole"] as const
const echo: SocketHandler = {
  protocol: "echo",
  upgrade: () => ({
    maxPayload: 1_000,
    open: (transport) => ({ message: (data) => transport.send(data), closed() {}, drain() {} }),
  }),
}
const opened: Endpoint[] = []

/** Serves with these limits, and tells what comes back for bytes until the connection closes. */
async function serve(limits: EndpointLimits) {
  const child = endpoint({
    router: routes,
    port: 0,
    development: false,
    sockets: { "/live": echo },
    limits,
  })
  const server = await child.start(new AbortController().signal)
  opened.push(server)
  const open = async (): Promise<Socket> => {
    const socket = connect(Number(server.url.port), server.url.hostname)
    socket.on("error", () => {})
    await once(socket, "connect")
    return socket
  }
  const send = async (bytes: string): Promise<string> => {
    const socket = await open()
    const answer: Buffer[] = []
    socket.on("data", (chunk) => answer.push(chunk))
    socket.write(bytes)
    await once(socket, "close")
    return Buffer.concat(answer).toString("latin1")
  }
  const ws = () => new WebSocket(new URL("/live", server.url))
  return { ...server, open, send, ws }
}
const lines = (...all: string[]) => `${all.join("\r\n")}\r\n\r\n`
const statuses = (answer: string) =>
  Array.from(answer.matchAll(/HTTP\/1\.1 (\d{3})/g), ([, status]) => Number(status))
const heads = (more: string[]) => lines("GET / HTTP/1.1", "Host: a", "Connection: close", ...more)

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.stop(AbortSignal.abort())))
})

describe("limits.headerCount", () => {
  it("is taken, and one more is not", async () => {
    const { send } = await serve({ headerCount: 5 })
    expect(statuses(await send(heads(["A: 1", "B: 1", "C: 1"])))).toEqual([200])
    expect(statuses(await send(heads(["A: 1", "B: 1", "C: 1", "D: 1"])))).toEqual([431])
  })
})

describe("limits.headerBytes", () => {
  // what Node counts: the target, names and values
  const filled = (bytes: number) => {
    const fixed = ["/", "Host", "a", "Connection", "close", "X"].join("").length
    return heads([`X: ${"x".repeat(bytes - fixed)}`])
  }
  it("are taken, and one more is not", async () => {
    const { send } = await serve({ headerBytes: 1_000 })
    expect(statuses(await send(filled(999)))).toEqual([200])
    expect(statuses(await send(filled(1_000)))).toEqual([431])
  })
})

const bodies = [
  ["by length", (size: number) => [`Content-Length: ${size}`, "x".repeat(size)]],
  [
    "by chunks",
    (size: number) => ["Transfer-Encoding: chunked", `${"1\r\nx\r\n".repeat(size)}0\r\n\r\n`],
  ],
] as const

describe("limits.bodyBytes", () => {
  const cases = reading.flatMap((to) => bodies.map(([how, body]) => [to, how, body] as const))
  it.each(cases)("are taken, and one more is not: %s, %s", async (to, _, body) => {
    const { send } = await serve({ bodyBytes: 1_000 })
    const posted = (size: number) => {
      const [header = "", bytes] = body(size)
      return lines(`POST ${to} HTTP/1.1`, "Host: a", "Connection: close", header) + bytes
    }
    expect(statuses(await send(posted(1_000)))).toEqual([200])
    expect(statuses(await send(posted(1_001)))).toEqual([413])
    // a scope says what its own routes take, and the innermost is right
    const scoped = async (to: string, size: number) => {
      const [header = "", bytes] = body(size)
      const head = lines(`POST ${to} HTTP/1.1`, "Host: a", "Connection: close", header)
      return statuses(await send(head + bytes))
    }
    expect(await scoped(`/large${to}`, 2_000)).toEqual([200])
    expect(await scoped(`/large${to}`, 2_001)).toEqual([413])
    expect(await scoped("/large/small/whole", 10)).toEqual([200])
    expect(await scoped("/large/small/whole", 11)).toEqual([413])
  })
})

describe.each(reading)("limits.bodyRate of %s", (to) => {
  it("is asked of a body that is waited for, whichever way it says its end", async () => {
    const { send } = await serve({ bodyRate: 1_000_000, bodyGrace: 20 })
    for (const header of ["Content-Length: 10", "Transfer-Encoding: chunked"]) {
      const posted = lines(`POST ${to} HTTP/1.1`, "Host: a", header)
      expect(statuses(await send(`${posted}1\r\nx`))).toEqual([408])
    }
  })

  it("is not met by drops", async () => {
    const { open } = await serve({ bodyRate: 1_000_000, bodyGrace: 20 })
    const socket = await open()
    socket.write(lines(`POST ${to} HTTP/1.1`, "Host: a", "Content-Length: 1000000"))
    const dripping = setInterval(() => socket.write("x"), 5)
    const [answer] = await once(socket, "data")
    clearInterval(dripping)
    expect(statuses(String(answer))).toEqual([408])
    socket.destroy()
  })

  it("is not asked of one that has come", async () => {
    const { send } = await serve({ bodyRate: 1_000_000, bodyGrace: 1 })
    const posted = lines(`POST ${to} HTTP/1.1`, "Host: a", "Connection: close", "Content-Length: 2")
    expect(statuses(await send(`${posted}ok`))).toEqual([200])
  })
})

describe.each(reading)("limits.requestTimeout of %s", (to) => {
  it("holds where no scope gives more time", async () => {
    const { open } = await serve({ requestTimeout: 200, bodyGrace: 50, bodyRate: 1 })
    const dripped = async (target: string) => {
      const socket = await open()
      socket.write(lines(`POST ${target} HTTP/1.1`, "Host: a", "Content-Length: 100"))
      let sent = 0
      const dripping = setInterval(() => {
        sent += 1
        if (sent <= 20) socket.write("five.")
        // seldom enough to have sent it all in five seconds where each takes longer than it should
      }, 50)
      const [answer] = await once(socket, "data")
      clearInterval(dripping)
      socket.destroy()
      return statuses(String(answer))
    }
    expect(await dripped(to)).toEqual([408])
    expect(await dripped(`/large${to}`)).toEqual([200])
  })
})

describe("limits.headersTimeout", () => {
  it("ends what comes by drops", async () => {
    const { open } = await serve({ headersTimeout: 50, requestTimeout: 60_000 })
    const socket = await open()
    socket.write("GET / HTTP/1.1\r\nHost: a\r\n")
    const dripping = setInterval(() => socket.write("X: 1\r\n"), 5)
    const [answer] = await once(socket, "data")
    clearInterval(dripping)
    expect(statuses(String(answer))).toEqual([408])
    socket.destroy()
  })
})

describe("limits.keepAliveTimeout", () => {
  it("ends a connection that says no more", async () => {
    const { send } = await serve({ keepAliveTimeout: 1 })
    expect(statuses(await send(lines("GET / HTTP/1.1", "Host: a")))).toEqual([200])
  })

  it("is told to clients, in seconds, where the connection stays", async () => {
    const { url } = await serve({ keepAliveTimeout: "7s" })
    const headersOf = async (connection: string) => {
      const agent = new Agent({ keepAlive: connection === "keep-alive" })
      const asked = request(url, { agent }).end()
      const [{ headers }] = await once(asked, "response")
      agent.destroy()
      return [headers.connection, headers["keep-alive"]]
    }
    expect(await headersOf("keep-alive")).toEqual(["keep-alive", "timeout=7"])
    expect(await headersOf("close")).toEqual(["close", undefined])
  })

  it("is not held against a handler that takes longer, nor is what an answer before it might have stalled", async () => {
    const { send } = await serve({ keepAliveTimeout: 100, stallTimeout: 200 })
    const asked = (to: string) => lines(`GET ${to} HTTP/1.1`, "Host: a")
    const answer = await send(asked("/file") + asked("/slow"))
    expect(statuses(answer)).toEqual([200, 200])
    expect(answer).toMatch(/at last$/)
  })

  it("leaves a socket alone that was a request once", async () => {
    const { open } = await serve({ keepAliveTimeout: 50 })
    const socket = await open()
    socket.write(lines("GET / HTTP/1.1", "Host: a"))
    await once(socket, "data")
    socket.write(
      lines(
        ...["GET /live HTTP/1.1", "Host: a", "Connection: Upgrade", "Upgrade: websocket"],
        ...["Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="],
      ),
    )
    await once(socket, "data")
    const ended = once(socket, "close").then(() => "closed")
    expect(await Promise.race([ended, setTimeout(500, "open")])).toBe("open")
    socket.destroy()
  })
})

describe("limits.requestsPerConnection", () => {
  it("are answered, the last one with its end", async () => {
    const { send } = await serve({ requestsPerConnection: 3, keepAliveTimeout: 1 })
    const answer = await send(lines("GET / HTTP/1.1", "Host: a").repeat(3))
    expect(statuses(answer)).toEqual([200, 200, 200])
    expect(answer.match(/connection: close/gi)).toHaveLength(1)
    const more = await send(lines("GET / HTTP/1.1", "Host: a").repeat(4))
    expect(statuses(more).slice(0, 3)).toEqual([200, 200, 200])
    expect(statuses(more)[3]).not.toBe(200)
  })
})

describe("limits.socketsPerAddress", () => {
  it("are opened, one more is not, and one that closes makes room", async () => {
    const { ws } = await serve({ socketsPerAddress: 2 })
    const refused: unknown[] = []
    using _ = requestRefused.subscribe(({ status, reason }) => refused.push([status, reason]))
    const [one, two] = [ws(), ws()]
    await Promise.all([once(one, "open"), once(two, "open")])
    const three = ws()
    three.on("error", () => {})
    const [, response] = await once(three, "unexpected-response")
    expect(response.statusCode).toBe(429)
    expect(refused).toEqual([[429, "too many sockets from one address"]])
    one.close()
    await expect
      .poll(async () => {
        const again = ws()
        again.on("error", () => {})
        const open = await Promise.race([
          once(again, "open").then(() => true),
          once(again, "unexpected-response").then(() => false),
        ])
        again.terminate()
        return open
      })
      .toBe(true)
    two.terminate()
  })
})
