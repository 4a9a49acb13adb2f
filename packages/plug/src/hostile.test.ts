import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import {
  action,
  app,
  createConn,
  dispatch,
  get,
  type Plug,
  pipeline,
  post,
  requestSource,
  scope,
} from "./index.ts"

// What broke in other frameworks, and has no place of its own among our tests.

const path = paths({ page: "/", form: "/form", admin: "/admin/:id" })
const NAMES = ["__proto__", ...Object.getOwnPropertyNames(Object.prototype)]

describe("names of Object.prototype", () => {
  const everything = z.unknown()
  const { fetch } = app(
    router(
      get(
        path.page,
        action(
          { headers: everything, cookies: everything, query: everything },
          (conn, { headers, cookies, query }) =>
            conn.json([headers, cookies, query].map((part) => Object.keys(Object(part)))),
        ),
      ),
    ),
    { development: false },
  )
  it.each(NAMES)("%s is only a name, in headers, cookies and queries", async (name) => {
    const headers = new Headers({ cookie: `${name}=1` })
    headers.append(name, "polluted")
    const query = name === "__proto__" ? "" : `?${name}=1&a[${name}]=1`
    const response = await fetch(new Request(`https://app.example/${query}`, { headers }))
    expect(response.status).toBe(200)
    const [sent, cookies] = z.array(z.array(z.string())).parse(await response.json())
    expect(sent).toContain(name.toLowerCase())
    expect(cookies).toEqual([name])
    expect(({} as Record<string, unknown>)["1"]).toBe(undefined)
    expect(Object.hasOwn(Object.prototype, "a")).toBe(false)
  })
  it("__proto__ is refused where it would be a key of nested values", async () => {
    for (const query of ["__proto__=1", "__proto__[a]=1", "a[__proto__]=1", "a[b][__proto__][c]=1"])
      expect((await fetch(new Request(`https://app.example/?${query}`))).status).toBe(400)
  })
})

describe("a query", () => {
  const conn = (query: string) =>
    createConn(requestSource(new Request(`https://app.example/?${query}`)))
  it("has 200 pairs at most, and lists of 100", () => {
    expect(Object.keys(conn("a&".repeat(200)).query)).toEqual(["a"])
    expect(() => conn("a&".repeat(201)).query).toThrow(expect.objectContaining({ status: 413 }))
    expect(conn("a[]&".repeat(100)).query["a"]).toHaveLength(100)
    expect(() => conn("a[]&".repeat(101)).query).toThrow(expect.objectContaining({ status: 413 }))
  })
  it("reserves no room for a number that somebody names", () => {
    expect(conn("a[4294967294]=1").query).toEqual({ a: { 4294967294: "1" } })
  })
})

describe("a length that is only announced", () => {
  it("costs no memory", async () => {
    const source = requestSource(
      new Request("https://app.example/", { method: "POST", body: "{}" }),
    )
    const lying = {
      ...source,
      header: (name: string) => (name === "content-length" ? "1000000" : source.header(name)),
    }
    const bytes = await createConn(lying).bytes()
    expect(bytes).toHaveLength(2)
    expect(bytes.buffer.byteLength).toBeLessThan(100)
  })
})

describe("a guard that fails", () => {
  const failing: readonly (readonly [string, Plug])[] = [
    [
      "by throwing",
      () => {
        throw new Error("the database is down")
      },
    ],
    ["by rejecting", () => Promise.reject(new Error("the database is down"))],
    // @ts-expect-error a guard that forgets to answer
    ["by answering nothing", () => undefined],
  ]
  it.each(failing)("%s lets nobody in", async (_, guard) => {
    let entered = 0
    const through = pipeline(guard)
    const { fetch } = app(
      router(
        scope("/", through, [
          get(path.admin, (conn) => {
            entered++
            return conn.text("secret")
          }),
          post(path.form, (conn) => {
            entered++
            return conn.text("secret")
          }),
        ]),
      ),
      { development: false },
    )
    for (const [url, method] of [
      ["/admin/1", "GET"],
      ["/admin/1", "HEAD"],
      ["/form", "POST"],
    ] as const) {
      const response = await fetch(new Request(`https://app.example${url}`, { method }))
      expect([response.status, entered]).toEqual([500, 0])
      expect(await response.text()).not.toContain("database")
    }
  })
})

describe("a guarded route", () => {
  const guard: Plug = (conn, next) =>
    conn.path.startsWith("/admin/") ? conn.text("no").withStatus(403) : next(conn)
  const routes = router(get(path.admin, (conn) => conn.text("secret")))
  it.each([
    "/admin/1",
    "/%61dmin/1",
    "/%41dmin/1",
    "/ADMIN/1",
    "//admin/1",
    "/./admin/1",
    "/x/../admin/1",
    "/x/%2e%2e/admin/1",
    "/x/%252e%252e/admin/1",
    "/admin%2f1",
    "/admin%5c1",
    "/\\admin/1",
    "/admin\t/1",
    "/admin;x/1",
    "/%c0%ae/admin/1",
    "/admin/1/",
    "/admin/1%00",
    "/\u0000admin/1",
  ])("is not reached around its guard by %j", async (target) => {
    const source = { ...requestSource(new Request("https://app.example/")), target }
    const answer = await dispatch(routes, createConn(source), { before: guard, development: false })
    expect([400, 403, 404]).toContain(answer.status)
  })
})
