import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { request as httpRequest, type IncomingMessage } from "node:http"
import { connect } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { setImmediate } from "node:timers/promises"
import { supervisor } from "@bennu/core"
import { type Conn, get, post, requestIdOf } from "@bennu/plug"
import { bodyOf } from "@bennu/plug/parsers"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it } from "vitest"
import {
  answerFailed,
  type Endpoint,
  type EndpointOptions,
  endpoint,
  requestFinished,
} from "./index.ts"

const path = paths({
  home: "/",
  post: "/posts/:id",
  echo: "POST /echo",
  whole: "POST /whole",
  who: "/who",
  any: "/any",
  file: "/file",
})
const opened: Endpoint[] = []

type Handle = (conn: Conn) => ReturnType<Parameters<typeof get>[1]>

/** Serves some routes; `any` is answered by the test's own handler. */
async function serve(
  handle: Handle = (conn) => conn.text("any"),
  more: Partial<EndpointOptions> = {},
) {
  const routes = router(
    get(path.home, (conn) => conn.text("hello")),
    get(path.post, (conn) => conn.json({ id: conn.params.id })),
    post(path.echo, async (conn) => conn.text(await conn.request.text())),
    get(path.who, (conn) => conn.json({ from: conn.remoteAddress, origin: conn.origin })),
    get(path.any, handle),
    ...(more.router?.routes ?? []),
  )
  const child = endpoint({ port: 0, development: false, ...more, router: routes })
  const made = await child.start(new AbortController().signal)
  opened.push(made)
  return { ...made, ask: (to: string, init?: RequestInit) => fetch(new URL(to, made.url), init) }
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.stop(AbortSignal.abort())))
})

/** Asks without fetch, which would not let us say everything. */
async function ask(
  url: URL,
  options: { readonly headers?: Record<string, string> } = {},
): Promise<IncomingMessage> {
  const asked = httpRequest(url, options).end()
  const [response] = await once(asked, "response")
  return response
}

