import { paths, router } from "@bennu/router"
import { describe, expect, it, vi } from "vitest"
import {
  app,
  createConn,
  flashOf,
  get,
  pipeline,
  post,
  putFlash,
  requestSource,
  route,
  scope,
  sessionOf,
} from "./index.ts"
import { cookieSessions, session } from "./session.ts"

const secret =
  "an old secret that is long enough for all that it has to keep safe, at least sixty-four"
const newSecret =
  "a new secret that is long enough for all that it has to keep safe, at least sixty-four"
const day = 86_400_000
const cookieOf = (setCookie: string | null) => setCookie?.slice(0, setCookie.indexOf(";")) ?? ""

describe("cookieSessions, with nothing but Request and Response", () => {
  /** A whole server. */
  const serve = (options: Parameters<typeof cookieSessions>[0]) => {
    const sessions = cookieSessions(options)
    return (request: Request) => {
      const opened = sessions.open(request.headers.get("cookie"), {
        secure: request.url.startsWith("https:"),
      })
      const visits = Number(opened.get("visits") ?? 0) + 1
      opened.put("visits", visits)
      const response = new Response(String(visits))
      const cookie = opened.setCookie()
      if (cookie !== null) response.headers.append("set-cookie", cookie)
      return response
    }
  }
  const visit = (server: ReturnType<typeof serve>, cookie = "", url = "https://example.com/") =>
    server(new Request(url, { headers: { cookie } }))

  it("remembers a visitor", async () => {
    const server = serve({ secret })
    const first = visit(server)
    const second = visit(server, cookieOf(first.headers.get("set-cookie")))
    expect([await first.text(), await second.text()]).toEqual(["1", "2"])
  })
  it("binds the cookie to its host on https, and gives it a plain name on http", () => {
    const server = serve({ secret })
    expect(visit(server).headers.get("set-cookie")).toMatch(
      /^__Host-session=[\w.-]+; Path=\/; Max-Age=1209600; Secure; HttpOnly; SameSite=Lax$/,
    )
    expect(visit(server, "", "http://localhost/").headers.get("set-cookie")).toMatch(
      /^session=[\w.-]+; Path=\/; Max-Age=1209600; HttpOnly; SameSite=Lax$/,
    )
  })
  it("believes no cookie that was changed, or signed by others", async () => {
    const server = serve({ secret })
    const cookie = cookieOf(visit(server).headers.get("set-cookie"))
    const last = cookie.at(-2) === "A" ? "B" : "A"
    const forged = [
      `${cookie.slice(0, -2)}${last}${cookie.at(-1)}`,
      cookie.slice(0, -5),
      `${cookie}x`,
      "__Host-session=",
      "__Host-session=e30",
      "__Host-session=a.b.c.d",
    ]
    const foreign = cookieOf(visit(serve({ secret: newSecret })).headers.get("set-cookie"))
    for (const wrong of [...forged, foreign]) expect(await visit(server, wrong).text()).toBe("1")
  })
  it("goes on while secrets rotate", async () => {
    const cookie = cookieOf(visit(serve({ secret })).headers.get("set-cookie"))
    const rotating = visit(serve({ secret: [newSecret, secret] }), cookie)
    expect(await rotating.text()).toBe("2")
    const after = visit(serve({ secret: newSecret }), cookieOf(rotating.headers.get("set-cookie")))
    expect(await after.text()).toBe("3")
  })
  it("ends after its time", async () => {
    const cookie = cookieOf(
      visit(serve({ secret, maxAge: "1d", now: () => 0 })).headers.get("set-cookie"),
    )
    expect(await visit(serve({ secret, maxAge: "1d", now: () => day }), cookie).text()).toBe("2")
    expect(await visit(serve({ secret, maxAge: "1d", now: () => day + 1 }), cookie).text()).toBe(
      "1",
    )
  })
  it("hides its data when it is encrypted", async () => {
    const server = serve({ secret, encrypt: true })
    const cookie = cookieOf(visit(server).headers.get("set-cookie"))
    expect(
      Buffer.from(
        cookie.slice(cookie.indexOf("=") + 1).replaceAll(".", ""),
        "base64url",
      ).toString(),
    ).not.toContain("visits")
    expect(await visit(server, cookie).text()).toBe("2")
    expect(await visit(serve({ secret }), cookie).text()).toBe("1")
  })
  it("goes on while the secrets that hide it rotate", async () => {
    const seal = { encrypt: true } as const
    const cookie = cookieOf(visit(serve({ secret, ...seal })).headers.get("set-cookie"))
    const rotating = visit(serve({ secret: [newSecret, secret], ...seal }), cookie)
    const rotated = cookieOf(rotating.headers.get("set-cookie"))
    expect(await visit(serve({ secret: newSecret, ...seal }), rotated).text()).toBe("3")
    expect(await visit(serve({ secret: newSecret, ...seal }), cookie).text()).toBe("1")
  })
  it("ends after its time altogether, however much it is used", async () => {
    const limits = { secret, maxAge: "1d", absolute: "2d" } as const
    let cookie = ""
    const visits: string[] = []
    for (let now = 0; now <= 3 * day; now += day) {
      const response = visit(serve({ ...limits, now: () => now }), cookie)
      visits.push(await response.text())
      cookie = cookieOf(response.headers.get("set-cookie"))
    }
    expect(visits).toEqual(["1", "2", "3", "1"])
  })
  it("refuses to be made wrongly", () => {
    expect(() => cookieSessions({ secret: "short" })).toThrow()
    expect(() => cookieSessions({ secret, name: "a;b" })).toThrow(
      expect.objectContaining({ code: "ERR_PLUG_COOKIE" }),
    )
    expect(() => cookieSessions({ secret, maxAge: Number.NaN })).toThrow()
  })
})

