import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib"
import { html } from "@bennu/html"
import { later } from "@bennu/html/stream"
import { paths, router } from "@bennu/router"
import { Hono } from "hono"
import { describe, expect, it } from "vitest"
import { type CompressionOptions, compress, compression } from "./compress.ts"
import { app, type Conn, createConn, get, Reply, requestSource, streamPage } from "./index.ts"

const LARGE = "the same words again and again, ".repeat(100)
const unpack: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  zstd: zstdDecompressSync,
  br: brotliDecompressSync,
  gzip: gunzipSync,
}
const textOf = async (response: Response): Promise<string> => {
  const bytes = Buffer.from(await response.arrayBuffer())
  const coding = response.headers.get("content-encoding")
  return (coding === null ? bytes : (unpack[coding]?.(bytes) ?? bytes)).toString()
}

/** Answers each request in the same way. */
const answering = (
  answer: (conn: Conn) => Response | Reply,
  options?: CompressionOptions,
): ((headers?: Record<string, string>, method?: string) => Promise<Response>) => {
  const path = paths({ any: "/*" })
  const { fetch } = app(router(get(path.any, answer)), { before: compress(options) })
  return (headers = {}, method = "GET") => {
    const given = { "accept-encoding": "gzip, br, zstd", ...headers }
    return fetch(new Request("https://app.example/", { method, headers: given }))
  }
}
const codingOf = async (
  answer: (conn: Conn) => Response | Reply,
  headers?: Record<string, string>,
) => (await answering(answer)(headers)).headers.get("content-encoding")

describe("compress", () => {
  it.each(["zstd", "br", "gzip"])("packs what a client takes as %s, all of it", async (coding) => {
    const ask = answering((conn) =>
      conn.text(LARGE).withHeader("content-length", `${LARGE.length}`),
    )
    const response = await ask({ "accept-encoding": coding })
    expect(response.headers.get("content-encoding")).toBe(coding)
    expect(response.headers.get("vary")).toBe("accept-encoding")
    expect(response.headers.get("content-length")).toBeNull()
    expect(await textOf(response)).toBe(LARGE)
  })

  it.each([
    ["gzip, br, zstd", "zstd"],
    ["gzip, br", "br"],
    ["gzip;q=1, zstd;q=0.5", "gzip"],
    ["*", "zstd"],
    ["zstd;q=0, *", "br"],
    ["identity", null],
    ["gzip;q=0", null],
    ["deflate, compress", null],
  ])("answers %s with %s", async (accepted, coding) => {
    const found = await codingOf((conn) => conn.text(LARGE), { "accept-encoding": accepted })
    expect(found).toBe(coding)
  })

  it("offers what it is told to, in that order", async () => {
    const ask = answering((conn) => conn.text(LARGE), { codings: ["gzip", "br"] })
    expect((await ask()).headers.get("content-encoding")).toBe("gzip")
    expect((await ask({ "accept-encoding": "zstd" })).headers.get("content-encoding")).toBeNull()
  })

  it.each([
    ["text/html; charset=utf-8", "zstd"],
    ["application/json", "zstd"],
    ["application/problem+json", "zstd"],
    ["image/svg+xml", "zstd"],
    ["text/event-stream", "zstd"],
    ["image/png", null],
    ["application/zip", null],
    ["application/octet-stream", null],
    ["text", null],
  ])("packs %s as %s", async (type, coding) => {
    expect(await codingOf(() => new Reply(200, [["content-type", type]], LARGE))).toBe(coding)
  })

  const leftAlone: Readonly<Record<string, (conn: Conn) => Response | Reply>> = {
    "what is small": (conn) => conn.text("x".repeat(1_023)),
    "what has a coding already": (conn) => conn.text(LARGE).withHeader("content-encoding", "br"),
    "a part": (conn) => conn.text(LARGE).withStatus(206),
    "what must stay as it is": (conn) =>
      conn.text(LARGE).withHeader("cache-control", "private, no-transform"),
    "what says what its bytes come to": (conn) =>
      conn.text(LARGE).withHeader("content-digest", "sha-256=:x:"),
    "a file": (conn) => conn.sendFile(import.meta.filename),
    "an answer without a body": () => new Reply(204, [], null),
    "a redirect": (conn) => conn.redirect("/elsewhere"),
    "a small Response that says so": () =>
      new Response("hi", { headers: { "content-type": "text/plain", "content-length": "2" } }),
  }
  it.each(Object.entries(leftAlone))("leaves %s as it is", async (_, answer) => {
    expect(await codingOf(answer)).toBe(
      (await answering(answer, { codings: [] })()).headers.get("content-encoding"),
    )
  })

  it("leaves what would get larger as it is", async () => {
    const noise = Buffer.from(crypto.getRandomValues(new Uint8Array(4_096))).toString("latin1")
    const bytes = Buffer.from(noise, "latin1")
    const response = await answering(
      () => new Reply(200, [["content-type", "text/plain"]], bytes),
    )()
    expect(response.headers.get("content-encoding")).toBeNull()
    expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes)
  })

  it("weakens a tag, and adds to what the answer varies by, also when nothing changed", async () => {
    const ask = answering((conn) =>
      conn
        .text(LARGE)
        .withHeader("etag", '"1"')
        .withHeader("vary", "accept")
        .withHeader("accept-ranges", "bytes"),
    )
    const { headers } = await ask()
    expect(headers.get("etag")).toBe('W/"1"')
    expect(headers.get("vary")).toBe("accept, accept-encoding")
    expect(headers.get("accept-ranges")).toBeNull()
    const plain = await ask({ "accept-encoding": "identity" })
    expect([plain.headers.get("etag"), plain.headers.get("vary")]).toEqual([
      '"1"',
      "accept, accept-encoding",
    ])
    const unchanged = await answering(() => new Reply(304, [["etag", '"1"']], null))()
    expect(unchanged.headers.get("vary")).toBe("accept-encoding")
  })

  it("answers HEAD with the headers of GET", async () => {
    const response = await answering((conn) => conn.text(LARGE))({}, "HEAD")
    expect(response.headers.get("content-encoding")).toBe("zstd")
    expect(response.headers.get("content-length")).toBeNull()
    expect(await response.text()).toBe("")
  })

  it("packs a Response too, with its cookies", async () => {
    const headers = new Headers({ "content-type": "text/plain" })
    for (const cookie of ["a=1", "b=2"]) headers.append("set-cookie", cookie)
    const response = await answering(() => new Response(LARGE, { status: 201, headers }))()
    expect([response.status, response.headers.get("content-encoding")]).toEqual([201, "zstd"])
    expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"])
    expect(await textOf(response)).toBe(LARGE)
  })

  it("leaves what a joining live view is answered with", async () => {
    const headers = { "accept-encoding": "br" }
    const source = requestSource(new Request("https://app.example/", { headers }))
    const reply = new Reply(200, [["content-type", "text/plain"]], LARGE)
    expect(compress()(createConn(source, { transport: "live" }), () => reply)).toBe(reply)
  })

  it("is refused with a bound that bounds nothing, and with what is no option", () => {
    expect(() => compress({ minBytes: Number.NaN })).toThrow(RangeError)
    expect(() => compress({ codings: ["deflate" as "gzip"] })).toThrow("deflate")
    const mistyped = { minByte: 1 }
    expect(() => compress(mistyped as CompressionOptions)).toThrow("minByte")
  })
})