describe("endpoint", () => {
  it("answers with what the routes say", async () => {
    const { ask } = await serve()
    const response = await ask("/posts/a%20b")
    expect(response.status).toBe(200)
    expect(response.headers.get("content-type")).toBe("application/json; charset=utf-8")
    expect(response.headers.get("content-length")).toBe("12")
    expect(await response.json()).toEqual({ id: "a b" })
  })

  it("is a child of a supervisor", async () => {
    const app = supervisor({ name: "test" })
    const { url, health } = await app.start(
      endpoint({ router: router(get(path.home, (conn) => conn.text("hi"))), port: 0 }),
    )
    expect(await (await fetch(url)).text()).toBe("hi")
    expect(health()).toEqual({ status: "up" })
    await app[Symbol.asyncDispose]()
    await expect(fetch(url)).rejects.toThrow()
  })

  it("answers the same through fetch, without a network", async () => {
    const { fetch } = await serve()
    const response = await fetch(new Request("http://example.com/posts/7"))
    expect(await response.json()).toEqual({ id: "7" })
    expect(response.headers.get("x-request-id")).not.toBeNull()
    expect((await fetch(new Request("http://example.com/nothing"))).status).toBe(404)
  })

  it("answers HEAD with the headers of GET and nothing else", async () => {
    const { ask } = await serve(() => new Response("a response"))
    for (const to of ["/", "/any"]) {
      const response = await ask(to, { method: "HEAD" })
      expect([response.status, await response.text()]).toEqual([200, ""])
    }
    expect((await ask("/", { method: "HEAD" })).headers.get("content-length")).toBe("5")
  })

  it("answers 404, and 405 with what is allowed", async () => {
    const { ask } = await serve()
    expect((await ask("/nothing")).status).toBe(404)
    const response = await ask("/", { method: "DELETE" })
    expect([response.status, response.headers.get("allow")]).toEqual([405, "GET, HEAD"])
  })

  it("takes Response as well as Reply, with several cookies", async () => {
    const { ask } = await serve(() => {
      const response = new Response("made by hand", { status: 201, headers: { "x-one": "1" } })
      response.headers.append("set-cookie", "a=1")
      response.headers.append("set-cookie", "b=2")
      return response
    })
    const response = await ask("/any")
    expect(response.status).toBe(201)
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"])
    expect(await response.text()).toBe("made by hand")
  })

  it("answers without a body where there is none", async () => {
    const { ask } = await serve(() => new Response(null, { status: 204 }))
    const response = await ask("/any")
    expect([
      response.status,
      response.headers.get("content-length"),
      await response.text(),
    ]).toEqual([204, null, ""])
  })

  it("writes its own length and connection, whatever an answer says", async () => {
    const { ask } = await serve((conn) =>
      conn
        .text("four")
        .withHeader("content-length", "2")
        .withHeader("transfer-encoding", "chunked")
        .withHeader("connection", "close"),
    )
    const response = await ask("/any")
    expect(await response.text()).toBe("four")
    expect(response.headers.get("content-length")).toBe("4")
    expect(response.headers.get("transfer-encoding")).toBeNull()
  })

  it("answers 500 and lives when a handler throws", async () => {
    const { ask } = await serve(() => {
      throw new Error("secret")
    })
    const response = await ask("/any")
    expect(response.status).toBe(500)
    expect(await response.text()).not.toContain("secret")
    expect((await ask("/")).status).toBe(200)
  })

  it("reads bodies, as large as the limit says", async () => {
    const { ask } = await serve(undefined, { limits: { bodyBytes: 1_000_000 } })
    const body = "x".repeat(1_000_000)
    expect(await (await ask("/echo", { method: "POST", body })).text()).toBe(body)
    expect((await ask("/echo", { method: "POST", body: `${body}x` })).status).toBe(413)
    expect(await (await ask("/echo", { method: "POST" })).text()).toBe("")
  })

  it("reads bodies that follow one another, wherever they are cut into packets", async () => {
    const whole = post(path.whole, async (conn) => conn.text(`<${(await bodyOf(conn)).value}>`))
    const { url } = await serve(undefined, { router: router(whole) })
    const head = "POST /whole HTTP/1.1\r\nHost: a\r\nContent-Type: text/plain\r\n"
    const requests = [
      `${head}Content-Length: 3\r\n\r\none`,
      `${head}Transfer-Encoding: chunked\r\n\r\n1\r\nt\r\n2\r\nwo\r\n0\r\n\r\n`,
      `${head}Content-Length: 5\r\nConnection: close\r\n\r\nthree`,
    ].join("")
    const cutAt = async (at: number) => {
      const socket = connect(Number(url.port), url.hostname).setNoDelay()
      socket.write(requests.slice(0, at))
      await setImmediate()
      socket.end(requests.slice(at))
      const answers = await text(socket)
      return answers.match(/<\w+>/g)?.join("")
    }
    const cuts = Array.from({ length: requests.length + 1 }, (_, at) => at)
    const seen = await Promise.all(cuts.map(cutAt))
    expect(seen).toEqual(cuts.map(() => "<one><two><three>"))
  })

  it("asks for a body that waits for it only when somebody reads it", async () => {
    const { url } = await serve()
    const wait = async (to: string) => {
      const asked = httpRequest(new URL(to, url), {
        method: "POST",
        headers: { expect: "100-continue", "content-length": "2" },
      })
      asked.flushHeaders()
      let continued = false
      asked.on("continue", () => {
        continued = true
        asked.end("ok")
      })
      const [response] = await once(asked, "response")
      const answer = { continued, status: response.statusCode, text: await text(response) }
      asked.destroy()
      return answer
    }
    expect(await wait("/echo")).toEqual({ continued: true, status: 200, text: "ok" })
    expect(await wait("/nothing")).toMatchObject({ continued: false, status: 404 })
  })

  it("serves files of a folder, and what it does not have it leaves to the routes", async () => {
    const dir = await mkdtemp(join(tmpdir(), "bennu-endpoint-"))
    try {
      await writeFile(join(dir, "app.css"), "body {}")
      const { ask } = await serve((conn) => conn.sendFile(join(dir, "app.css")), {
        static: { "/assets": dir },
      })
      const response = await ask("/assets/app.css")
      expect([
        response.status,
        response.headers.get("content-type"),
        await response.text(),
      ]).toEqual([200, "text/css; charset=utf-8", "body {}"])
      expect((await ask("/assets/other.css")).status).toBe(404)
      expect(await (await ask("/any", { headers: { range: "bytes=5-" } })).text()).toBe("{}")
      expect(await (await ask("/assets/app.css", { method: "HEAD" })).text()).toBe("")
    } finally {
      await rm(dir, { recursive: true })
    }
  })

  it("runs a plug around the routes", async () => {
    const { ask } = await serve(undefined, {
      before: (conn, next) => (conn.path === "/early" ? conn.text("early") : next(conn)),
    })
    expect(await (await ask("/early")).text()).toBe("early")
    expect(await (await ask("/")).text()).toBe("hello")
  })
})

