import { get, post } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { endpoint, fetchEndpoint } from "./index.ts"

const path = paths({ home: "/", post: "/posts/:id", echo: "POST /echo", who: "/who" })
const routes = router(
  get(path.home, (conn) => conn.text("hello")),
  get(path.post, (conn) => conn.json({ id: conn.params.id, query: conn.query })),
  post(path.echo, async (conn) => conn.text(await conn.request.text())),
  get(path.who, (conn) => conn.json({ origin: conn.origin, from: conn.remoteAddress })),
)
const options = { router: routes, development: false, limits: { bodyBytes: 1_000 } }

describe("fetchEndpoint", () => {
  it("answers as an endpoint does, without a server", async () => {
    const { fetch: answer } = fetchEndpoint(options)
    const server = await endpoint({ ...options, port: 0 }).start(new AbortController().signal)
    const asked: readonly (readonly [string, RequestInit?])[] = [
      ["/"],
      ["/posts/a%20b?c[d]=e"],
      ["/nothing"],
      ["/echo", { method: "POST", body: "x".repeat(1_000) }],
      ["/echo", { method: "POST", body: "x".repeat(1_001) }],
      ["/echo"],
      ["/", { method: "HEAD" }],
      ["/posts/%2e"],
      ["/a%2fb"],
      ["/readyz"],
      ["/livez"],
    ]
    for (const [to, init] of asked) {
      const url = new URL(to, server.url)
      const [here, there] = await Promise.all([answer(new Request(url, init)), fetch(url, init)])
      expect([to, here.status]).toEqual([to, there.status])
      if (!here.ok) continue
      expect(here.headers.has("x-request-id")).toBe(there.headers.has("x-request-id"))
      expect(here.headers.get("content-type")).toBe(there.headers.get("content-type"))
      expect(await here.text()).toBe(await there.text())
    }
    await server.stop(AbortSignal.abort())
  })

  it("knows who asks where its host says so", async () => {
    const { fetch } = fetchEndpoint(options)
    const request = () => new Request("https://example.com/who")
    const from = { remoteAddress: "203.0.113.9" }
    expect(await (await fetch(request(), from)).json()).toEqual({
      origin: "https://example.com",
      from: "203.0.113.9",
    })
    expect(await (await fetch(request())).json()).toMatchObject({ from: null })
  })
})
