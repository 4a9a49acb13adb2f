import { BennuError } from "@bennu/core"
import { html } from "@bennu/html"
import { paths, router } from "@bennu/router"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import {
  app,
  createConn,
  del,
  dispatch,
  get,
  match,
  NotFoundError,
  type Plug,
  pipeline,
  post,
  put,
  Reply,
  requestFailed,
  requestId,
  requestSource,
  route,
  scope,
} from "./index.ts"

class TeapotError extends BennuError {
  readonly code = "ERR_TEA"
  override readonly status = 409
}
const path = paths({ home: "/", crash: "/crash/:how", item: "/items/:id" })
const crash = (how: string): never => {
  if (how === "tea") throw new TeapotError("only tea", { hint: "Order tea." })
  if (how === "text") throw "just a text"
  if (how === "status") throw Object.assign(new Error("odd"), { status: 200 })
  throw new Error(how)
}
const routes = router(
  get(path.home, (conn) => conn.text("home")),
  get(path.crash, (conn) => crash(conn.params.how)),
  post(path.crash, async (conn) => crash(conn.params.how)),
  put(path.item, async (conn) => conn.text(`put ${conn.params.id} ${await conn.request.text()}`)),
  del(path.item, (conn) => conn.text(`deleted ${conn.params.id}`)),
)
const ask = async (url: string, init?: RequestInit, options?: Parameters<typeof app>[1]) => {
  const response = await app(routes, { development: false, ...options }).fetch(
    new Request(`http://localhost${url}`, init),
  )
  return { status: response.status, headers: response.headers, text: await response.text() }
}
const json = { headers: { accept: "application/json" } }

