import { html } from "@bennu/html"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import {
  action,
  app,
  type Conn,
  del,
  get,
  type Layout,
  layoutOf,
  limitsOf,
  match,
  type Plug,
  patch,
  pipeline,
  post,
  put,
  type RouteLimits,
  scope,
  scopeOf,
} from "./index.ts"

const path = paths({ home: "/", post: "/posts/:id" })
const answers = async (served: Parameters<typeof app>[0], url: string, init?: RequestInit) => {
  const response = await app(served).fetch(new Request(`http://localhost${url}`, init))
  return [response.status, await response.text()]
}

describe("match", () => {
  it("answers several verbs, or any", async () => {
    const served = router(
      match(["PUT", "PATCH"], path.post, (conn) => conn.text(`change ${conn.params.id}`)),
      match("*", path.home, (conn) => conn.text("home")),
    )
    expect(await answers(served, "/posts/1", { method: "PUT" })).toEqual([200, "change 1"])
    expect((await answers(served, "/posts/1"))[0]).toBe(405)
    expect(await answers(served, "/", { method: "PROPFIND" })).toEqual([200, "home"])
  })
})

describe("get, post, put, patch, del", () => {
  it("answer their verb with the parameters of the path", async () => {
    const served = router(
      get(path.post, (conn) => conn.text(`get ${conn.params.id}`)),
      post(path.post, (conn) => conn.text(`post ${conn.params.id}`)),
      put(path.post, (conn) => conn.text("put")),
      patch(path.post, (conn) => conn.text("patch")),
      del(path.post, (conn) => conn.text("delete")),
    )
    expect(await answers(served, "/posts/a%20b")).toEqual([200, "get a b"])
    expect(await answers(served, "/posts/1", { method: "POST" })).toEqual([200, "post 1"])
    for (const method of ["PUT", "PATCH", "DELETE"]) {
      expect(await answers(served, "/posts/1", { method })).toEqual([200, method.toLowerCase()])
    }
  })
})

describe("scope", () => {
  const outer: Layout = ({ title, content }) => html`<outer>${title} ${content}</outer>`
  const inner: Layout = ({ title, content }) => html`<inner>${title} ${content}</inner>`
  const page = get(path.home, (conn) => conn.page({ title: "Home", content: html`<p>hi</p>` }))
  const named: (name: string) => Plug<{}, { names: string }> = (name) => (conn, next) =>
    next(conn.assign({ names: name }))

  it("puts pages into its layout", async () => {
    expect(await answers(router(scope("/", pipeline(), { layout: outer }, [page])), "/")).toEqual([
      200,
      "<outer>Home <p>hi</p></outer>",
    ])
  })
  it("gives a page without layout a plain document", async () => {
    const [, text] = await answers(router(scope("/", pipeline(), [page])), "/")
    expect(text).toContain("<title>Home</title>")
  })
  it("leaves a page that is sent as it is alone", async () => {
    const bare = get(path.home, (conn) => conn.html(html`bare`))
    expect(await answers(router(scope("/", pipeline(), { layout: outer }, [bare])), "/")).toEqual([
      200,
      "bare",
    ])
  })
  it("puts a prefix before its paths", async () => {
    const served = router(
      scope("/admin", pipeline(), [page, get(path.post, (conn) => conn.text(conn.params.id))]),
    )
    expect((await answers(served, "/admin"))[0]).toBe(200)
    expect(await answers(served, "/admin/posts/1")).toEqual([200, "1"])
    expect((await answers(served, "/posts/1"))[0]).toBe(404)
  })
  it("nests: the outer pipeline runs first, the inner layout wins", async () => {
    const order: string[] = []
    const tell =
      (name: string): Plug =>
      (conn, next) => {
        order.push(name)
        return next(conn)
      }
    const nested = scope("/a", tell("outer"), { layout: outer }, [
      scope("/b", tell("inner"), { layout: inner }, [page]),
    ])
    expect(await answers(router(nested), "/a/b")).toEqual([200, "<inner>Home <p>hi</p></inner>"])
    expect(order).toEqual(["outer", "inner"])
  })
  it("tells of its pipeline, layout and name in each route's meta", () => {
    const through = named("x")
    const { routes } = router(
      scope("/", through, { layout: outer, name: "main" }, [{ ...page, meta: { mine: 1 } }]),
    )
    expect(routes[0]?.meta).toEqual({ mine: 1, through, limits: null, layout: outer, name: "main" })
  })
  it("lets a handler keep its name, for whoever prints routes", () => {
    const showHome = (conn: Conn) => conn.text("home")
    const checked = action({}, function check(conn) {
      return conn.text("checked")
    })
    const { routes } = router(
      scope("/", named("a"), [
        get(path.home, showHome),
        scope("/x", named("b"), [post(path.home, checked)]),
      ]),
    )
    expect(routes.map(({ handler }) => handler.name)).toEqual(["showHome", "check"])
  })
  it("has one pipeline value for the same pipelines, also nested", () => {
    const [a, b] = [named("a"), named("b")]
    const about = (outerPlug: Plug<{}, { names: string }>, prefix: string) => {
      const [route] = router(
        scope(prefix, outerPlug, { layout: outer }, [scope("/", b, [page])]),
      ).routes
      return route && scopeOf(route)
    }
    expect(about(a, "/1")?.through).toBe(about(a, "/2")?.through)
    expect(about(a, "/1")?.through).not.toBe(about(b, "/1")?.through)
    expect(about(a, "/1")?.layout).toBe(outer)
  })
  it("lets a handler see its layout", async () => {
    const seen = get(path.home, (conn) => conn.text(layoutOf(conn) === inner ? "inner" : "other"))
    expect(await answers(router(scope("/", pipeline(), { layout: inner }, [seen])), "/")).toEqual([
      200,
      "inner",
    ])
    expect(scopeOf(seen)).toBeNull()
    expect(await answers(router(seen), "/")).toEqual([200, "other"])
  })
})

