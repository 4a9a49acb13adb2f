import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { memoryStore } from "@bennu/store"
import { type Context, Hono, type MiddlewareHandler } from "hono"
import { describe, expect, it } from "vitest"
import { corsPolicy } from "./cors.ts"
import { csrfToken, csrfTokenMatches, provenance } from "./csrf.ts"
import { readCspReports, securityHeaders } from "./headers.ts"
import { isLocal, serializeCookie, toResponse } from "./index.ts"
import { readBody, readMultipart } from "./parsers.ts"
import { addressKey, rateLimiter } from "./rate.ts"
import { cookieSessions, type KeptSession, type Sessions, storeSessions } from "./session.ts"
import { staticFiles } from "./static.ts"

// Each piece is a function over Request and Headers: here they are, behind somebody else's router.

const secret = "s".repeat(64)
type Vars = { Variables: { session: KeptSession } }
const header = (c: Context) => (name: string) => c.req.header(name) ?? null
const originOf = (c: Context) => new URL(c.req.url).origin

const withSession =
  (sessions: Sessions): MiddlewareHandler<Vars> =>
  async (c, next) => {
    const session = await sessions.open(c.req.header("cookie") ?? null, { secure: true })
    c.set("session", session)
    await next()
    const cookie = await session.setCookie()
    if (cookie !== null) c.header("set-cookie", cookie, { append: true })
  }
const withHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  const nonce = createHash("sha256").update(c.req.url).digest("base64url")
  for (const [name, value] of securityHeaders()({ nonce, secure: true })) c.header(name, value)
}
const withoutForgery: MiddlewareHandler<Vars> = async (c, next) => {
  const { method } = c.req
  const own = provenance({ method, origin: originOf(c), header: header(c) }) === "own"
  const token = c.req.header("x-csrf-token")
  if (!own && !csrfTokenMatches(c.get("session"), token)) return c.text("forged", 403)
  return next()
}
const withCors: MiddlewareHandler = async (c, next) => {
  const decide = corsPolicy({ origins: ["https://friend.example"], credentials: true })
  const { preflight, headers } = decide({ method: c.req.method, header: header(c) })
  if (preflight) return new Response(null, { status: 204, headers: headers.map(([...p]) => p) })
  await next()
  for (const [name, value] of headers) c.header(name, value)
  return undefined
}
const withRate = (): MiddlewareHandler => {
  const limiter = rateLimiter({ store: memoryStore(), name: "api", limit: 1, period: "1m" })
  return async (c, next) => {
    const { allowed, headers } = await limiter.take(addressKey(c.req.header("x-peer") ?? null))
    if (allowed) await next()
    else c.res = c.text("too many", 429)
    for (const [name, value] of headers) c.header(name, value)
  }
}
const cookieOf = (response: Response) => response.headers.get("set-cookie")?.split(";", 1)[0] ?? ""