describe("what another site may have asked for", () => {
  const cookie = { cookie: "session=1" }
  it.each([
    ["of nobody in particular", {}, "zstd"],
    ["of nobody in particular, from elsewhere", { "sec-fetch-site": "cross-site" }, "zstd"],
    ["of a page of ours", { ...cookie, "sec-fetch-site": "same-origin" }, "zstd"],
    ["that a visitor typed", { ...cookie, "sec-fetch-site": "none" }, "zstd"],
    ["of another site", { ...cookie, "sec-fetch-site": "cross-site" }, null],
    ["of a site beside ours", { ...cookie, "sec-fetch-site": "same-site" }, null],
    ["that does not say of whom", cookie, null],
    ["with a password that browsers keep", { authorization: "Basic eDp5" }, null],
    ["of a program with a token", { authorization: "Bearer abc" }, "zstd"],
  ])("a request %s", async (_, headers, coding) => {
    expect(await codingOf((conn) => conn.text(LARGE), headers)).toBe(coding)
  })

  it("is packed where the app says that nothing in it is secret", async () => {
    const ask = answering((conn) => conn.text(LARGE), { crossSite: true })
    expect((await ask(cookie)).headers.get("content-encoding")).toBe("zstd")
  })

  it("is as long as it is, whatever it holds", async () => {
    const ask = answering((conn) => conn.text(`${LARGE} token=s3cret ${conn.query["q"]}`))
    const { body } = await ask({ ...cookie, "sec-fetch-site": "cross-site" })
    expect((await new Response(body).text()).length).toBe(`${LARGE} token=s3cret undefined`.length)
  })
})