describe("dispatch", () => {
  it("makes no promise where nobody needs one", () => {
    for (const url of ["/", "/crash/x", "/nowhere"]) {
      expect(
        dispatch(routes, createConn(requestSource(new Request(`http://localhost${url}`)))),
      ).toBeInstanceOf(Reply)
    }
  })
  it("answers HEAD like GET, without a body", async () => {
    const { status, headers, text } = await ask("/", { method: "HEAD" })
    expect([status, headers.get("content-length"), headers.get("content-type"), text]).toEqual([
      200,
      "4",
      "text/plain; charset=utf-8",
      "",
    ])
    expect((await ask("/crash/x", { method: "HEAD" })).text).toBe("")
  })
  it("answers 404 where nothing is, and 405 with what there is", async () => {
    expect((await ask("/nowhere")).status).toBe(404)
    const { status, headers } = await ask("/items/1")
    expect([status, headers.get("allow")]).toEqual([405, "PUT, DELETE"])
  })
  it("answers OPTIONS with what there is, where no route does", async () => {
    const { status, headers, text } = await ask("/items/1", { method: "OPTIONS" })
    expect([status, headers.get("allow"), text]).toEqual([204, "PUT, DELETE, OPTIONS", ""])
    expect((await ask("/", { method: "OPTIONS" })).headers.get("allow")).toBe("GET, HEAD, OPTIONS")
    expect((await ask("/nowhere", { method: "OPTIONS" })).status).toBe(404)
    const own = app(router(match(["OPTIONS"], path.home, (conn) => conn.text("mine"))))
    const answer = await own.fetch(new Request("http://localhost/", { method: "OPTIONS" }))
    expect(await answer.text()).toBe("mine")
  })
  it("tells nothing of an error in production but a reference", async () => {
    const failures: { reference: string; error: unknown }[] = []
    using _ = requestFailed.subscribe((failure) => failures.push(failure))
    for (const method of ["GET", "POST"]) {
      const page = await ask("/crash/secret", { method })
      expect(page.status).toBe(500)
      expect(page.text).not.toContain("secret")
      expect(page.text).toContain(failures.at(-1)?.reference)
      expect(failures.at(-1)?.error).toEqual(new Error("secret"))
    }
    const problem = await ask("/crash/secret", json)
    expect(JSON.parse(problem.text)).toEqual({
      type: "about:blank",
      title: "Internal Server Error",
      status: 500,
      code: "ERR_INTERNAL",
      reference: failures.at(-1)?.reference,
    })
    expect(problem.headers.get("cache-control")).toBe("no-store")
  })
  it("tells a client what it did wrong, as problem+json", async () => {
    const { status, headers, text } = await ask("/crash/tea", json)
    expect([status, headers.get("content-type")]).toEqual([409, "application/problem+json"])
    expect(JSON.parse(text)).toMatchObject({
      title: "Conflict",
      code: "ERR_TEA",
      detail: "only tea",
    })
    expect(text).not.toContain("Order tea")
  })
  it("shows message, hint and stack in development, escaped", async () => {
    const page = await ask("/crash/%3Cscript%3Ealert(1)%3C%22'&", undefined, { development: true })
    expect(page.status).toBe(500)
    expect(page.text).not.toContain("<script")
    expect(page.text).toContain("&lt;script&gt;alert(1)&lt;")
    expect(page.text).toContain("dispatch.test.ts")
    expect((await ask("/crash/tea", undefined, { development: true })).text).toContain("Order tea.")
    expect(
      JSON.parse((await ask("/crash/x", json, { development: true })).text).debug.stack,
    ).toContain("dispatch.test.ts")
  })
  it("shows in development what was assigned, without secrets, and in production nothing of it", async () => {
    class Repo {
      readonly url = "postgres://ada:hidden@db"
    }
    const user = { name: "<b>Ada</b>", passwordHash: "hidden", apiKey: "hidden" }
    const assigning: Plug<{}, { user: unknown; repo: Repo }> = (conn, next) =>
      next(conn.assign({ user }).assign({ repo: new Repo() }))
    const crashing = router(
      scope("/", assigning, [
        get(path.home, () => {
          throw new Error("crash")
        }),
      ]),
    )
    const pageFor = async (development: boolean) => {
      const { fetch } = app(crashing, { development })
      return (await fetch(new Request("http://localhost/"))).text()
    }
    const page = await pageFor(true)
    expect(page).toContain("&lt;b&gt;Ada&lt;/b&gt;")
    expect(page).toContain("[Repo]")
    expect(page).not.toContain("hidden")
    expect(await pageFor(false)).not.toContain("Ada")
    const odd = {
      get user() {
        throw new Error("lazy")
      },
    }
    const failing = router(
      get(path.home, (conn) => {
        conn.assign(odd)
        throw new Error("crash")
      }),
    )
    const { fetch } = app(failing, { development: true })
    expect(await (await fetch(new Request("http://localhost/"))).text()).toContain("crash")
  })
  it("lets no message become markup", { timeout: 60_000 }, async () => {
    const pageFor = async (message: string) => {
      const throwing = router(
        get(path.home, () => {
          throw new TeapotError(message, { hint: message })
        }),
      )
      const response = await app(throwing, { development: true }).fetch(
        new Request("http://localhost/"),
      )
      // the source of this file is shown too, and holds what it holds
      return (await response.text())
        .replace(/<mark>.*<\/mark>/, "")
        .replace(/nonce="[\w-]+"|Reference [\w-]+/g, "")
    }
    const tags = (page: string) => page.match(/<[^>]*>/g)
    const harmless = tags(await pageFor("harmless"))
    const corpus = [
      "</title><script>alert(1)</script>",
      "</style><img src=x onerror=alert(1)>",
      "<!--",
      "]]>",
      "</pre>",
      '"><svg onload=alert(1)>',
      "'\"`<b>",
    ]
    for (const message of corpus) expect(tags(await pageFor(message))).toEqual(harmless)
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), async (message) => {
        expect(tags(await pageFor(message))).toEqual(harmless)
      }),
      { numRuns: 30 },
    )
  })
  it("shows what was thrown beneath, and ends where causes go in circles", async () => {
    const beneath = new Error("the disk is full")
    const above = new Error("not saved", { cause: beneath })
    const throwing = router(
      get(path.home, () => {
        throw above
      }),
    )
    const page = async () =>
      (await app(throwing, { development: true }).fetch(new Request("http://localhost/"))).text()
    expect(await page()).toContain("Caused by: Error: the disk is full")
    beneath.cause = above
    expect(await page()).toContain("Caused by: Error: the disk is full")
  })
  it("copes with whatever is thrown", async () => {
    for (const how of ["text", "status"]) {
      for (const development of [true, false])
        expect((await ask(`/crash/${how}`, undefined, { development })).status).toBe(500)
    }
  })
  it("makes pages that run and load nothing", async () => {
    expect((await ask("/nowhere")).headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'self' 'nonce-/,
    )
  })
  it("takes the app's own error page, and survives its failure", async () => {
    const own = await ask("/nowhere", undefined, {
      errorPage: ({ status }) => html`<h1>Oh no, ${status}</h1>`,
    })
    expect(own.text).toBe("<h1>Oh no, 404</h1>")
    const failing = await ask("/nowhere", undefined, { errorPage: () => crash("again") })
    expect(failing.status).toBe(500)
    expect(failing.text).not.toContain("again")
  })
  it("says that a handler answered with nothing", async () => {
    // what types refuse, JavaScript does
    const nothing = router(get(path.home, (() => undefined) as unknown as () => Reply))
    const response = await app(nothing, { development: true }).fetch(
      new Request("http://localhost/"),
    )
    expect(await response.text()).toContain("a handler answered with undefined")
  })
  it("runs what stands before the router for every request", async () => {
    const mark: Plug = (conn, next) => (conn.path === "/early" ? conn.text("early") : next(conn))
    expect((await ask("/early", undefined, { before: mark })).text).toBe("early")
    const named = await ask("/", undefined, { before: pipeline(requestId(), mark) })
    expect(named.headers.get("x-request-id")).toMatch(/^[\w-]{24}$/)
    const given = { headers: { "x-request-id": "from-the-proxy" } }
    expect(
      (await ask("/", given, { before: requestId({ accept: true }) })).headers.get("x-request-id"),
    ).toBe("from-the-proxy")
    expect((await ask("/", given, { before: requestId() })).headers.get("x-request-id")).not.toBe(
      "from-the-proxy",
    )
    const forged = { headers: { "x-request-id": 'a"b<script>long enough' } }
    expect(
      (await ask("/", forged, { before: requestId({ accept: true }) })).headers.get("x-request-id"),
    ).toMatch(/^[\w-]{24}$/)
  })
})