describe("Session", () => {
  const sessions = cookieSessions({ secret, now: () => 0 })
  const open = (cookie: string | null = null) => sessions.open(cookie, { secure: true })
  const again = (opened: ReturnType<typeof open>) => open(cookieOf(opened.setCookie()))

  it("sets no cookie before something is kept in it", () => {
    const opened = open()
    expect(opened.get("a")).toBeUndefined()
    expect(opened.setCookie()).toBeNull()
  })
  it("sets none when nothing changed", () => {
    const opened = open()
    opened.put("a", [1])
    const next = again(opened)
    expect(next.get("a")).toEqual([1])
    expect(next.setCookie()).toBeNull()
  })
  it("forgets what is deleted, and keeps the rest", () => {
    const opened = open()
    opened.put("a", 1)
    opened.put("b", 2)
    opened.delete("a")
    expect([again(opened).get("a"), again(opened).get("b")]).toEqual([undefined, 2])
  })
  it("deletes its cookie when it is cleared", () => {
    const opened = open()
    opened.put("a", 1)
    const next = again(opened)
    next.clear()
    expect(next.setCookie()).toBe(
      "__Host-session=; Path=/; Max-Age=0; Secure; HttpOnly; SameSite=Lax",
    )
  })
  it("has another id after renew, and the same data", () => {
    const opened = open()
    opened.put("a", 1)
    const before = again(opened)
    const after = again(opened)
    after.renew()
    const renewed = again(after)
    expect(renewed.get("a")).toBe(1)
    expect(before.id).toBe(again(opened).id)
    expect(renewed.id).not.toBe(before.id)
  })
  it("belongs to nobody any more after clear", () => {
    const opened = open()
    opened.put("a", 1)
    const { id } = opened
    opened.clear()
    opened.put("b", 2)
    expect(again(opened).get("a")).toBeUndefined()
    expect(opened.id).not.toBe(id)
  })
  it("is written again before it ends, while it is in use", () => {
    let now = 0
    const rolling = cookieSessions({ secret, maxAge: 100_000, now: () => now })
    const opened = rolling.open(null, { secure: false })
    opened.put("a", 1)
    const cookie = cookieOf(opened.setCookie())
    const at = (time: number) => {
      now = time
      const later = rolling.open(cookie, { secure: false })
      later.get("a")
      return later.setCookie()
    }
    expect(at(50_000)).toBeNull()
    expect(at(51_000)).toContain("session=")
  })
  it("says so when it does not fit into a cookie", () => {
    const opened = open()
    opened.put("a", "x".repeat(4000))
    expect(() => opened.setCookie()).toThrow(expect.objectContaining({ code: "ERR_PLUG_COOKIE" }))
  })
  it("refuses undefined, which JSON would lose", () => {
    expect(() => open().put("a", undefined)).toThrow(TypeError)
  })
  it("takes names of Object.prototype for names", () => {
    const opened = open()
    opened.put("constructor", 1)
    expect([again(opened).get("constructor"), again(opened).get("toString")]).toEqual([
      1,
      undefined,
    ])
  })
})

