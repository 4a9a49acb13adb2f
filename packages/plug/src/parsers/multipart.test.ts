import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { paths, router } from "@bennu/router"
import { afterAll, afterEach, beforeEach, describe, expect, it } from "vitest"
import * as z from "zod"
import { action, app, createConn, dispatch, post, requestSource, Upload } from "../index.ts"
import { type MultipartLimits, readMultipart } from "../parsers.ts"

const root = mkdtempSync(join(tmpdir(), "bennu-plug-multipart-"))
afterAll(() => rmSync(root, { recursive: true }))
let dir = root
beforeEach(() => {
  dir = mkdtempSync(join(root, "test-"))
})
afterEach(() => {
  // whatever a test did: nothing outlives its request
  expect(readdirSync(dir)).toEqual([])
})

const CRLF = "\r\n"
const part = (disposition: string, content: string, more = "") =>
  `--B${CRLF}Content-Disposition: form-data; ${disposition}${CRLF}${more}${CRLF}${content}${CRLF}`
const field = (name: string, value: string) => part(`name="${name}"`, value)
const file = (name: string, filename: string, content: string, type = "text/plain") =>
  part(`name="${name}"; filename="${filename}"`, content, `Content-Type: ${type}${CRLF}`)
const body = (...parts: readonly string[]) => Buffer.from(`${parts.join("")}--B--${CRLF}`)
const chunked = (bytes: Uint8Array, size: number): ReadableStream<Uint8Array> => {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close()
      else {
        controller.enqueue(Uint8Array.from(bytes.subarray(at, at + size)))
        at += size
      }
    },
  })
}
const request = (
  bytes: Uint8Array | ReadableStream<Uint8Array>,
  { type = "multipart/form-data; boundary=B", signal = new AbortController().signal } = {},
) => ({
  headers: new Headers({ "content-type": type }),
  body: bytes instanceof Uint8Array ? chunked(bytes, 65_536) : bytes,
  signal,
})
const read = (bytes: Uint8Array | ReadableStream<Uint8Array>, limits: MultipartLimits = {}) =>
  readMultipart(request(bytes), { dir, ...limits })
const status = (status: number) => expect.objectContaining({ status })