describe("the field _method", () => {
  const form = (body: string, type = "application/x-www-form-urlencoded") => ({
    method: "POST",
    headers: { "content-type": type },
    body,
  })
  it("lets a form send PUT, PATCH and DELETE", async () => {
    expect((await ask("/items/1", form("_method=delete"))).text).toBe("deleted 1")
    expect((await ask("/items/1", form("_method=PUT&a=b"))).text).toBe("put 1 _method=PUT&a=b")
  })
  it.each([
    "_method=GET",
    "_method=TRACE",
    "_method=",
    "_method[]=PUT",
    "_method=put%20",
    "method=PUT",
  ])("does not take %j", async (body) => {
    expect((await ask("/items/1", form(body))).status).toBe(405)
  })
  it("is not looked for where it would lead nowhere, so that a body stays as it came", async () => {
    let read = false
    const plain = router(post(path.home, (conn) => conn.text("posted")))
    const source = {
      ...requestSource(new Request("http://localhost/", form("_method=PUT"))),
      body: () => {
        read = true
        return null
      },
    }
    expect(dispatch(plain, createConn(source))).toMatchObject({ body: "posted" })
    expect(read).toBe(false)
  })
  it("counts in a form that is posted, and nowhere else", async () => {
    expect((await ask("/items/1?_method=DELETE", form(""))).status).toBe(405)
    expect((await ask("/items/1", form("_method=DELETE", "text/plain"))).status).toBe(405)
    expect((await ask("/items/1?_method=DELETE")).status).toBe(405)
    expect((await ask("/items/1", form("_method=DELETE"), { methodOverride: false })).status).toBe(
      405,
    )
  })
})

describe("route", () => {
  const at = (url: string) =>
    createConn(requestSource(new Request(`http://localhost${url}`)), { transport: "live" })
  it("throws what goes wrong instead of making a page of it", () => {
    expect(() => route(routes, at("/nowhere"))).toThrow(NotFoundError)
    expect(() => route(routes, at("/crash/tea"))).toThrow(TeapotError)
    expect(() => route(routes, at("/crash/%2f"))).toThrow(expect.objectContaining({ status: 400 }))
    expect(route(routes, at("/"))).toMatchObject({ body: "home" })
  })
})
