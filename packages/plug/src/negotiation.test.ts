import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { accepts, app, formatOf, get, negotiate, pipeline, scope } from "./index.ts"

const H = "text/html"
const J = "application/json"
const offered = [H, J] as const

describe("negotiate", () => {
  // RFC 9110 §12.5.1 and §12.4.2, with what browsers and clients send
  it.each<[accept: string | null, chosen: string | null]>([
    [null, H],
    ["", H],
    [" ", H],
    [",", H],
    [", ,", H],
    ["*/*", H],
    ["text/html", H],
    ["application/json", J],
    ["TEXT/HTML", H],
    ["Application/Json", J],
    ["text/*", H],
    ["application/*", J],
    ["image/*", null],
    ["image/png", null],
    ["text/plain", null],
    ["text/html, application/json", H],
    ["application/json, text/html", H],
    ["application/json,text/html", H],
    ["text/html;q=0.5, application/json", J],
    ["text/html;q=0.5,application/json;q=0.6", J],
    ["text/html;q=0.6,application/json;q=0.5", H],
    ["text/html;q=0", null],
    ["text/html;q=0, */*", J],
    ["text/html;q=0.0, */*;q=0.1", J],
    ["*/*, text/html;q=0", J],
    ["*/*;q=0", null],
    ["text/html;q=0, application/json;q=0", null],
    ["application/json;q=0, text/*", H],
    ["text/*;q=0, text/html", H],
    ["text/*;q=0.1, application/json;q=0.2", J],
    ["*/*;q=0.1, text/html;q=0.05", J],
    ["text/*;q=0.9, text/html;q=0.1, */*;q=0.5", J],
    ["*/*;q=0.9, text/html;q=1", H],
    ["text/html;q=1.0, application/json;q=1.000", H],
    ["application/json;q=1, text/html;q=0.999", J],
    ["application/json;q=0.001", J],
    ["text/html;Q=0.1, application/json;q=0.2", J],
    ["text/html ; q=0.1, application/json ; q=0.2", J],
    ["text/html\t;\tq=0.1,\tapplication/json", J],
    // weights that are none: the member does not count
    ["text/html;q=2, application/json", J],
    ["text/html;q=-1, application/json", J],
    ["text/html;q=abc, application/json", J],
    ["text/html;q=0.1234, application/json", J],
    ["text/html;q=1.001, application/json", J],
    ["text/html;q=, application/json", J],
    ["text/html;q, application/json", J],
    ["text/html;q=.5, application/json", J],
    ["text/html;q=1e0, application/json", J],
    // ranges that are none
    ["*/html, application/json", J],
    ["text, application/json", J],
    ["text/, application/json", J],
    ["/html, application/json", J],
    ["text/html/x, application/json", J],
    ["text html, application/json", J],
    ["*, application/json", J],
    ["text/html x, application/json", J],
    // parameters
    ["text/html;level=1, application/json", J],
    ["text/html;level=1", H],
    ["text/html;charset=utf-8;q=0.9, application/json;q=0.8", H],
    ["text/html;charset=latin1, application/json", J],
    ["text/html;charset=utf-8;q=0.1, text/html;q=0.9, application/json;q=0.5", J],
    ['text/html;level="1,2", application/json', J],
    ["application/json;q=0.5;ext=1, text/html;q=0.1", J],
    // browsers, curl, fetch, axios
    ["text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8", H],
    ["text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", H],
    ["application/json, text/plain, */*", J],
    ["application/json, text/javascript, */*; q=0.01", J],
    ["application/problem+json, application/json;q=0.9", J],
    ["image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8", H],
  ])("chooses for %j", (accept, chosen) => {
    expect(negotiate(accept, offered)).toBe(chosen)
  })
  it("prefers what the server has put first among equals", () => {
    expect(negotiate("*/*", [J, H])).toBe(J)
    expect(negotiate("text/html;q=0.5, application/json;q=0.5", [J, H])).toBe(J)
  })
  it("reads no more members than anybody sends", () => {
    expect(negotiate(`${"a/b,".repeat(100)}text/html`, offered)).toBeNull()
    expect(negotiate(`${"a/b,".repeat(99)}application/json`, offered)).toBe(J)
  })
})

describe("accepts", () => {
  const path = paths({ home: "/" })
  const served = (...formats: readonly ("html" | "json")[]) =>
    app(
      router(
        scope("/", pipeline(accepts(...formats)), [
          get(path.home, (conn) => conn.text(String(formatOf(conn)))),
        ]),
      ),
    )
  const ask = (accept: string, ...formats: readonly ("html" | "json")[]) =>
    served(...formats).fetch(new Request("http://localhost/", { headers: { accept } }))

  it("tells handlers which format it is", async () => {
    const response = await ask("application/json", "html", "json")
    expect(await response.text()).toBe("json")
    expect(response.headers.get("vary")).toBe("accept")
  })
  it("adds to what an answer varies by", async () => {
    const varying = (vary: string) => [
      get(path.home, (conn) => conn.text("").withHeader("vary", vary)),
      get(path.home, () => new Response("", { headers: { vary } })),
    ]
    for (const [before, after] of [
      ["cookie", "cookie, accept"],
      ["Cookie, Accept", "Cookie, Accept"],
      ["*", "*"],
    ] as const) {
      for (const one of varying(before)) {
        const response = await app(router(scope("/", accepts("html", "json"), [one]))).fetch(
          new Request("http://localhost/"),
        )
        expect(response.headers.get("vary")).toBe(after)
      }
    }
  })
  it("answers 406 to who wants none of them, in a format that there is", async () => {
    const response = await ask("image/png", "json")
    expect(response.status).toBe(406)
    expect(response.headers.get("content-type")).toBe("application/problem+json")
    expect((await ask("application/json", "html")).status).toBe(406)
  })
})