describe("readMultipart", () => {
  it("reads fields and files, nested as other forms are, in whatever pieces they come", async () => {
    const content = "\r\n--A almost\r\n-\r\r\n\r\n"
    const bytes = body(
      field("title", "Zwölf ☃"),
      field("tags[]", "a"),
      field("tags[]", "b"),
      file("photo", "ümlaut.png", content, "image/png"),
      file("docs[][file]", "a.txt", "A"),
      field("docs[][note]", "first"),
      file("docs[][file]", "b.txt", ""),
    )
    for (const size of [1, 2, 3, 7, 65_536]) {
      await using form = await read(chunked(bytes, size))
      const { photo, docs, ...rest } = form.values
      expect(rest).toEqual({ title: "Zwölf ☃", tags: ["a", "b"] })
      expect(photo).toBeInstanceOf(Upload)
      expect(photo).toMatchObject({
        filename: "ümlaut.png",
        contentType: "image/png",
        size: content.length,
      })
      expect(docs).toEqual([
        { file: expect.objectContaining({ filename: "a.txt", size: 1 }), note: "first" },
        { file: expect.objectContaining({ filename: "b.txt", size: 0 }) },
      ])
      if (!(photo instanceof Upload)) throw new Error("no upload")
      expect(await text(photo.stream())).toBe(content)
      expect(statSync(photo.path).mode & 0o777).toBe(0o600)
    }
  })
  it("leaves out a field in which no file was chosen", async () => {
    await using form = await read(body(file("photo", "", "", "application/octet-stream")))
    expect(Object.keys(form.values)).toEqual([])
  })
  it.each([
    ["../../etc/passwd", "passwd"],
    ["..\\\\..\\\\boot.ini", "boot.ini"],
    ["/etc/passwd", "passwd"],
    ["..", ""],
    [".", ""],
    ["a\u0000.png", "a.png"],
    ["a\u202egnp.exe", "agnp.exe"],
    ["x".repeat(300), "x".repeat(255)],
    ["__proto__", "__proto__"],
    ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
  ])("takes the name %j for %j, and never for a path", async (given, filename) => {
    await using form = await read(body(file("f", given, "x")))
    const { f } = form.values
    expect(f).toMatchObject({ filename })
    if (f instanceof Upload) expect(f.path).toMatch(/bennu-upload-\w{6}\/\d$/)
  })
  it.each([
    `name="f"; filename*=UTF-8''%F0%28`,
    `name="f"; filename*=''''''%`,
    `name="f"; filename*=utf-7''+ADw-`,
    `name="f"; filename="${'\\"'.repeat(3000)}"`,
    `name="f"; filename="${"a;".repeat(3000)}"`,
    `name="f"; ${" ".repeat(6000)}filename="a"`,
  ])("is not troubled by odd names of files: %.40s", async (disposition) => {
    await using form = await read(body(part(disposition, "x")))
    expect(Object.keys(form.values)).toEqual(["f"])
  })
  it("takes names of Object.prototype for names, and refuses __proto__", async () => {
    await using form = await read(body(field("constructor", "a"), file("toString", "b", "c")))
    expect(Object.keys(form.values)).toEqual(["constructor", "toString"])
    await expect(read(body(field("__proto__", "x")))).rejects.toEqual(status(400))
    await expect(read(body(file("a[__proto__][x]", "f", "x")))).rejects.toEqual(status(400))
  })
  it.each<[what: string, parts: readonly string[], limits: MultipartLimits, status: number]>([
    ["too many bytes", [file("f", "f", "x".repeat(2000))], { maxBytes: 2000 }, 413],
    ["too large a file", [file("f", "f", "x".repeat(1001))], { maxFileBytes: 1000 }, 413],
    ["too many files", [file("a", "f", "x"), file("b", "f", "x")], { maxFiles: 1 }, 413],
    ["too many parts", [field("a", ""), field("b", "")], { maxParts: 1 }, 413],
    ["too long a value", [field("a", "x".repeat(101))], { maxFieldBytes: 100 }, 413],
    [
      "too long values together",
      [field("a", "x".repeat(60)), field("b", "x".repeat(60))],
      { maxFieldBytes: 100 },
      413,
    ],
    ["too long a name", [field("n".repeat(201), "x")], {}, 413],
    ["too deep a name", [field(`a${"[b]".repeat(6)}`, "x")], {}, 413],
    ["a name that is a thousand deep", [file(`a${"[b]".repeat(1000)}`, "f", "x")], {}, 413],
    ["too many values in a list", Array(4).fill(field("a[]", "x")), { maxItems: 3 }, 413],
    ["a list of 101", Array(101).fill(field("a[]", "x")), { maxParts: 200 }, 413],
    ["an empty name", [file("", "f", "x")], {}, 400],
    ["no name", [part(`filename="f"`, "x")], {}, 400],
    ["names that contradict", [file("a", "f", "x"), field("a[b]", "x")], {}, 400],
  ])("refuses %s, and leaves nothing behind", async (_, parts, limits, code) => {
    const many = [file("first", "f", "x".repeat(100)), ...parts]
    const own = limits.maxFiles === undefined ? parts : many.slice(1)
    await expect(read(body(...own), limits)).rejects.toEqual(status(code))
    expect(readdirSync(dir)).toEqual([])
  })
  it("takes as much as its limits say", async () => {
    const limits = { maxFileBytes: 1000, maxFiles: 1, maxParts: 2, maxFieldBytes: 100 }
    const bytes = body(field("n".repeat(200), "x".repeat(100)), file("f", "f", "x".repeat(1000)))
    await using form = await read(bytes, { ...limits, maxBytes: bytes.length })
    expect(form.values["f"]).toMatchObject({ size: 1000 })
  })
  it("takes 100 parts, 20 files, 8 MB, 1 MB of fields and 8 kB of headers where nothing is said, and nothing more", async () => {
    const fields = (count: number) => Array.from({ length: count }, (_, n) => field(`f${n}`, "x"))
    const files = (count: number) => Array.from({ length: count }, (_, n) => file(`f${n}`, "f", ""))
    const largest = (size: number) => [file("f", "f", "x".repeat(size))]
    const room = 8_388_608 - body(...largest(0)).length
    const long = (size: number) => [field("f", "x".repeat(size))]
    // between two delimiters and the empty line
    const lines = `${CRLF}Content-Disposition: form-data; name="f"${CRLF}X: `
    const headed = (size: number) => [
      part(`name="f"`, "x", `X: ${"x".repeat(size - lines.length)}${CRLF}`),
    ]
    for (const parts of [fields(100), files(20), largest(room), long(1_048_576), headed(8192)]) {
      await using form = await read(body(...parts))
      expect(Object.keys(form.values)).toHaveLength(parts.length)
    }
    for (const parts of [
      ...[fields(101), files(21), largest(room + 1)],
      ...[long(1_048_577), headed(8193)],
    ]) {
      await expect(read(body(...parts))).rejects.toEqual(status(413))
    }
  })
  it("bounds the headers of a part, also when they come byte by byte", async () => {
    for (const [length, size] of [
      [1_000_000, 1],
      [9000, 4096],
      [9000, 65_536],
    ] as const) {
      const header = `--B${CRLF}Content-Disposition: form-data; name="a"${CRLF}X: ${"x".repeat(length)}`
      await expect(read(chunked(Buffer.from(header), size))).rejects.toEqual(status(413))
    }
    await using form = await read(body(part(`name="a"`, "b", `X: ${"x".repeat(8000)}${CRLF}`)))
    expect(form.values).toEqual({ a: "b" })
  })
  it.each([
    "multipart/form-data",
    "multipart/form-data; boundary=",
    `multipart/form-data; boundary="${"b".repeat(71)}"`,
    'multipart/form-data; boundary="a b"',
    "multipart/form-data; boundary=B; boundary=C",
    "multipart/form-data boundary=B",
    "multipart/mixed; boundary=B",
    "application/json",
    "multipart/form-data;\tboundary=B garbage",
  ])("refuses the type %s", async (type) => {
    await expect(readMultipart(request(body(), { type }), { dir })).rejects.toEqual(status(415))
  })
  it("leaves nothing behind when the body breaks off, at whatever byte", async () => {
    const bytes = body(field("a", "b"), file("f", "f.txt", "0123456789"), file("g", "g.txt", "x"))
    // behind the closing delimiter nothing more is needed
    const end = bytes.length - CRLF.length
    for (let length = 0; length < end; length++) {
      await expect(read(chunked(bytes.subarray(0, length), 16))).rejects.toEqual(status(400))
      expect(readdirSync(dir)).toEqual([])
    }
    await (await read(bytes.subarray(0, end)))[Symbol.asyncDispose]()
  })
  it("leaves nothing behind when the client goes, at whatever byte", async () => {
    const bytes = body(field("a", "b"), file("f", "f.txt", "0123456789"), file("g", "g.txt", "x"))
    const reason = new Error("the client is gone")
    for (let length = 0; length < bytes.length - 4; length++) {
      const controller = new AbortController()
      let sent = false
      const stalled = new ReadableStream<Uint8Array>({
        pull(source) {
          if (sent) {
            // no more comes, and no end either
            controller.abort(reason)
            return new Promise<void>(() => {})
          }
          sent = true
          source.enqueue(Uint8Array.from(bytes.subarray(0, length)))
          return undefined
        },
      })
      const options = { signal: controller.signal }
      await expect(readMultipart(request(stalled, options), { dir })).rejects.toBe(reason)
      expect(readdirSync(dir)).toEqual([])
    }
  })
  it("leaves nothing behind when the connection fails, and reads nothing of who is gone", async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(body(file("f", "f", "x")).subarray(0, 80))
      },
      pull(controller) {
        controller.error(new Error("reset"))
      },
    })
    await expect(read(broken)).rejects.toThrow("reset")
    const signal = AbortSignal.abort(new Error("gone"))
    await expect(readMultipart(request(body(), { signal }), { dir })).rejects.toThrow("gone")
    await expect(readMultipart({ ...request(body()), body: null }, { dir })).rejects.toEqual(
      status(400),
    )
  })
  it("says so when the disk does not take a file", async () => {
    const missing = { dir: join(dir, "missing") }
    await expect(read(body(file("f", "f", "x")), missing)).rejects.toMatchObject({ code: "ENOENT" })
  })
  it("refuses limits that bound nothing, and unknown ones", async () => {
    await expect(read(body(), { maxFiles: Number.NaN })).rejects.toThrow(RangeError)
    const odd = { maxFlies: 1, maxFiles: 1 }
    await expect(read(body(), odd)).rejects.toMatchObject({ code: "ERR_CORE_OPTIONS" })
  })
  it("writes large files without holding them in memory", async () => {
    const megabyte = new Uint8Array(1_048_576).fill(0x61)
    let left = 32
    const head = Buffer.from(file("f", "f", "").slice(0, -2))
    let begun = false
    const large = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (!begun) {
          begun = true
          controller.enqueue(Uint8Array.from(head))
        } else if (left-- > 0) controller.enqueue(megabyte.slice())
        else {
          controller.enqueue(Uint8Array.from(Buffer.from(`${CRLF}--B--${CRLF}`)))
          controller.close()
        }
      },
    })
    const limits = { maxBytes: 64_000_000, maxFileBytes: 64_000_000 }
    await using form = await read(large, limits)
    expect(form.values["f"]).toMatchObject({ size: 32 * 1_048_576 })
  })
})

