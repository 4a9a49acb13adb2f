import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { paths, router } from "@bennu/router"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { app, createConn, FileBody, get, requestSource } from "./index.ts"
import { serveStatic, staticFiles } from "./static.ts"

let root = ""
let dir = ""
const write = (name: string, content: string) => {
  const file = join(dir, name)
  mkdirSync(join(file, ".."), { recursive: true })
  writeFileSync(file, content)
  utimesSync(file, 1_700_000_000, 1_700_000_000)
}
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "bennu-static-"))
  dir = join(root, "public")
  write("app.js", "0123456789")
  write("app.js.br", "brotli")
  write("app.js.gz", "gzip")
  write("app.js.zst", "zstd")
  write("app-3F2A9C1B.css", "css")
  write("jquery-migrate.js", "js")
  write("fonts/a b.woff2", "font")
  write("empty.txt", "")
  write("ümlaut.txt", "text")
  write(".env", "secret")
  write(".git/config", "secret")
  write("lonely.gz", "archive")
  writeFileSync(join(root, "outside.txt"), "outside")
  symlinkSync("/etc/passwd", join(dir, "passwd.txt"))
})
afterAll(() => {
  rmSync(root, { recursive: true })
})

const path = paths({ home: "/home" })
const served = () =>
  app(router(get(path.home, (conn) => conn.text("home"))), {
    before: serveStatic({ dir, prefix: "/assets" }),
    development: false,
  })
const ask = (url: string, headers: Record<string, string> = {}, method = "GET") =>
  served().fetch(new Request(`http://localhost/assets${url}`, { headers, method }))

