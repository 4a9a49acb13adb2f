import { once } from "node:events"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { html } from "@bennu/html"
import { get, pipeline, scope, secureHeaders, session } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { WebSocket } from "ws"
import { type Endpoint, endpoint } from "./index.ts"

const path = paths({ page: "/page", json: "/json", away: "/away", broken: "/broken" })
const secret = "a secret of more than 64 characters, which nobody has to know about at all"
const routes = router(
  scope("/", pipeline(session({ secret }), secureHeaders()), [
    get(path.page, (conn) => conn.html(html`<p>hello</p>`)),
    get(path.json, (conn) => conn.json({})),
    get(path.away, (conn) => conn.redirect("/page")),
    get(path.broken, () => {
      throw new Error("broken")
    }),
  ]),
)

let dir: string
let server: Endpoint
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "bennu-headers-"))
  await writeFile(join(dir, "app.css"), "p { color: red }")
  const options = { router: routes, port: 0, development: false, static: { "/assets": dir } }
  const sockets = { "/live": { protocol: "none", upgrade: () => ({ status: 403 }) } } as const
  // what proxies say of https counts, so that what is for https only is seen
  const child = endpoint({ ...options, sockets, trustProxy: ["127.0.0.1"] })
  server = await child.start(new AbortController().signal)
})
afterAll(async () => {
  await server.stop(AbortSignal.abort())
  await rm(dir, { recursive: true })
})

const https = { "x-forwarded-proto": "https", "x-forwarded-host": "example.com" }
async function answer(to: string, init: RequestInit = {}): Promise<[number, Headers]> {
  const url = new URL(to, server.url)
  const response = await fetch(url, { redirect: "manual", ...init, headers: https })
  await response.arrayBuffer()
  return [response.status, response.headers]
}
async function socketAnswer(to: string): Promise<[number, Headers]> {
  const ws = new WebSocket(new URL(to, server.url), { headers: https })
  ws.on("error", () => {})
  const [, response] = await once(ws, "unexpected-response")
  response.resume()
  return [response.statusCode, new Headers(response.headers)]
}

/** Every kind of answer there is. @see OWASP ASVS 5.0 §3.4, §4.1.1 */
const kinds: Readonly<Record<string, () => Promise<[number, Headers]>>> = {
  "a page": () => answer("/page"),
  JSON: () => answer("/json"),
  "a redirect": () => answer("/away"),
  "404": () => answer("/nowhere"),
  "405": () => answer("/page", { method: "DELETE" }),
  "400 for a path": () => answer("/a%2fb"),
  "500": () => answer("/broken"),
  "a file": () => answer("/assets/app.css"),
  "a refused socket": () => socketAnswer("/live"),
  "a refused handshake": () => socketAnswer(`/live/${"x".repeat(9_000)}`),
  "a refused request": () => answer(`/${"x".repeat(9_000)}`),
  health: () => answer("/readyz"),
}

describe.each(Object.entries(kinds))("the headers of an answer: %s", (_, ask) => {
  it("are what a browser needs to protect who reads it", async () => {
    const [status, headers] = await ask()
    // 4.1.1: what has a body says what it is, and in which charset
    if (headers.get("content-length") !== "0") {
      expect(headers.get("content-type")).toMatch(/; charset=utf-8$|^application\/problem\+json/)
    }
    // 3.4.4
    expect(headers.get("x-content-type-options")).toBe("nosniff")
    // 3.4.1
    expect(headers.get("strict-transport-security")).toMatch(/^max-age=31536000/)
    // nothing tells what it runs on
    expect(headers.get("server") ?? headers.get("x-powered-by")).toBeNull()
    if (!headers.get("content-type")?.startsWith("text/html")) return
    // 3.4.3, 3.4.6
    const policy = headers.get("content-security-policy")
    for (const directive of ["object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(directive)
    }
    // 3.4.5, 3.4.8, 3.5.8
    expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin")
    expect(headers.get("cross-origin-opener-policy")).toBe("same-origin")
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin")
    expect(status).toBeGreaterThanOrEqual(200)
  })

  it("are these", async () => {
    const [status, headers] = await ask()
    const changing = /^(date|content-length|x-request-id|etag|last-modified|keep-alive|connection)$/
    const nonce = /nonce-[^']+/g
    const all = [...headers]
      .filter(([name]) => !changing.test(name))
      .map(([name, value]) => `${name}: ${value.replace(nonce, "nonce-…")}`)
    expect([status, ...all].join("\n")).toMatchSnapshot()
  })
})
