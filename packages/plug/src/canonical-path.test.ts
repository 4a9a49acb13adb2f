import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import {
  createConn,
  dispatch,
  get,
  type Plug,
  pipeline,
  Reply,
  requestSource,
  type Source,
  scope,
} from "./index.ts"

const path = paths({ admin: "/admin", file: "/files/:name", any: "/any/*" })
const deny: Plug = (conn) => conn.text("denied").withStatus(403)
const served = router(
  scope("/", deny, [get(path.admin, (conn) => conn.text("secret"))]),
  scope("/", pipeline(), [
    get(path.file, (conn) => conn.text(conn.params.name)),
    get(path.any, (conn) => conn.text(conn.path)),
  ]),
)
/** What a raw target, as a socket may bring it, is answered with. */
const ask = (target: string) => {
  const request = requestSource(new Request("http://localhost/"))
  const source: Source = { ...request, target }
  const answer = dispatch(served, createConn(source), { development: false })
  if (!Reply.is(answer)) throw new Error("waited for no reason")
  return [answer.status, answer.body]
}

describe("dispatch", () => {
  it.each([
    "//admin",
    "/admin//",
    "/x/../admin",
    "/./admin",
    "/../admin",
    "/%2e%2e/admin",
    "/%2E%2e/admin",
    "/.%2e/admin",
    "/admin/.",
    "/admin/%2e",
    "/%2fadmin",
    "/%2Fadmin",
    "/files/a%2fb",
    "/files/a%5cb",
    "/files/a%5Cb",
    "/\\admin",
    "/files\\..\\admin",
    "/admin%00",
    "/files/%00",
    "/files/%0a",
    "/files/%7f",
    "/files/%",
    "/files/%2",
    "/files/%zz",
    "/files/%c0%af",
    "/files/%ff",
    "/files/%ed%a0%80",
    "/files/a b",
    "/files/a\tb",
    "/files/\u00e9",
    "admin",
    "",
    "*",
    "http://localhost/admin",
    "?x",
  ])("refuses the path %j", (target) => {
    expect(ask(target)[0]).toBe(400)
  })
  it.each(["/admin", "/admin?x", "/admin?//", "/admin?%2e%2e/%00"])("guards %j", (target) => {
    expect(ask(target)).toEqual([403, "denied"])
  })
  it.each(["/%61dmin", "/ADMIN", "/admin/", "/admin;x", "/admin.", "/%2561dmin"])(
    "has no second way to the guarded route: %j",
    (target) => {
      expect(ask(target)[0]).not.toBe(200)
    },
  )
  it("decodes a parameter once", () => {
    expect(ask("/files/%252e%252e")).toEqual([200, "%2e%2e"])
    expect(ask("/files/..a")).toEqual([200, "..a"])
    expect(ask("/files/%E2%82%AC%20")).toEqual([200, "€ "])
  })
  it("refuses addresses that are longer or deeper than any of ours", () => {
    expect(ask(`/any/${"a".repeat(8187)}`)[0]).toBe(200)
    expect(ask(`/any/${"a".repeat(8188)}`)[0]).toBe(414)
    expect(ask(`/any${"/a".repeat(63)}`)[0]).toBe(200)
    expect(ask(`/any${"/a".repeat(64)}`)[0]).toBe(414)
  })
  it("refuses a long path for what stands at its very end", () => {
    expect(ask(`/any/${"a".repeat(8000)}%`)[0]).toBe(400)
  })
})
