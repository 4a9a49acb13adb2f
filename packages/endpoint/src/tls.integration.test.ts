import { once } from "node:events"
import { type ClientHttp2Session, connect as connectHttp2 } from "node:http2"
import { request } from "node:https"
import { text } from "node:stream/consumers"
import type { SocketHandler } from "@bennu/channels"
import { get, post } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, beforeAll, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { certificate } from "../fixtures/certificate.ts"
import { type Endpoint, type EndpointOptions, endpoint } from "./index.ts"

const path = paths({ home: "/", who: "/who", echo: "POST /echo", cookies: "/cookies" })
const routes = router(
  get(path.home, (conn) => conn.text("hello")),
  get(path.who, (conn) => conn.json({ origin: conn.origin, from: conn.remoteAddress })),
  get(path.cookies, (conn) =>
    conn.text("").withHeader("set-cookie", "a=1").withHeader("set-cookie", "b=2"),
  ),
  post(path.echo, async (conn) => conn.text(String((await conn.request.text()).length))),
)
const echo: SocketHandler = {
  protocol: "echo",
  upgrade: () => ({
    maxPayload: 1_000,
    open: (transport) => ({ message: (data) => transport.send(data), closed() {}, drain() {} }),
  }),
}

let tls = { key: "", cert: "" }
beforeAll(() => {
  tls = certificate()
})

const opened: Endpoint[] = []
const sessions: ClientHttp2Session[] = []
async function serve(more: Partial<EndpointOptions> = {}) {
  const options = { port: 0, development: false, sockets: { "/live": echo }, tls, ...more }
  const made = await endpoint({ ...options, router: routes }).start(new AbortController().signal)
  opened.push(made)
  return { ...made, at: (to: string) => new URL(to, `https://localhost:${made.url.port}`) }
}
afterEach(async () => {
  for (const session of sessions.splice(0)) session.destroy()
  await Promise.all(opened.splice(0).map((each) => each.stop(AbortSignal.abort())))
})

async function ask(url: URL) {
  const [response] = await once(request(url, { ca: tls.cert, agent: false }).end(), "response")
  return { status: response.statusCode, version: response.httpVersion, body: await text(response) }
}
function session(url: URL): ClientHttp2Session {
  const made = connectHttp2(url, { ca: tls.cert })
  made.on("error", () => {})
  sessions.push(made)
  return made
}
async function ask2(session: ClientHttp2Session, headers: Record<string, string>, body = "") {
  const stream = session.request(headers, { endStream: body === "" })
  if (body !== "") stream.end(body)
  const [answer] = await once(stream, "response")
  return { status: answer[":status"], headers: answer, body: await text(stream) }
}

describe("an endpoint with a certificate", () => {
  it("is found by https, and says so to the app", async () => {
    const { at, url } = await serve()
    expect(url.protocol).toBe("https:")
    const { status, version, body } = await ask(at("/who"))
    expect([status, version]).toEqual([200, "1.1"])
    expect(JSON.parse(body).origin).toBe(at("/").origin)
  })

  it("carries WebSockets", async () => {
    const { at } = await serve({ http2: true })
    const ws = new WebSocket(at("/live"), { ca: tls.cert })
    await once(ws, "open")
    ws.send("hi")
    expect(String((await once(ws, "message"))[0])).toBe("hi")
    ws.terminate()
  })

  it("speaks no version of TLS that is broken", async () => {
    const { at } = await serve()
    const asked = request(at("/"), { ca: tls.cert, agent: false, maxVersion: "TLSv1.1" }).end()
    await expect(once(asked, "response")).rejects.toThrow()
  })
})

describe("an endpoint with HTTP/2", () => {
  it("answers as it does over HTTP/1.1, and speaks that too", async () => {
    const { at } = await serve({ http2: true })
    const client = session(at("/"))
    const { status, headers, body } = await ask2(client, { ":path": "/who" })
    expect([status, JSON.parse(body).origin]).toEqual([200, at("/").origin])
    expect(headers["content-type"]).toBe("application/json; charset=utf-8")
    expect(headers["connection"]).toBeUndefined()
    expect(await ask(at("/"))).toMatchObject({ status: 200, version: "1.1", body: "hello" })
    expect((await ask2(client, { ":path": "/nothing" })).status).toBe(404)
    expect((await ask2(client, { ":path": "/", ":method": "HEAD" })).body).toBe("")
  })

  it("keeps several cookies apart", async () => {
    const { at } = await serve({ http2: true })
    const { headers } = await ask2(session(at("/")), { ":path": "/cookies" })
    expect(headers["set-cookie"]).toEqual(["a=1", "b=2"])
  })

  it("keeps the limits of bodies, addresses and headers", async () => {
    const { at } = await serve({ http2: true, limits: { bodyBytes: 1_000, headerCount: 10 } })
    const client = session(at("/"))
    const post = { ":path": "/echo", ":method": "POST" }
    expect(await ask2(client, post, "x".repeat(1_000))).toMatchObject({ status: 200, body: "1000" })
    expect((await ask2(client, post, "x".repeat(1_001))).status).toBe(413)
    expect((await ask2(client, { ":path": `/${"x".repeat(9_000)}` })).status).toBe(414)
    const many = Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`x-${at}`, "1"]))
    const refused = await ask2(client, { ":path": "/", ...many }).catch(() => ({ status: "reset" }))
    expect([431, "reset"]).toContain(refused.status)
    expect((await ask2(session(at("/")), { ":path": "/" })).status).toBe(200)
  })

  it("gives up a body that comes by drops", async () => {
    const limits = { bodyRate: 1_000_000, bodyGrace: 20 }
    const { at } = await serve({ http2: true, limits })
    const stream = session(at("/")).request({ ":path": "/echo", ":method": "POST" })
    stream.on("error", () => {})
    stream.write("x")
    const [answer] = await once(stream, "response")
    expect(answer[":status"]).toBe(408)
    stream.destroy()
  })

  it("refuses paths that two readers could take for two", async () => {
    const { at } = await serve({ http2: true })
    const client = session(at("/"))
    for (const target of ["/../x", "/%2e%2e/x", "//x", "/a%2fb", "/%00"]) {
      expect((await ask2(client, { ":path": target })).status).toBe(400)
    }
  })

  it("goes away in order when it stops", async () => {
    const { at, stop } = await serve({ http2: true })
    const client = session(at("/"))
    expect((await ask2(client, { ":path": "/" })).status).toBe(200)
    const gone = once(client, "goaway")
    await Promise.all([stop(new AbortController().signal), gone])
  })
})