describe("session", () => {
  const path = paths({ home: "/", login: "/login", page: "/page", api: "/api" })
  const browser = pipeline(session({ secret }))
  const routesOf = (browser: ReturnType<typeof session>) =>
    router(
      get(path.home, (conn) => conn.text("outside")),
      scope("/", browser, [
        post(path.login, (conn) => {
          conn.assigns.session.put("user", "ada")
          putFlash(conn, "info", "Welcome")
          return conn.redirect("/page")
        }),
        get(path.page, (conn) =>
          conn.json({ user: conn.assigns.session.get("user") ?? null, flash: flashOf(conn) }),
        ),
        get(path.api, (conn) => conn.json({ ok: true })),
      ]),
    )
  const served = app(routesOf(browser))
  /** A browser with one cookie. */
  const visitor = () => {
    let cookie = ""
    return async (url: string, init?: RequestInit) => {
      const response = await served.fetch(
        new Request(`http://localhost${url}`, { ...init, headers: { cookie } }),
      )
      const set = response.headers.get("set-cookie")
      if (set !== null) cookie = cookieOf(set)
      return response
    }
  }

  it("carries data and a message over a redirect, and shows the message once", async () => {
    const visit = visitor()
    expect((await visit("/login", { method: "POST" })).status).toBe(302)
    expect(await (await visit("/api")).json()).toEqual({ ok: true })
    expect(await (await visit("/page")).json()).toEqual({ user: "ada", flash: { info: "Welcome" } })
    expect(await (await visit("/page")).json()).toEqual({ user: "ada", flash: {} })
  })
  it("keeps answers that depend on it out of shared caches, and leaves others alone", async () => {
    const visit = visitor()
    expect((await visit("/page")).headers.get("cache-control")).toBe("private, no-cache")
    const api = await visit("/api")
    expect([api.headers.get("cache-control"), api.headers.get("set-cookie")]).toEqual([null, null])
  })
  it("is the same for plugs further in", async () => {
    const nested = scope("/", browser, [
      scope("/", pipeline(session({ secret: newSecret })), [
        get(path.home, (conn) => conn.json(conn.assigns.session === sessionOf(conn))),
      ]),
    ])
    expect(await (await app(router(nested)).fetch(new Request("http://localhost/"))).json()).toBe(
      true,
    )
  })
  it("is missed with a hint", () => {
    expect(() => flashOf(createConn(requestSource(new Request("http://localhost/"))))).toThrow(
      expect.objectContaining({
        code: "ERR_PLUG_NO_SESSION",
        hint: expect.stringContaining("session({ secret })"),
      }),
    )
  })
  it("refuses to be written while a live view joins, in development", () => {
    const writingIn = (browser: ReturnType<typeof session>) =>
      router(
        scope("/", browser, [
          get(path.home, (conn) => {
            conn.assigns.session.put("a", 1)
            return conn.text("")
          }),
          get(path.page, (conn) => conn.text("").withCookie("a", "b")),
        ]),
      )
    const join = (url: string) =>
      createConn(requestSource(new Request(`http://localhost${url}`)), { transport: "live" })
    const refused = expect.objectContaining({ code: "ERR_PLUG_LIVE_COOKIE" })
    const writing = writingIn(browser)
    expect(() => route(writing, join("/"))).toThrow(refused)
    expect(() => route(writing, join("/page"))).toThrow(refused)
    vi.stubEnv("NODE_ENV", "production")
    try {
      const inProduction = writingIn(session({ secret }))
      expect(route(inProduction, join("/"))).toMatchObject({ status: 200 })
    } finally {
      vi.unstubAllEnvs()
    }
  })
  it("is bound to https in production, also behind a proxy that nobody told of", async () => {
    vi.stubEnv("NODE_ENV", "production")
    try {
      const inProduction = app(routesOf(session({ secret })))
      const login = (origin: string) =>
        inProduction.fetch(new Request(`${origin}/login`, { method: "POST" }))
      expect((await login("http://app.example")).headers.get("set-cookie")).toMatch(
        /^__Host-session=.*; Secure;/,
      )
      expect((await login("http://localhost:4000")).headers.get("set-cookie")).toMatch(/^session=/)
      expect((await login("http://localhost.evil.example")).headers.get("set-cookie")).toMatch(
        /^__Host-/,
      )
    } finally {
      vi.unstubAllEnvs()
    }
  })
})
