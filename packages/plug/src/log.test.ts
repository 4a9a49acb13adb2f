import { Writable } from "node:stream"
import { paths, router } from "@bennu/router"
import pino from "pino"
import { describe, expect, it } from "vitest"
import {
  action,
  app,
  createConn,
  dispatch,
  get,
  NotFoundError,
  pipeline,
  post,
  requestFailed,
  requestId,
  requestSource,
} from "./index.ts"
import { jsonLines, type LogOptions, loggable, logRequests, plainLines } from "./log.ts"

const path = paths({
  home: "/",
  crash: "/crash",
  missing: "/missing",
  reset: "/reset/:token/:step",
  form: "/form",
})
const routes = router(
  get(path.home, (conn) => conn.text("hi")),
  get(path.crash, async () => {
    throw new Error("the database is down\nFAKE LINE", { cause: new Error("ECONNREFUSED") })
  }),
  get(path.missing, () => {
    throw new NotFoundError()
  }),
  get(path.reset, (conn) => conn.redirect("/")),
  post(
    path.form,
    action({}, (conn) => conn.text("")),
  ),
)
/** Asks, and gives the answer with the lines that were written meanwhile. */
async function ask(url: string, options: LogOptions = {}) {
  const lines: string[] = []
  const logger = jsonLines({ write: (line) => lines.push(line), now: () => 0 })
  let time = 0
  const now = () => {
    time += 1.26
    return time
  }
  const before = pipeline(logRequests({ logger, now, ...options }), requestId())
  const source = requestSource(new Request("https://app.example/"), {
    remoteAddress: "192.0.2.1",
  })
  // as a server gives it: what a URL would have put right is still there
  const conn = createConn({ ...source, target: url })
  const answer = await dispatch(routes, conn, { before, development: false })
  const entries = lines.map((line) => JSON.parse(line))
  return { answer, lines, entry: entries[0], id: answer.headers }
}