describe("a streamed answer", () => {
  const chunk = new Uint8Array(65_536)

  it("is read no faster than the client reads", async () => {
    let pulled = 0
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          pulled += 1
          if (pulled > 10_000) controller.close()
          else controller.enqueue(chunk)
        },
      })
    const { url } = await serve(() => new Response(body()))
    const response = await ask(new URL("/any", url))
    // nobody reads: what the network and two buffers hold, and then no more
    let before = -1
    await expect
      .poll(
        () => {
          const still = pulled === before
          before = pulled
          return still && pulled > 0
        },
        { interval: 1 },
      )
      .toBe(true)
    expect(pulled).toBeLessThan(1_000)
    response.destroy()
  })

  it("is cancelled when the client leaves", async () => {
    const cancelled = Promise.withResolvers<void>()
    const aborted = Promise.withResolvers<void>()
    const { url } = await serve((conn) => {
      conn.signal.addEventListener("abort", () => aborted.resolve())
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => controller.enqueue(chunk),
        cancel: () => cancelled.resolve(),
      })
      return new Response(body)
    })
    const response = await ask(new URL("/any", url))
    response.destroy()
    await Promise.all([cancelled.promise, aborted.promise])
  })

  it("breaks off, so that the client notices, when it fails", async () => {
    const failed: unknown[] = []
    using _ = answerFailed.subscribe(({ error }) => failed.push(error))
    const { ask } = await serve(() => {
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => controller.enqueue(new Uint8Array(10)),
        pull: (controller) => controller.error(new Error("torn")),
      })
      return new Response(body)
    })
    const broken = async () => (await ask("/any")).text()
    await expect(broken()).rejects.toThrow()
    expect(failed).toEqual([expect.objectContaining({ message: "torn" })])
    expect((await ask("/")).status).toBe(200)
  })

  it("is never longer or shorter than it says", async () => {
    const { ask } = await serve(
      () => new Response(new Blob([chunk]).stream(), { headers: { "content-length": "10" } }),
    )
    const read = async () => (await ask("/any")).arrayBuffer()
    await expect(read()).rejects.toThrow()
  })
})

describe("a request", () => {
  it("has an id, which the answer names", async () => {
    const { ask } = await serve((conn) => conn.text(requestIdOf(conn)))
    const [one, other] = [await ask("/any"), await ask("/any")]
    expect(await one.text()).toBe(one.headers.get("x-request-id"))
    expect(one.headers.get("x-request-id")).not.toBe(other.headers.get("x-request-id"))
  })

  it("is told of when it is over", async () => {
    const heard: unknown[] = []
    using _ = requestFinished.subscribe(({ attributes }) => heard.push(attributes))
    const { ask } = await serve()
    const id = (await ask("/posts/7?token=secret")).headers.get("x-request-id")
    await expect.poll(() => heard.length).toBe(1)
    expect(heard).toEqual([
      {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "url.path": "/posts/7",
        "client.address": "127.0.0.1",
        "bennu.request.id": id,
      },
    ])
  })

  it("says nothing about its client that a stranger could have said", async () => {
    const { url } = await serve()
    const headers = {
      "x-forwarded-for": "6.6.6.6",
      "x-forwarded-proto": "https",
      "x-forwarded-host": "evil.example",
      "x-request-id": "made-up-by-a-stranger",
    }
    const response = await ask(new URL("/who", url), { headers })
    expect(response.headers["x-request-id"]).not.toBe(headers["x-request-id"])
    expect(JSON.parse(await text(response))).toEqual({ from: "127.0.0.1", origin: url.origin })
  })

  it("is what a trusted proxy says it is, and no more", async () => {
    const { url } = await serve(undefined, { trustProxy: ["127.0.0.0/8", "10.0.0.0/8"] })
    const headers = {
      "x-forwarded-for": "6.6.6.6, 203.0.113.9, 10.1.2.3",
      "x-forwarded-proto": "http, https",
      "x-forwarded-host": "shop.example",
      "x-request-id": "from-the-proxy.1",
    }
    const response = await ask(new URL("/who", url), { headers })
    expect(response.headers["x-request-id"]).toBe("from-the-proxy.1")
    expect(JSON.parse(await text(response))).toEqual({
      from: "203.0.113.9",
      origin: "https://shop.example",
    })
    const odd = {
      "x-forwarded-for": "not an address",
      "x-forwarded-proto": "javascript",
      "x-request-id": "a\tb",
    }
    const other = await ask(new URL("/who", url), { headers: odd })
    expect(JSON.parse(await text(other))).toEqual({ from: "127.0.0.1", origin: url.origin })
  })
})
