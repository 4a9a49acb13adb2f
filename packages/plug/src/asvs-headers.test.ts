import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { html } from "@bennu/html"
import { later } from "@bennu/html/stream"
import { paths, router } from "@bennu/router"
import { memoryStore } from "@bennu/store"
import { afterAll, describe, expect, it } from "vitest"
import { cors } from "./cors.ts"
import { accepts, app, get, pipeline, scope, secureHeaders, session, streamPage } from "./index.ts"
import { rate } from "./rate.ts"
import { serveStatic } from "./static.ts"

const dir = mkdtempSync(join(tmpdir(), "bennu-plug-asvs-"))
afterAll(() => rmSync(dir, { recursive: true }))
for (const name of ["app.css", "page.html", "drawing.svg"]) writeFileSync(join(dir, name), "x")

const path = paths({
  html: "/html",
  streamed: "/streamed",
  json: "/json",
  redirect: "/redirect",
  crash: "/crash",
  limited: "/limited",
})
const browser = pipeline(
  cors({ origins: ["https://friend.example"] }),
  accepts("html", "json"),
  session({ secret: "s".repeat(64) }),
  secureHeaders({ reports: "/csp" }),
)
const { fetch } = app(
  router(
    scope("/", browser, [
      get(path.html, (conn) => {
        conn.assigns.session.put("a", 1)
        return conn.page({ title: "", content: html`hi` })
      }),
      get(path.streamed, (conn) =>
        streamPage(conn, { title: "", content: html`${later(Promise.resolve("hi"))}` }),
      ),
      get(path.json, (conn) => conn.json({})),
      get(path.redirect, (conn) => conn.redirect("/html")),
      get(path.crash, () => {
        throw new Error("secret")
      }),
    ]),
    scope("/", rate({ store: memoryStore(), name: "x", limit: 1, period: "1h" }), [
      get(path.limited, (conn) => conn.text("hi")),
    ]),
  ),
  { before: serveStatic({ dir, prefix: "/static", recheck: false }), development: false },
)
const ask = (url: string, accept = "text/html") =>
  fetch(
    new Request(`https://app.example${url}`, {
      headers: { accept, origin: "https://friend.example" },
    }),
  )

/** What each item of OWASP ASVS 5.0 §3.4 and §3.5.8 asks of every answer. */
const EVERYWHERE = {
  "3.4.1": ["strict-transport-security", /^max-age=31536000; includeSubDomains$/],
  "3.4.4": ["x-content-type-options", /^nosniff$/],
  "3.4.5": ["referrer-policy", /^strict-origin-when-cross-origin$/],
  "3.4.8": ["cross-origin-opener-policy", /^same-origin$/],
  "3.5.8": ["cross-origin-resource-policy", /^same-origin$/],
} as const
const POLICY = /object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'/

const kinds: readonly (readonly [kind: string, url: string, status: number, accept?: string])[] = [
  ["HTML", "/html", 200],
  ["a page in parts", "/streamed", 200],
  ["JSON", "/json", 200, "application/json"],
  ["a redirect", "/redirect", 302],
  ["a missing page", "/nowhere", 404],
  ["a missing thing", "/nowhere", 404, "application/json"],
  ["a crash", "/crash", 500],
  ["a crash of an API", "/crash", 500, "application/json"],
  ["what is not accepted", "/html", 406, "image/png"],
  ["a bad path", "/%00", 400],
  ["a style sheet", "/static/app.css", 200],
  ["a static page", "/static/page.html", 200],
  ["a drawing", "/static/drawing.svg", 200],
  ["a missing file", "/static/nowhere.css", 404],
]