describe("logRequests", () => {
  it("writes one line for a request", async () => {
    const { lines, entry } = await ask("/?page=2")
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\{.*\}\n$/)
    expect(entry).toEqual({
      level: "info",
      time: "1970-01-01T00:00:00.000Z",
      id: expect.stringMatching(/^[\w-]{24}$/),
      method: "GET",
      path: "/",
      route: "/",
      status: 200,
      duration: 1.3,
      remoteAddress: "192.0.2.1",
      params: { page: "2" },
      msg: "GET / 200 in 1.3 ms",
    })
  })
  it("writes a failure with its error, under the reference that its page shows", async () => {
    const failures: string[] = []
    using _ = requestFailed.subscribe(({ reference }) => failures.push(reference))
    const { lines, entry, answer } = await ask("/crash")
    expect(lines).toHaveLength(1)
    expect(entry).toMatchObject({
      level: "error",
      status: 500,
      code: "ERR_INTERNAL",
      err: {
        type: "Error",
        message: "the database is down\nFAKE LINE",
        stack: expect.stringContaining("log.test.ts"),
        cause: { message: "ECONNREFUSED" },
      },
    })
    expect(failures).toEqual([entry.id])
    expect(JSON.stringify(answer)).toContain(entry.id)
    expect(JSON.stringify(answer)).not.toContain("database")
  })
  it("warns of what is the client's fault, without a stack", async () => {
    const { entry } = await ask("/missing")
    expect(entry).toMatchObject({ level: "warn", status: 404, code: "ERR_PLUG_NOT_FOUND" })
    expect(entry).not.toHaveProperty("err")
    expect((await ask("/nowhere")).entry).toMatchObject({ status: 404, route: null })
  })
  it("writes what no plug sees: paths in another form than the canonical", async () => {
    const { lines, entry } = await ask("/a/%2e%2e/etc/\u001b[31m?q=%FF")
    expect(lines).toHaveLength(1)
    expect(entry).toMatchObject({ status: 400, code: "ERR_PLUG_PATH", params: {} })
    expect(entry.path).toBe("/a/%2e%2e/etc/\\u{1b}[31m")
  })
  it("filters what sounds like a secret, in paths too", async () => {
    const { lines, entry } = await ask(
      "/reset/s3cret/2?user[password]=s3cret&API-Key=s3cret&user[name]=ada&code=s3cret&postcode=1",
    )
    expect(entry).toMatchObject({
      path: "/reset/:token/:step",
      msg: expect.stringContaining("GET /reset/:token/:step 302"),
      params: {
        token: "[FILTERED]",
        step: "2",
        user: { password: "[FILTERED]", name: "ada" },
        "API-Key": "[FILTERED]",
        code: "[FILTERED]",
        postcode: "1",
      },
    })
    expect(lines.join()).not.toContain("s3cret")
    expect((await ask("/?e-mail=ada", { filter: ["email"] })).lines.join()).not.toContain("ada")
  })
  it("cannot be made to write a line that somebody else made up", async () => {
    const { lines } = await ask(
      "/?a=%0d%0a%7B%22level%22%3A%22error%22%7D&b%0a=%E2%80%A8&c=%1b%5B31m&d=%E2%80%AE",
    )
    expect(lines).toHaveLength(1)
    expect(lines[0]?.slice(0, -1)).toMatch(/^[\x20-\x7e]*$/)
    expect(JSON.parse(lines[0] ?? "").params).toEqual({
      a: '\\u{d}\\u{a}{"level":"error"}',
      "b\\u{a}": "\\u{2028}",
      c: "\\u{1b}[31m",
      d: "\\u{202e}",
    })
  })
  it("leaves out what a level says, and never fails a request", async () => {
    expect((await ask("/", { level: () => null })).lines).toEqual([])
    expect((await ask("/", { level: () => "warn" })).entry.level).toBe("warn")
    const broken = () => {
      throw new Error("disk full")
    }
    const logger = { info: broken, warn: broken, error: broken }
    expect((await ask("/", { logger })).answer.status).toBe(200)
    expect((await ask("/crash", { logger })).answer.status).toBe(500)
  })
  it("takes pino as it is", async () => {
    const lines: string[] = []
    const stream = new Writable({
      write(chunk, _, done) {
        lines.push(String(chunk))
        done()
      },
    })
    await ask("/crash", { logger: pino({}, stream) })
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      level: 50,
      msg: expect.stringMatching(/^GET \/crash 500 in /),
      err: { type: "Error", stack: expect.stringContaining("log.test.ts") },
    })
  })
  it("refuses unknown options", () => {
    const odd = { fliter: ["a"], filter: ["a"] }
    expect(() => logRequests(odd)).toThrow(expect.objectContaining({ code: "ERR_CORE_OPTIONS" }))
  })
  it("makes no promise where nobody needs one", () => {
    const logger = jsonLines({ write: () => {} })
    const conn = createConn(requestSource(new Request("https://app.example/")))
    expect(dispatch(routes, conn, { before: logRequests({ logger }) })).not.toBeInstanceOf(Promise)
  })
  it("writes for app.fetch too", async () => {
    const lines: string[] = []
    const logger = plainLines({ write: (line) => lines.push(line) })
    const { fetch } = app(routes, { before: logRequests({ logger }), development: false })
    await fetch(new Request("https://app.example/crash"))
    const [line = ""] = lines
    expect(line).toMatch(/^GET \/crash 500 in [\d.]+ ms\nError: the database is down\n/)
    expect(line).toContain("log.test.ts")
  })
})

describe("loggable", () => {
  it("copies plain data only, and so much of it", () => {
    let deep: unknown = "end"
    for (let depth = 0; depth < 100; depth++) deep = { deep }
    const circular: Record<string, unknown> = {}
    circular["self"] = circular
    const copy = loggable({
      deep,
      circular,
      long: "x".repeat(10_000),
      many: Array(1000).fill(1),
      date: new Date(0),
      big: 1n,
      run: () => {},
      Authorization: "Bearer x",
      cookies: { a: 1 },
      author: "ada",
    })
    expect(JSON.stringify(copy).length).toBeLessThan(2000)
    expect(copy).toMatchObject({
      date: "[Date]",
      big: "1",
      run: "[function]",
      Authorization: "[FILTERED]",
      cookies: "[FILTERED]",
      author: "ada",
    })
  })
  it("takes names of Object.prototype for names", () => {
    const odd = JSON.parse('{"__proto__":{"polluted":1},"constructor":"a","toString":"b"}')
    const copy = loggable(odd)
    expect(JSON.stringify(copy)).toBe(JSON.stringify(odd))
    expect(Object.hasOwn(Object.prototype, "polluted")).toBe(false)
  })
})