describe("serveStatic", () => {
  it("serves the files of a folder, and lets other requests pass", async () => {
    const response = await ask("/app.js")
    expect(await response.text()).toBe("0123456789")
    expect(Object.fromEntries(response.headers)).toEqual({
      "accept-ranges": "bytes",
      "cache-control": "public, no-cache",
      "content-length": "10",
      "content-type": "text/javascript; charset=utf-8",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      etag: expect.stringMatching(/^"[\w-]+"$/),
      "last-modified": "Tue, 14 Nov 2023 22:13:20 GMT",
      vary: "accept-encoding",
      "permissions-policy": expect.any(String),
      "referrer-policy": "strict-origin-when-cross-origin",
      "x-content-type-options": "nosniff",
      "x-permitted-cross-domain-policies": "none",
    })
    expect(await (await served().fetch(new Request("http://localhost/home"))).text()).toBe("home")
    expect((await ask("/app.js", {}, "POST")).status).toBe(404)
  })
  it("sends packed copies that are not older, and any of a file whose name has a hash", async () => {
    const coding = async (url: string) =>
      (await ask(url, { "accept-encoding": "gzip" })).headers.get("content-encoding")
    expect(await coding("/app.js")).toBe("gzip")
    for (const name of ["old.js", "old-3F2A9C1B.js"]) {
      write(`${name}.gz`, "gzip")
      writeFileSync(join(dir, name), "new")
    }
    expect(await coding("/old.js")).toBeNull()
    expect(await coding("/old-3F2A9C1B.js")).toBe("gzip")
  })
  it("answers HEAD like GET, without the file", async () => {
    const response = await ask("/app.js", {}, "HEAD")
    expect([
      response.status,
      response.headers.get("content-length"),
      await response.text(),
    ]).toEqual([200, "10", ""])
  })
  it("finds files whose names browsers encode", async () => {
    expect(await (await ask("/fonts/a%20b.woff2")).text()).toBe("font")
    expect(await (await ask("/%C3%BCmlaut.txt")).text()).toBe("text")
    expect(await (await ask("/empty.txt")).text()).toBe("")
  })
  it("lets browsers keep only files whose name has a hash", async () => {
    expect((await ask("/app-3F2A9C1B.css")).headers.get("cache-control")).toBe(
      "public, max-age=31536000, immutable",
    )
    expect((await ask("/jquery-migrate.js")).headers.get("cache-control")).toBe("public, no-cache")
  })
  it.each([
    "/.env",
    "/.git/config",
    "/passwd.txt",
    "/outside.txt",
    "/",
    "",
    "/fonts",
    "/fonts/",
    "/app.js/",
    "/APP.JS",
    "/app.js.br",
    "/app.js%00",
    "/nope.js",
    "/app%2ejs",
  ])("has nothing at %j", async (url) => {
    expect([400, 404]).toContain((await ask(url)).status)
  })
  it.each([
    "/assets/../outside.txt",
    "/assets/..%2foutside.txt",
    "/assets/%2e%2e/outside.txt",
    "/assets/%252e%252e/outside.txt",
    "/assets/..\\outside.txt",
    "/assets//app.js",
    "//assets/app.js",
    "/assets/./app.js",
    "/assets/fonts/../app.js",
    "/assets/%61pp.js",
  ])("finds no way out by %j", (target) => {
    const source = { ...requestSource(new Request("http://localhost/")), target }
    expect(
      staticFiles({ dir, prefix: "/assets" }).match(createConn(source).path, createConn(source)),
    ).toBeNull()
  })
  it("serves what was there when it started, and no file that came later", async () => {
    const files = staticFiles({ dir, recheck: false })
    const request = { method: "GET", header: () => null }
    write("later.txt", "late")
    expect(files.match("/later.txt", request)).toBeNull()
    files.refresh()
    expect(files.match("/later.txt", request)?.body).toBeInstanceOf(FileBody)
    rmSync(join(dir, "later.txt"))
    expect(staticFiles({ dir, recheck: true }).match("/later.txt", request)).toBeNull()
  })
  it("finds in development what came later, within the same bounds", () => {
    const files = staticFiles({ dir, prefix: "/assets", recheck: true })
    const request = { method: "GET", header: () => null }
    write("new folder/later.txt", "late")
    write(".later.txt", "secret")
    symlinkSync("/etc/passwd", join(dir, "later-passwd.txt"))
    expect(files.match("/assets/new%20folder/later.txt", request)?.body).toBeInstanceOf(FileBody)
    for (const path of [
      "/assets/.later.txt",
      "/assets/later-passwd.txt",
      "/assets/../outside.txt",
      "/assets/%2e%2e/outside.txt",
      "/assets/..%2foutside.txt",
      "/assets/%00",
      "/assets/%ff",
      "/assets/app.js.br",
      "/outside.txt",
    ])
      expect(files.match(path, request)).toBeNull()
    rmSync(join(dir, "new folder"), { recursive: true })
    rmSync(join(dir, ".later.txt"))
    rmSync(join(dir, "later-passwd.txt"))
  })
  it("takes names of Object.prototype for names", () => {
    const files = staticFiles({ dir })
    for (const name of Object.getOwnPropertyNames(Object.prototype)) {
      expect(files.match(`/${name}`, { method: "GET", header: () => null })).toBeNull()
    }
  })
  it("is bounded", () => {
    expect(() => staticFiles({ dir, maxFiles: 2 })).toThrow(/more than 2 files/)
    expect(() => staticFiles({ dir, maxFiles: Number.NaN })).toThrow(RangeError)
  })
})

describe("a variant that was compressed before", () => {
  it.each([
    ["br", "brotli"],
    ["gzip, deflate, br, zstd", "brotli"],
    ["zstd, gzip", "zstd"],
    ["gzip;q=1, br;q=0.5", "gzip"],
    ["br;q=0.1, zstd;q=0.2, gzip;q=0.15", "zstd"],
    ["br;q=0.5, identity;q=0.9", "0123456789"],
    ["identity;q=0.5, *;q=0.5", "brotli"],
    ["*;q=0.3, gzip;q=0.4", "gzip"],
    ["x-gzip", "gzip"],
    ["br;q=2, gzip", "gzip"],
    ["br;q=, gzip", "gzip"],
    ["*;q=0", "0123456789"],
    ["identity;q=0", "0123456789"],
    ["gzip", "gzip"],
    ["br;q=0, gzip", "gzip"],
    ["GZIP", "gzip"],
    ["*", "brotli"],
    ["*, br;q=0", "zstd"],
    ["*, br;q=0, zstd;q=0", "gzip"],
    ["identity", "0123456789"],
    ["br;q=0.000", "0123456789"],
    ["", "0123456789"],
    ["brx", "0123456789"],
  ])("is chosen by Accept-Encoding %j", async (accepted, body) => {
    const response = await ask("/app.js", { "accept-encoding": accepted })
    expect(await response.text()).toBe(body)
    expect(response.headers.get("vary")).toBe("accept-encoding")
    expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8")
    expect(response.headers.get("content-encoding")).toBe(
      new Map([
        ["brotli", "br"],
        ["gzip", "gzip"],
        ["zstd", "zstd"],
      ]).get(body) ?? null,
    )
  })
  it("has an etag of its own", async () => {
    const etags = await Promise.all(
      ["br", "gzip", ""].map(async (encoding) =>
        (await ask("/app.js", { "accept-encoding": encoding })).headers.get("etag"),
      ),
    )
    expect(new Set(etags).size).toBe(3)
  })
  it("is a file like others without its original", async () => {
    expect(await (await ask("/lonely.gz")).text()).toBe("archive")
  })
})