describe("every kind of answer, against OWASP ASVS 5.0 §3.4", () => {
  it.each(kinds.map(([kind, url, status, accept]) => ({ kind, url, status, accept })))(
    "$kind",
    async ({ url, status, accept }) => {
      const response = await ask(url, accept)
      expect(response.status).toBe(status)
      for (const [name, value] of Object.values(EVERYWHERE)) {
        expect(response.headers.get(name)).toMatch(value)
      }
      // 3.4.3, 3.4.6: whatever a browser could show
      const isFile = url === "/static/app.css"
      const policy = response.headers.get("content-security-policy")
      if (isFile) expect(policy).toBe(null)
      else expect(policy).toMatch(POLICY)
      // 3.4.3: a script runs by nonce, or, from a file, as one of ours
      expect(policy ?? "").not.toMatch(/script-src[^;]*('unsafe-inline'|'unsafe-eval'|\*)/)
      // 4.1.1: what it is, in which characters
      const type = response.headers.get("content-type")
      if (status !== 302) expect(type).toMatch(/; charset=utf-8$|^application\/problem\+json$/)
      // 3.4.2: whoever may read it, may; nobody else
      const allowed = response.headers.get("access-control-allow-origin")
      expect(["https://friend.example", null]).toContain(allowed)
    },
  )
  it("is the same for what is refused because there was too much", async () => {
    await ask("/limited")
    const { status, headers } = await ask("/limited")
    expect(status).toBe(429)
    for (const [name, value] of Object.values(EVERYWHERE)) expect(headers.get(name)).toMatch(value)
  })
  it("reports violations, from error pages as well (3.4.7)", async () => {
    for (const url of ["/html", "/crash"]) {
      const { headers } = await ask(url)
      expect(headers.get("reporting-endpoints")).toBe('csp="/csp"')
      expect(headers.get("content-security-policy")).toContain("report-to csp")
    }
  })
  it("sets cookies that stay with their host and away from scripts (3.3.1 to 3.3.4)", async () => {
    expect((await ask("/html")).headers.get("set-cookie")).toMatch(
      /^__Host-session=[^;]+; Path=\/; Max-Age=\d+; Secure; HttpOnly; SameSite=Lax$/,
    )
  })
  it("prints as follows", async () => {
    const all = await Promise.all(
      kinds.map(async ([kind, url, , accept]) => {
        const { headers } = await ask(url, accept)
        const lines = [...headers]
          .filter(([name]) => name !== "last-modified" && name !== "etag")
          .map(([name, value]) => {
            const fixed = value
              .replaceAll(/nonce-[\w-]{24}/g, "nonce-N")
              .replace(/session=[^;]+/, "session=S")
            return `  ${name}: ${fixed}`
          })
        return [kind, ...lines].join("\n")
      }),
    )
    await expect(`${all.join("\n\n")}\n`).toMatchFileSnapshot("asvs-headers.snapshot.txt")
  })
  it("is the same where a file did not change, and for a part of one", async () => {
    const url = "https://app.example/static/page.html"
    const etag = (await ask("/static/page.html")).headers.get("etag") ?? ""
    for (const [name, value, status] of [
      ["if-none-match", etag, 304],
      ["range", "bytes=0-0", 206],
      ["range", "bytes=9-", 416],
    ] as const) {
      const response = await fetch(new Request(url, { headers: { [name]: value } }))
      expect(response.status).toBe(status)
      for (const [name, value] of Object.values(EVERYWHERE)) {
        expect(response.headers.get(name)).toMatch(value)
      }
    }
  })
  it("sends no HSTS where an app says so, not even with a bad path", async () => {
    const hsts = { hsts: false } as const
    const without = app(
      router(scope("/", secureHeaders(hsts), [get(path.crash, () => Response.error())])),
      { before: serveStatic({ dir, security: hsts }), security: hsts, development: false },
    )
    for (const url of ["/%00", "/nowhere", "/crash", "/page.html", "/app.css"]) {
      const { headers } = await without.fetch(new Request(`https://app.example${url}`))
      expect(headers.get("strict-transport-security")).toBe(null)
      expect(headers.get("x-content-type-options")).toBe("nosniff")
    }
  })
})
