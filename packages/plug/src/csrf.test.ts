import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { csrfToken, csrfTokenMatches, csrfTokenOf, provenance } from "./csrf.ts"
import {
  app,
  connectedWith,
  createConn,
  get,
  pipeline,
  post,
  protectFromForgery,
  requestSource,
  route,
  scope,
  session,
} from "./index.ts"

const own = "https://app.example"
const from = (method: string, headers: Record<string, string> = {}) => {
  const { headers: sent } = new Request(own, { headers })
  return { method, origin: own, header: (name: string) => sent.get(name) }
}

describe("provenance, with nothing but a method and headers", () => {
  it("lets safe methods pass from everywhere", () => {
    for (const method of ["GET", "HEAD", "OPTIONS"]) {
      expect(
        provenance(
          from(method, { "sec-fetch-site": "cross-site", origin: "https://evil.example" }),
        ),
      ).toBe("own")
    }
  })
  it.each<[site: string | null, origin: string | null, verdict: string]>([
    ["same-origin", own, "own"],
    ["same-origin", null, "own"],
    ["none", null, "own"],
    ["same-site", "https://other.app.example", "unproven"],
    ["cross-site", "https://evil.example", "unproven"],
    ["cross-site", null, "unproven"],
    // a proxy that changes the host: the browser's word is enough
    ["same-origin", "https://public.example", "own"],
    // nobody but a browser would say both
    ["cross-site", own, "unproven"],
    ["Same-Origin", null, "unproven"],
    ["", null, "unproven"],
    ["same-origin, cross-site", null, "unproven"],
    [null, own, "own"],
    [null, "https://evil.example", "unproven"],
    [null, "http://app.example", "unproven"],
    [null, "https://app.example:444", "unproven"],
    [null, "https://app.example.evil.example", "unproven"],
    [null, "https://evil-app.example", "unproven"],
    [null, "HTTPS://APP.EXAMPLE", "unproven"],
    [null, "null", "unproven"],
    [null, "", "unproven"],
    [null, null, "unproven"],
  ])("of a POST with Sec-Fetch-Site %j and Origin %j is %s", (site, origin, verdict) => {
    for (const method of ["POST", "PUT", "PATCH", "DELETE", "post", "TRACE", "PROPFIND"]) {
      const headers = {
        ...(site === null ? {} : { "sec-fetch-site": site }),
        ...(origin === null ? {} : { origin }),
      }
      expect(provenance(from(method, headers))).toBe(verdict)
    }
  })
  it("trusts the origins that it is told to", () => {
    const request = from("POST", {
      "sec-fetch-site": "cross-site",
      origin: "https://admin.example",
    })
    expect(provenance(request, { trustedOrigins: ["https://admin.example"] })).toBe("own")
    expect(provenance(request, { trustedOrigins: ["https://admin.example.com"] })).toBe("unproven")
  })
})

describe("csrfToken, with nothing but a session", () => {
  const jar = () =>
    new (class extends Map<string, unknown> {
      put(key: string, value: unknown) {
        this.set(key, value)
      }
    })()

  it("is another text each time, and matches the session that it was made for", () => {
    const mine = jar()
    const [first, second] = [csrfToken(mine), csrfToken(mine)]
    expect(first).not.toBe(second)
    expect([csrfTokenMatches(mine, first), csrfTokenMatches(mine, second)]).toEqual([true, true])
  })
  it("matches no other session, and none without a token", () => {
    const yours = jar()
    csrfToken(yours)
    const token = csrfToken(jar())
    expect([csrfTokenMatches(yours, token), csrfTokenMatches(jar(), token)]).toEqual([false, false])
  })
  it("matches nothing that was changed", () => {
    const mine = jar()
    const token = csrfToken(mine)
    const wrong = [
      null,
      undefined,
      1,
      {},
      [token],
      "",
      token.slice(1),
      `${token}=`,
      `${token}A`,
      token.toUpperCase(),
      mine.get("_csrf_token"),
      "A".repeat(48),
      " ".repeat(48),
      `${token.slice(0, -1)}!`,
    ]
    for (const other of wrong) expect(csrfTokenMatches(mine, other)).toBe(false)
  })
})

