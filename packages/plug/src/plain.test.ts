import { paths, router } from "@bennu/router"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { csrfToken, csrfTokenMatches, csrfTokenOf, protectFromForgery, provenance } from "./csrf.ts"
import { secureHeaders, securityHeaders } from "./headers.ts"
import { app, get, pipeline, post, scope } from "./index.ts"
import { readBody } from "./parsers.ts"
import { cookieSessions, session } from "./session.ts"

const secret = "a secret that is long enough for all that it has to keep safe, at least sixty-four"
const url = "https://app.example/"

/** A server of plain functions: no conn, no plug, no router. */
const plain = (() => {
  const sessions = cookieSessions({ secret })
  const headersOf = securityHeaders()
  return async (request: Request): Promise<Response> => {
    const visitor = sessions.open(request.headers.get("cookie"), { secure: true })
    const { method } = request
    const header = (name: string) => request.headers.get(name)
    const sent = async () => header("x-csrf-token") ?? (await fieldOf(request))
    const forged =
      provenance({ method, origin: new URL(url).origin, header }) !== "own" &&
      !csrfTokenMatches(visitor, await sent())
    const response = forged
      ? new Response("forged", { status: 403 })
      : new Response(method === "GET" ? csrfToken(visitor) : "posted")
    if (!forged)
      for (const [name, value] of headersOf({ nonce: "n", secure: true }))
        response.headers.set(name, value)
    const cookie = forged ? null : visitor.setCookie()
    if (cookie !== null) response.headers.append("set-cookie", cookie)
    return response
  }
})()

async function fieldOf(request: Request): Promise<unknown> {
  if (!request.headers.get("content-type")?.startsWith("application/x-www-form-urlencoded"))
    return null
  const body = await readBody(request)
  return body.format === "form" ? body.value["_csrf_token"] : null
}

/** The same, made of plugs. */
const path = paths({ home: "/" })
const plugged = app(
  router(
    scope("/", pipeline(secureHeaders(), session({ secret }), protectFromForgery()), [
      get(path.home, (conn) => conn.text(csrfTokenOf(conn))),
      post(path.home, (conn) => conn.text("posted")),
    ]),
  ),
  { development: false },
)

describe("the functions beneath the plugs", () => {
  it("decide like the plugs about any request", async () => {
    const page = await plain(new Request(url))
    const cookie = page.headers.get("set-cookie")?.split(";", 1)[0] ?? ""
    const token = await page.text()
    const other = await (await plugged.fetch(new Request(url))).text()
    const maybe = (...values: string[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
    const requests = fc.record({
      method: fc.constantFrom("GET", "POST"),
      site: maybe("same-origin", "same-site", "cross-site", "none", "odd"),
      origin: maybe("https://app.example", "https://evil.example", "null"),
      cookie: maybe(cookie, `${cookie}x`, "__Host-session=a"),
      header: maybe(token, other, "x"),
      field: maybe(token, other, "x"),
    })
    let passed = 0
    await fc.assert(
      fc.asyncProperty(requests, async ({ method, site, origin, cookie, header, field }) => {
        const headers = new Headers()
        const given = { "sec-fetch-site": site, origin, cookie, "x-csrf-token": header }
        for (const [name, value] of Object.entries(given))
          if (value !== undefined) headers.set(name, value)
        const body =
          method === "POST" && field !== undefined
            ? new URLSearchParams({ _csrf_token: field })
            : null
        const ask = () => new Request(url, { method, headers, body })
        const [ours, theirs] = [await plain(ask()), await plugged.fetch(ask())]
        expect(theirs.status).toBe(ours.status)
        expect(theirs.headers.has("set-cookie")).toBe(ours.headers.has("set-cookie"))
        if (ours.status !== 200) return
        passed++
        for (const [name, value] of securityHeaders()({ nonce: "n", secure: true })) {
          expect(ours.headers.get(name)).toBe(value)
          expect(theirs.headers.get(name)?.replace(/'nonce-[^']+'/g, "'nonce-n'")).toBe(value)
        }
      }),
      { numRuns: 1000 },
    )
    expect(passed).toBeGreaterThan(100)
    // a thousand requests, twice each
  }, 60_000)
})