describe("a stream", () => {
  const chunk = (text: string) => new TextEncoder().encode(text)
  const plain = { headers: { "content-type": "text/plain" } }
  const unpacked = (coding: string, pieces: readonly Uint8Array[]) =>
    // what was flushed can be read, though the end has not come
    unpack[coding]?.(Buffer.concat(pieces)).toString()

  it.each(["zstd", "br", "gzip"])(
    "is packed as %s, and no piece waits for the next",
    async (coding) => {
      const second = Promise.withResolvers<string>()
      const ask = answering((conn) =>
        streamPage(
          conn,
          { title: "Report", content: html`<h1>first</h1>${later(second.promise)}` },
          { inOrder: true },
        ),
      )
      const response = await ask({ "accept-encoding": coding })
      expect(response.headers.get("content-encoding")).toBe(coding)
      const reader = response.body?.getReader()
      const pieces: Uint8Array[] = []
      // comes while the page still waits
      for (const first = await reader?.read(); pieces.length === 0; )
        pieces.push(first?.value ?? chunk(""))
      second.resolve("second")
      for (;;) {
        const { done, value } = (await reader?.read()) ?? { done: true }
        if (done || value === undefined) break
        pieces.push(value)
      }
      expect(unpacked(coding, pieces)).toMatch(/<h1>first<\/h1>second/)
    },
  )

  it("is read no faster than its reader reads, and is cancelled with it", async () => {
    let read = 0
    const cancelled = Promise.withResolvers<unknown>()
    const body = () =>
      new ReadableStream<Uint8Array>(
        {
          pull(controller) {
            read += 1
            controller.enqueue(crypto.getRandomValues(new Uint8Array(10_000)))
          },
          cancel: cancelled.resolve,
        },
        { highWaterMark: 0 },
      )
    const { body: packed } = await answering(() => new Response(body(), plain))()
    const reader = packed?.getReader()
    for (let n = 0; n < 3; n++) await reader?.read()
    expect(read).toBeLessThan(6)
    await reader?.cancel("enough")
    expect(await cancelled.promise).toBe("enough")
  })

  it("fails as what it packs fails", async () => {
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          controller.error(new Error("gone"))
        },
      })
    const response = await answering(() => new Response(body(), plain))()
    await expect(response.text()).rejects.toThrow("gone")
  })

  it("goes as it is where too many are packed already, until one of them ends", async () => {
    const open = () => new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(chunk(LARGE)) })
    const ask = answering(() => new Response(open(), plain), { maxStreams: 1 })
    const first = (await ask()).body?.getReader()
    await first?.read()
    const second = await ask()
    expect(second.headers.get("content-encoding")).toBeNull()
    await second.body?.cancel()
    await first?.cancel()
    await expect.poll(async () => (await ask()).headers.get("content-encoding")).toBe("zstd")
  })

  it("skips pieces that are empty", async () => {
    const pieces = ["", LARGE, "", "", "end", ""]
    const body = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          const next = pieces.shift()
          if (next === undefined) controller.close()
          else controller.enqueue(chunk(next))
        },
      })
    expect(await textOf(await answering(() => new Response(body(), plain))())).toBe(`${LARGE}end`)
  })
})

describe("compression", () => {
  it("leaves answers as they are beyond what may be packed at once", async () => {
    const packed = compression({ maxAtOnce: 2 })
    const asked = {
      method: "GET",
      header: (name: string) => (name === "accept-encoding" ? "br" : null),
    }
    const answer = new Reply(200, [["content-type", "text/plain"]], LARGE)
    const three = await Promise.all([1, 2, 3].map(async () => packed(asked, answer)))
    const codings = three.map((each) => (Reply.is(each) ? each.header("content-encoding") : null))
    expect(codings).toEqual(["br", "br", null])
  })

  it("packs from 1,024 bytes, 16 answers and 100 streams at once, where nothing is said", async () => {
    const pack = compression()
    const asked = {
      method: "GET",
      header: (name: string) => (name === "accept-encoding" ? "gzip" : null),
    }
    const ask = async (body: string | ReadableStream<Uint8Array>) => {
      const answer = new Reply(200, [["content-type", "text/plain"]], body)
      const reply = await pack(asked, answer)
      return Reply.is(reply) && reply.header("content-encoding") === "gzip" ? reply : null
    }
    const packed = async (all: readonly ReturnType<typeof ask>[]) =>
      (await Promise.all(all)).filter((each) => each !== null)
    expect(await packed([ask("x".repeat(1_023)), ask("x".repeat(1_024))])).toHaveLength(1)
    expect(await packed(Array.from({ length: 17 }, () => ask(LARGE)))).toHaveLength(16)
    const open = () =>
      new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(Buffer.from(LARGE)) })
    const readers: ReadableStreamDefaultReader[] = []
    for (let count = 0; count < 101; count += 1) {
      const body = (await ask(open()))?.body
      if (!(body instanceof ReadableStream)) continue
      const reader = body.getReader()
      // it is packed as soon as somebody reads it
      await reader.read()
      readers.push(reader)
    }
    expect(readers).toHaveLength(100)
    await Promise.all(readers.map((reader) => reader.cancel()))
  })

  it("serves Hono", async () => {
    const packed = compression()
    const hono = new Hono()
      .use(async (c, next) => {
        await next()
        const header = (name: string) => c.req.header(name) ?? null
        c.res = await packed({ method: c.req.method, header }, c.res)
      })
      .get("/", (c) => c.text(LARGE))
    const response = await hono.request("/", { headers: { "accept-encoding": "br" } })
    expect(response.headers.get("content-encoding")).toBe("br")
    expect(await textOf(response)).toBe(LARGE)
  })
})