describe("conditions and ranges", () => {
  it("answers 304 to who has the file", async () => {
    const etag = (await ask("/app.js")).headers.get("etag") ?? ""
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, "*"])
      expect((await ask("/app.js", { "if-none-match": tag })).status).toBe(304)
    expect((await ask("/app.js", { "if-none-match": '"other"' })).status).toBe(200)
    const date = "Tue, 14 Nov 2023 22:13:20 GMT"
    expect((await ask("/app.js", { "if-modified-since": date })).status).toBe(304)
    expect(
      (await ask("/app.js", { "if-modified-since": "Tue, 14 Nov 2023 22:13:19 GMT" })).status,
    ).toBe(200)
    expect(
      (await ask("/app.js", { "if-modified-since": date, "if-none-match": '"other"' })).status,
    ).toBe(200)
  })
  it.each([
    // RFC 9110 §5.6.7: all three forms are read
    ["Wed, 15 Nov 2023 00:00:00 GMT", 304],
    ["Wednesday, 15-Nov-23 00:00:00 GMT", 304],
    ["Wed Nov 15 00:00:00 2023", 304],
    ["Sunday, 06-Nov-94 08:49:37 GMT", 200],
    ["Sun Nov  6 08:49:37 1994", 200],
    // and nothing else is a date
    ["yesterday", 200],
    ["2099", 200],
    ["2099-01-01T00:00:00Z", 200],
    ["Wed, 15 Nov 2023 00:00:00 +0000", 200],
    ["Wed, 45 Foo 2023 00:00:00 GMT", 200],
    ["", 200],
  ])("reads If-Modified-Since %j as RFC 9110 does: %d", async (date, status) => {
    expect((await ask("/app.js", { "if-modified-since": date })).status).toBe(status)
  })
  it("answers 412 to who wants another version, before anything else", async () => {
    const etag = (await ask("/app.js")).headers.get("etag") ?? ""
    const of = async (headers: Record<string, string>) => (await ask("/app.js", headers)).status
    expect(await of({ "if-match": '"other"' })).toBe(412)
    expect(await of({ "if-match": `W/${etag}` })).toBe(412)
    expect(await of({ "if-match": '"other"', "if-none-match": etag })).toBe(412)
    expect(await of({ "if-match": etag })).toBe(200)
    expect(await of({ "if-match": "*" })).toBe(200)
    expect(await of({ "if-match": etag, "if-none-match": etag })).toBe(304)
    const [before, after] = ["Mon, 13 Nov 2023 22:13:20 GMT", "Tue, 14 Nov 2023 22:13:20 GMT"]
    expect(await of({ "if-unmodified-since": before })).toBe(412)
    expect(await of({ "if-unmodified-since": after })).toBe(200)
    expect(await of({ "if-unmodified-since": before, "if-match": etag })).toBe(200)
    expect(await of({ "if-unmodified-since": "nonsense" })).toBe(200)
    const response = await ask("/app.js", { "if-match": '"other"', range: "bytes=0-1" })
    expect([response.status, await response.text()]).toEqual([412, ""])
  })
  it("says with 304 what a cache has to know, and nothing about the body", async () => {
    const etag = (await ask("/app.js")).headers.get("etag") ?? ""
    const { headers } = await ask("/app.js", { "if-none-match": etag })
    const names = [...headers.keys()]
    expect(names).toEqual(expect.arrayContaining(["cache-control", "etag", "vary"]))
    for (const name of ["content-length", "content-type", "content-encoding", "content-range"])
      expect(names).not.toContain(name)
  })
  it.each([
    ["bytes=0-3", 206, "0123", "bytes 0-3/10"],
    ["bytes=4-", 206, "456789", "bytes 4-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-30", 206, "0123456789", "bytes 0-9/10"],
    ["bytes=9-99", 206, "9", "bytes 9-9/10"],
    ["Bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=10-", 416, "", "bytes */10"],
    ["bytes=-0", 416, "", "bytes */10"],
    ["bytes=3-2", 200, "0123456789", null],
    ["bytes=0-1,3-4", 200, "0123456789", null],
    ["bytes=", 200, "0123456789", null],
    ["bytes=a-b", 200, "0123456789", null],
    ["bytes=-", 200, "0123456789", null],
    ["items=0-1", 200, "0123456789", null],
    ["bytes=99999999999999999999-", 200, "0123456789", null],
  ])("answers the range %j with %d", async (range, status, body, contentRange) => {
    const response = await ask("/app.js", { range })
    expect([response.status, await response.text(), response.headers.get("content-range")]).toEqual(
      [status, body, contentRange],
    )
  })
  it("sends the whole file when the range is of another version", async () => {
    expect((await ask("/app.js", { range: "bytes=0-1", "if-range": '"other"' })).status).toBe(200)
    const etag = (await ask("/app.js")).headers.get("etag") ?? ""
    expect((await ask("/app.js", { range: "bytes=0-1", "if-range": etag })).status).toBe(206)
    const of = async (version: string) =>
      (await ask("/app.js", { range: "bytes=0-1", "if-range": version })).status
    expect(await of(`W/${etag}`)).toBe(200)
    expect(await of("Tue, 14 Nov 2023 22:13:20 GMT")).toBe(206)
    // exactly that date: it names a version here, and is not compared
    expect(await of("Tue, 14 Nov 2023 22:13:21 GMT")).toBe(200)
  })
  it("cuts ranges of the variant that is sent", async () => {
    const response = await ask("/app.js", { range: "bytes=1-2", "accept-encoding": "br" })
    expect(response.headers.get("content-encoding")).toBe("br")
    expect(response.headers.get("content-range")).toBe("bytes 1-2/6")
    expect(await response.text()).toBe("ro")
  })
  it("has no part of an empty file, and no range for HEAD", async () => {
    const empty = await ask("/empty.txt", { range: "bytes=0-" })
    expect([empty.status, empty.headers.get("content-range")]).toEqual([416, "bytes */0"])
    expect((await ask("/empty.txt")).headers.get("content-length")).toBe("0")
    const head = await ask("/app.js", { range: "bytes=0-1" }, "HEAD")
    expect([head.status, head.headers.get("content-length")]).toEqual([200, "10"])
  })
})