describe("protectFromForgery", () => {
  const path = paths({ form: "/form" })
  const browser = pipeline(session({ secret: "s".repeat(64) }), protectFromForgery())
  const routes = router(
    scope("/", browser, [
      get(path.form, (conn) => conn.text(csrfTokenOf(conn))),
      post(path.form, async (conn) =>
        conn.text(`posted ${new URLSearchParams(await conn.request.text()).get("title")}`),
      ),
    ]),
  )
  const served = app(routes)
  const url = "https://app.example/form"
  const page = async () => {
    const response = await served.fetch(new Request(url))
    const cookie = response.headers.get("set-cookie")?.split(";", 1)[0] ?? ""
    return { token: await response.text(), cookie }
  }
  const send = async (headers: Record<string, string>, body = "title=x") =>
    (
      await served.fetch(
        new Request(url, {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
          body,
        }),
      )
    ).status

  it("needs no token, and so no fresh page, from a browser that says where it comes from", async () => {
    expect(await send({ "sec-fetch-site": "same-origin" })).toBe(200)
    expect(await send({ origin: own })).toBe(200)
  })
  it("takes the page's token from a header or a form, and leaves the body to the handler", async () => {
    const { token, cookie } = await page()
    expect(await send({ cookie, "x-csrf-token": token })).toBe(200)
    const body = `_csrf_token=${token}&title=hello`
    const response = await served.fetch(
      new Request(url, {
        method: "POST",
        headers: { cookie, "content-type": "Application/X-WWW-Form-Urlencoded; charset=UTF-8" },
        body,
      }),
    )
    expect(await response.text()).toBe("posted hello")
    expect(await send({ cookie, "sec-fetch-site": "cross-site" }, body)).toBe(200)
  })
  it("refuses what has neither", async () => {
    const { token, cookie } = await page()
    const other = await page()
    expect(await send({})).toBe(403)
    expect(await send({ cookie })).toBe(403)
    expect(await send({ "x-csrf-token": token })).toBe(403)
    expect(await send({ cookie: other.cookie, "x-csrf-token": token })).toBe(403)
    expect(
      await send({ cookie, "sec-fetch-site": "cross-site", origin: "https://evil.example" }),
    ).toBe(403)
    expect(await send({ cookie, "x-csrf-token": token.replace(/.$/, "!") })).toBe(403)
  })
  it.each([
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/json",
    "TEXT/PLAIN",
    "application/x-www-form-urlencoded\ttext",
    "",
  ])("refuses a body of the type %j from another site", async (type) => {
    const { token, cookie } = await page()
    expect(
      await send(
        { cookie, "sec-fetch-site": "cross-site", "content-type": type },
        `_csrf_token=${token}`,
      ),
    ).toBe(403)
  })
  it("refuses to trust what is no origin", () => {
    expect(() => protectFromForgery({ trustedOrigins: ["https://a.example/"] })).toThrow(TypeError)
    expect(() => protectFromForgery({ trustedOrigins: ["*"] })).toThrow(TypeError)
  })

  describe("while a live view joins", () => {
    const join = (cookie: string, params?: object) => {
      const conn = createConn(requestSource(new Request(url, { headers: { cookie } })), {
        transport: "live",
      })
      if (params !== undefined) conn.private.set(connectedWith, params)
      return () => route(routes, conn)
    }
    const forgery = expect.objectContaining({ code: "ERR_PLUG_FORGERY", status: 403 })
    it("compares the token that the socket was connected with, although it is a GET", async () => {
      const { token, cookie } = await page()
      expect(join(cookie, { _csrf_token: token })()).toMatchObject({ status: 200 })
      const other = `${token.startsWith("A") ? "B" : "A"}${token.slice(1)}`
      expect(join(cookie, { _csrf_token: other })).toThrow(forgery)
      expect(join(cookie, {})).toThrow(forgery)
      expect(join(cookie)).toThrow(forgery)
      expect(join("", { _csrf_token: token })).toThrow(forgery)
      expect(join((await page()).cookie, { _csrf_token: token })).toThrow(forgery)
    })
  })
})