describe("inside of Hono", () => {
  it.each([
    ["in a cookie", () => cookieSessions({ secret })],
    ["in a sealed cookie", () => cookieSessions({ secret, encrypt: true })],
    ["in a store", () => storeSessions({ store: memoryStore(), secret })],
  ])("a session %s is carried on", async (_, sessions) => {
    const hono = new Hono<Vars>().use(withSession(sessions())).get("/", (c) => {
      const visits = Number(c.get("session").get("visits") ?? 0) + 1
      c.get("session").put("visits", visits)
      return c.text(String(visits))
    })
    const first = await hono.request("https://app.example/")
    expect(first.headers.get("set-cookie")).toMatch(/^__Host-session=.*; Secure; HttpOnly/)
    const second = await hono.request("https://app.example/", {
      headers: { cookie: cookieOf(first) },
    })
    expect(await second.text()).toBe("2")
  })
  it("a form of another site is refused, and one of ours passes", async () => {
    const hono = new Hono<Vars>()
      .use(withSession(cookieSessions({ secret })))
      .get("/token", (c) => c.text(csrfToken(c.get("session"))))
      .use(withoutForgery)
      .post("/", (c) => c.text("done"))
    const send = async (headers: Record<string, string>) =>
      (await hono.request("https://app.example/", { method: "POST", headers })).status
    expect(await send({ "sec-fetch-site": "same-origin" })).toBe(200)
    expect(await send({ origin: "https://app.example" })).toBe(200)
    expect(await send({ "sec-fetch-site": "cross-site" })).toBe(403)
    expect(await send({ origin: "https://evil.example" })).toBe(403)
    expect(await send({})).toBe(403)
    const page = await hono.request("https://app.example/token")
    const headers = { cookie: cookieOf(page), "x-csrf-token": await page.text() }
    expect(await send(headers)).toBe(200)
    expect(await send({ ...headers, cookie: "" })).toBe(403)
  })
  it("pages are protected", async () => {
    const hono = new Hono().use(withHeaders).get("/", (c) => c.html("<p>hi"))
    const { headers } = await hono.request("https://app.example/")
    expect(headers.get("content-security-policy")).toMatch(/script-src 'nonce-[\w-]{43}'/)
    expect(headers.get("strict-transport-security")).toBe("max-age=31536000; includeSubDomains")
  })
  it("other origins read what they may", async () => {
    const hono = new Hono().use(withCors).get("/", (c) => c.text("hi"))
    const ask = (origin: string, method = "GET") =>
      hono.request("https://app.example/", {
        method,
        headers: { origin, "access-control-request-method": "GET" },
      })
    const friend = await ask("https://friend.example")
    expect(friend.headers.get("access-control-allow-origin")).toBe("https://friend.example")
    expect((await ask("https://friend.example", "OPTIONS")).status).toBe(204)
    const evil = await ask("https://evil.example")
    expect(evil.headers.get("access-control-allow-origin")).toBe(null)
    expect(evil.headers.get("vary")).toBe("origin")
  })
  it("too many requests are refused", async () => {
    const hono = new Hono().use(withRate()).get("/", (c) => c.text("hi"))
    const ask = (peer: string) =>
      hono.request("https://app.example/", { headers: { "x-peer": peer } })
    expect((await ask("2001:db8::1")).headers.get("ratelimit")).toBe('"api";r=0;t=60')
    const second = await ask("2001:db8::2")
    expect([second.status, second.headers.get("retry-after")]).toEqual([429, "60"])
    expect((await ask("192.0.2.1")).status).toBe(200)
  })
  it("a cookie is what it says, or is not sent", async () => {
    const hono = new Hono()
      .get("/", (c) => {
        c.header("set-cookie", serializeCookie("theme", c.req.query("theme") ?? ""))
        return c.text("")
      })
      .onError((error, c) => c.text("code" in error ? String(error.code) : "", 500))
    const good = await hono.request("/?theme=dark")
    expect(good.headers.get("set-cookie")).toBe("theme=dark; Path=/; HttpOnly; SameSite=Lax")
    const bad = await hono.request("/?theme=dark;%20Domain=evil.example")
    expect([bad.headers.get("set-cookie"), await bad.text()]).toEqual([null, "ERR_PLUG_COOKIE"])
  })
  it("a redirect stays here", async () => {
    const hono = new Hono().get("/", (c) => {
      const to = c.req.query("to") ?? ""
      return c.redirect(isLocal(to) ? to : "/")
    })
    const to = async (target: string) =>
      (await hono.request(`/?to=${encodeURIComponent(target)}`)).headers.get("location")
    expect(await to("/posts/1?page=2")).toBe("/posts/1?page=2")
    for (const target of ["//evil.example", "/\\evil.example", "/\t/evil.example", "https:evil"])
      expect(await to(target)).toBe("/")
  })
  it("bodies are read within bounds", async () => {
    const hono = new Hono()
      .post("/json", async (c) => c.json((await readBody(c.req.raw, { maxBytes: 20 })).value))
      .post("/form", async (c) => {
        await using form = await readMultipart(c.req.raw, { maxFiles: 1 })
        return c.json(Object.keys(form.values))
      })
      .post("/csp", async (c) => c.json(await readCspReports(c.req.raw)))
      .onError((error, c) => c.text("", "status" in error ? (error.status as 413) : 500))
    const json = (body: string) =>
      hono.request("/json", {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      })
    expect(await (await json('{"a":1}')).json()).toEqual({ a: 1 })
    expect((await json(`["${"x".repeat(20)}"]`)).status).toBe(413)
    const form = new FormData()
    form.append("title", "hi")
    form.append("photo", new File(["x"], "a.png"))
    const sent = await hono.request("https://app.example/form", { method: "POST", body: form })
    expect(await sent.json()).toEqual(["title", "photo"])
    expect((await hono.request("/csp", { method: "POST", body: "x" })).status).toBe(415)
  })
  it("files are those of a folder, and nothing beside it", async () => {
    const files = staticFiles({ dir: import.meta.dirname, prefix: "/src", recheck: false })
    const hono = new Hono().use(async (c, next) => {
      const { pathname } = new URL(c.req.url)
      const found = files.match(pathname, { method: c.req.method, header: header(c) })
      return found === null ? next() : toResponse(found)
    })
    const ask = (path: string, headers = {}) =>
      hono.request(`https://app.example${path}`, { headers })
    const whole = await ask("/src/hono.test.ts")
    const text = readFileSync(import.meta.filename, "utf8")
    expect(await whole.text()).toBe(text)
    const part = await ask("/src/hono.test.ts", { range: "bytes=0-5" })
    expect([part.status, await part.text()]).toEqual([206, text.slice(0, 6)])
    const etag = whole.headers.get("etag") ?? ""
    expect((await ask("/src/hono.test.ts", { "if-none-match": etag })).status).toBe(304)
    for (const path of ["/src/%2e%2e%2fpackage.json", "/package.json", "/src/__proto__", "/src/"])
      expect((await ask(path)).status).toBe(404)
  })
})