describe("an action with uploads", () => {
  const path = paths({ upload: "/", crash: "/crash", closed: "/closed", keep: "/keep" })
  const schema = z.object({ title: z.string().min(1), photo: z.instanceof(Upload) })
  const seen: string[] = []
  const routes = () => {
    const uploads = { dir, maxFileBytes: 100 }
    return router(
      post(
        path.upload,
        action({ body: schema, uploads }, async (conn, { body: { title, photo } }) => {
          seen.push(photo.path)
          return conn.json([title, photo.filename, await text(photo.stream())])
        }),
      ),
      post(
        path.crash,
        action({ body: schema, uploads }, async () => {
          throw new Error("crash")
        }),
      ),
      post(
        path.closed,
        action({ body: schema }, (conn) => conn.text("never")),
      ),
      post(
        path.keep,
        action({ body: { form: schema, json: z.null() }, uploads }, (conn, { body }) => {
          if (body !== null) renameSync(body.photo.path, join(root, "kept"))
          return conn.text("kept")
        }),
      ),
    )
  }
  const ask = (url: string, bytes: Uint8Array) =>
    app(routes(), { development: false }).fetch(
      new Request(`https://app.example${url}`, {
        method: "POST",
        headers: { "content-type": "multipart/form-data; boundary=B" },
        body: Uint8Array.from(bytes),
      }),
    )
  const good = body(field("title", "Me"), file("photo", "me.png", "PNG"))

  it("gets them typed, and nothing is left when it has answered", async () => {
    const response = await ask("/", good)
    expect(await response.json()).toEqual(["Me", "me.png", "PNG"])
    expect(seen).toHaveLength(1)
    expect(readdirSync(dir)).toEqual([])
  })
  it("leaves nothing when it fails, or when the form is not valid", async () => {
    expect((await ask("/crash", good)).status).toBe(500)
    expect((await ask("/", body(field("title", ""), file("photo", "a", "b")))).status).toBe(422)
    expect((await ask("/", body(file("photo", "a", "x".repeat(101))))).status).toBe(413)
    expect(readdirSync(dir)).toEqual([])
  })
  it("may keep a file by moving it", async () => {
    expect((await ask("/keep", good)).status).toBe(200)
    expect(readFileSync(join(root, "kept"), "utf8")).toBe("PNG")
  })
  it("takes files nowhere else", async () => {
    expect((await ask("/closed", good)).status).toBe(415)
  })
  it("removes them when the client goes while it works", async () => {
    const controller = new AbortController()
    const begun = Promise.withResolvers<void>()
    const hung = router(
      post(
        path.upload,
        action({ body: schema, uploads: { dir } }, (conn) => {
          begun.resolve()
          return new Promise((resolve) => {
            conn.signal.addEventListener("abort", () => resolve(conn.text("late")))
          })
        }),
      ),
    )
    const source = requestSource(
      new Request("https://app.example/", {
        method: "POST",
        headers: { "content-type": "multipart/form-data; boundary=B" },
        body: Uint8Array.from(good),
        signal: controller.signal,
      }),
    )
    const answer = dispatch(hung, createConn(source), { development: false })
    await begun.promise
    controller.abort()
    await answer
    expect(readdirSync(dir)).toEqual([])
  })
})