describe("scope with a host", () => {
  it("answers on that host only, and for listed values only", async () => {
    const local = paths({ home: "/:locale" })
    const pass: Plug = (conn, next) => next(conn)
    const served = router(
      scope("/", pass, { host: "*.example.com", oneOf: { locale: ["en"] } }, [
        get(local.home, (conn) => conn.text(conn.params.locale)),
      ]),
    )
    const { fetch } = app(served)
    const statusOf = async (url: string) => (await fetch(new Request(url))).status
    expect(await statusOf("http://api.example.com:4000/en")).toBe(200)
    expect(await statusOf("http://api.example.com/de")).toBe(404)
    expect(await statusOf("http://example.org/en")).toBe(404)
  })
})

describe("what a route brings along", () => {
  it("is assigned, and kept for libraries", async () => {
    const key = Symbol("kept")
    const home = get(path.home, (conn) =>
      conn.text(JSON.stringify([conn.assigns, conn.private.get(key)])),
    )
    const served = router({
      assigns: { area: "admin" },
      routes: [{ ...home, private: { [key]: 7 } }],
    })
    expect(await answers(served, "/")).toEqual([200, '[{"area":"admin"},7]'])
  })
})

describe("a route that contradicts another", () => {
  it("is named with the line that declares it", () => {
    const served = () =>
      router(
        scope("/", (conn, next) => next(conn), [
          get(path.post, (conn) => conn.text("one")),
          get(paths({ other: "/posts/:slug" }).other, (conn) => conn.text("two")),
        ]),
      )
    expect(served).toThrow(
      expect.objectContaining({
        firstLine: expect.stringMatching(/routes\.test\.ts:\d+$/),
        secondLine: expect.stringMatching(/routes\.test\.ts:\d+$/),
      }),
    )
  })
})

describe("limits of a scope", () => {
  const posted = paths({ form: "POST /form" })
  const length = post(posted.form, async (conn) => conn.text(`${(await conn.bytes()).length}`))
  const send = (limits: RouteLimits, body: string) =>
    app(router(scope("/", pipeline(), { limits }, [length]))).fetch(
      new Request("http://localhost/form", {
        method: "POST",
        body,
        headers: { "content-length": `${body.length}` },
      }),
    )

  it("hold for its routes", async () => {
    expect((await send({ bodyBytes: 10 }, "x".repeat(10))).status).toBe(200)
    expect((await send({ bodyBytes: 10 }, "x".repeat(11))).status).toBe(413)
  })
  it("refuse what says that it is larger before any plug runs, whoever reads it", async () => {
    const ran: string[] = []
    const noting: Plug = (conn, next) => {
      ran.push(conn.header("content-length") ?? "")
      return next(conn)
    }
    const unread = post(posted.form, (conn) => conn.text("never read"))
    const { fetch } = app(router(scope("/", noting, { limits: { bodyBytes: 10 } }, [unread])))
    const statusOf = async (length: number) => {
      const headers = { "content-length": `${length}` }
      const sent = { method: "POST", body: "x".repeat(length), headers }
      return (await fetch(new Request("http://localhost/form", sent))).status
    }
    expect([await statusOf(10), await statusOf(11), ran]).toEqual([200, 413, ["10"]])
  })
  it("are those of the innermost scope that says something", () => {
    const inner = scope("/in", pipeline(), { limits: { bodyBytes: 5 } }, [length])
    const outer = { bodyBytes: 10, requestTimeout: "2m" } as const
    const [route] = scope("/out", pipeline(), { limits: outer }, [inner]).routes
    if (route === undefined || "routes" in route) throw new Error("no route")
    expect(limitsOf(route)).toEqual({ bodyBytes: 5, requestTimeout: 120_000 })
    expect(limitsOf({ meta: undefined })).toBeNull()
  })
  it.each([{ bodyBytes: Number.NaN }, { bodyBytes: -1 }, { requestTimeout: 0 }])(
    "bound something: %j",
    (limits) => {
      expect(() => scope("/", pipeline(), { limits }, [length])).toThrow(RangeError)
    },
  )
  it("are refused when they are none that we know", () => {
    // @ts-expect-error: there is no such limit
    expect(() => scope("/", pipeline(), { limits: { bytes: 1 } }, [length])).toThrow("bytes")
  })
})
