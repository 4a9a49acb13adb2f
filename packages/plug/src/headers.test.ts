import { html } from "@bennu/html"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import {
  contentSecurityPolicy,
  nonceOf,
  pinNonce,
  secureHeaders,
  securityHeaders,
} from "./headers.ts"
import { app, createConn, get, requestSource, scope } from "./index.ts"

const refused = expect.objectContaining({ code: "ERR_PLUG_HEADER" })

describe("securityHeaders, with nothing but a Response", () => {
  it("protects a page by default", () => {
    const response = new Response("hi", {
      headers: securityHeaders()({ nonce: "N", secure: true }).map(
        ([name, value]): [string, string] => [name, value],
      ),
    })
    expect(Object.fromEntries(response.headers)).toEqual({
      "content-security-policy":
        "default-src 'self'; script-src 'nonce-N' 'strict-dynamic'; style-src 'self' 'nonce-N'; img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
      "content-type": "text/plain;charset=UTF-8",
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-resource-policy": "same-origin",
      "permissions-policy":
        "camera=(), display-capture=(), geolocation=(), microphone=(), midi=(), payment=(), serial=(), usb=()",
      "referrer-policy": "strict-origin-when-cross-origin",
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "x-content-type-options": "nosniff",
      "x-permitted-cross-domain-policies": "none",
    })
  })
  const headers = (options: Parameters<typeof securityHeaders>[0], secure = true) =>
    new Map(securityHeaders(options)({ nonce: "N", secure }))
  it("asks for https only once the browser came by it", () => {
    expect(headers({}, false).has("strict-transport-security")).toBe(false)
    expect(headers({ hsts: false }).has("strict-transport-security")).toBe(false)
    expect(headers({ hsts: "1h" }).get("strict-transport-security")).toBe(
      "max-age=3600; includeSubDomains",
    )
  })
  it("takes changes to its policies", () => {
    const changed = headers({
      contentSecurityPolicy: {
        "img-src": ["'self'", "https://images.example"],
        "default-src": null,
        "report-to": ["csp"],
      },
      permissions: { camera: ["self", "https://a.example"], usb: ["*"] },
    })
    expect(changed.get("content-security-policy")).toBe(
      "script-src 'nonce-N' 'strict-dynamic'; style-src 'self' 'nonce-N'; img-src 'self' https://images.example; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; report-to csp",
    )
    expect(changed.get("permissions-policy")).toContain('camera=(self "https://a.example")')
    expect(changed.get("permissions-policy")).toContain("usb=*")
    expect(headers({ contentSecurityPolicy: false }).has("content-security-policy")).toBe(false)
    expect(headers({ reportOnly: true }).has("content-security-policy-report-only")).toBe(true)
  })
  it("refuses what would end a directive, a policy or a header", () => {
    for (const source of ["a; script-src *", "a,b", "a b", "", "a\r\nb", "ä"]) {
      expect(() => contentSecurityPolicy({ "img-src": [source] })).toThrow(refused)
    }
    expect(() => contentSecurityPolicy({ "img-src 'self'": [] })).toThrow(refused)
    expect(() => securityHeaders({ referrerPolicy: "a\nb" })).toThrow(refused)
    expect(() => securityHeaders({ hsts: Number.NaN })).toThrow()
  })
})

describe("secureHeaders", () => {
  const path = paths({ page: "/", other: "/other", redirect: "/redirect", crash: "/crash" })
  const served = app(
    router(
      scope(
        "/",
        secureHeaders(),
        { layout: ({ content, nonce }) => html`<script nonce="${nonce}"></script>${content}` },
        [
          get(path.page, (conn) => conn.page({ title: "", content: html`hi` })),
          get(path.other, () => Response.redirect("https://other.example/")),
          get(path.redirect, (conn) =>
            conn.redirect("/").withHeader("referrer-policy", "no-referrer"),
          ),
          get(path.crash, () => {
            throw new Error("secret")
          }),
        ],
      ),
    ),
    { development: false },
  )
  const ask = (url: string) => served.fetch(new Request(`https://app.example${url}`))

  it("lets a page's own scripts run, by a nonce that is another each time", async () => {
    const nonces = await Promise.all(
      [ask("/"), ask("/")].map(async (response) => {
        const { headers } = await response
        const nonce = /'nonce-([\w-]{24})'/.exec(headers.get("content-security-policy") ?? "")?.[1]
        expect(await (await response).text()).toContain(`<script nonce="${nonce}">`)
        return nonce
      }),
    )
    expect(nonces[0]).not.toBe(nonces[1])
  })
  it.each(["/", "/other", "/redirect", "/crash", "/nowhere", "/%00"])(
    "protects every kind of answer: %s",
    async (url) => {
      const { headers } = await ask(url)
      const names = [
        "content-security-policy",
        "strict-transport-security",
        "x-content-type-options",
        "referrer-policy",
        "cross-origin-opener-policy",
        "cross-origin-resource-policy",
        "permissions-policy",
      ]
      for (const name of names) expect(headers.get(name)).not.toBeNull()
      expect(headers.get("content-security-policy")).toMatch(
        /object-src 'none'; base-uri 'none'.*frame-ancestors 'none'/,
      )
    },
  )
  it("leaves a header that an answer has", async () => {
    expect((await ask("/redirect")).headers.get("referrer-policy")).toBe("no-referrer")
  })
  it("has nothing to add when a live view joins", () => {
    const conn = createConn(requestSource(new Request("https://app.example/")), {
      transport: "live",
    })
    expect(secureHeaders()(conn, (conn) => conn.text(""))).toMatchObject({
      headers: [["content-type", "text/plain; charset=utf-8"]],
    })
  })
  it("keeps the nonce of the page that is shown", () => {
    const conn = createConn(requestSource(new Request("https://app.example/")), {
      transport: "live",
    })
    pinNonce(conn, "of-the-page")
    expect(nonceOf(conn.assign({ a: 1 }))).toBe("of-the-page")
  })
})