describe("conn.sendFile", () => {
  const conn = (headers: Record<string, string> = {}) =>
    createConn(requestSource(new Request("http://localhost/", { headers })))
  it("answers with a file, or a part of it", () => {
    const reply = conn().sendFile(join(dir, "app.js"))
    expect([reply.status, reply.header("content-type"), reply.header("cache-control")]).toEqual([
      200,
      "text/javascript; charset=utf-8",
      "private, no-cache",
    ])
    expect(conn({ range: "bytes=0-1" }).sendFile(join(dir, "app.js")).status).toBe(206)
  })
  it("saves it under a name", () => {
    const reply = conn().sendFile(join(dir, "app.js"), { download: 'a"ä%\r\n.js' })
    expect(reply.header("content-disposition")).toBe(
      `attachment; filename="a_____.js"; filename*=UTF-8''a%22%C3%A4%25%0D%0A.js`,
    )
    expect(
      conn().sendFile(join(dir, "app.js"), { download: true }).header("content-disposition"),
    ).toContain('filename="app.js"')
  })
  it.each(["../outside.txt", "/etc/passwd", "passwd.txt", "nope.txt", "fonts", "", "a\0b", ".."])(
    "stays in its root with %j",
    (file) => {
      expect(() => conn().sendFile(file, { root: dir })).toThrow(
        expect.objectContaining({ status: 404 }),
      )
    },
  )
  it("finds what lies in its root", () => {
    expect(conn().sendFile("fonts/a b.woff2", { root: dir }).status).toBe(200)
  })
})
