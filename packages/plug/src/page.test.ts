import { html } from "@bennu/html"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { app, get, type Layout, pipeline, putFlash, scope, session } from "./index.ts"

const path = paths({ home: "/" })
const full: Layout = ({ title, head, content, flash, csrfToken }) => html`
  <title>${title}</title>${head}<meta name="csrf-token" content="${csrfToken}">
  <p>${flash.info}</p>${content}`
const small: Layout = ({ title, content }) => html`${title}: ${content}`
const parts = { title: "a & b", head: html`<link rel="icon">`, content: html`<b>hi</b>` }
const withSession = pipeline(session({ secret: "s".repeat(64) }))
const ask = (layout: Layout, through: typeof withSession | ReturnType<typeof pipeline>) =>
  app(
    router(
      scope("/", through, { layout }, [
        get(path.home, (conn) => {
          if (through === withSession && layout === full) putFlash(conn, "info", "<saved>")
          return conn.page(parts)
        }),
      ]),
    ),
  ).fetch(new Request("https://app.example/"))

describe("conn.page", () => {
  it("gives its layout title, head, content, flash and token", async () => {
    const response = await ask(full, withSession)
    const text = await response.text()
    expect(text).toContain('<title>a &amp; b</title><link rel="icon">')
    expect(text).toMatch(/content="[\w-]{48}"/)
    expect(text).toContain("<p>&lt;saved&gt;</p><b>hi</b>")
    expect(response.headers.get("set-cookie")).toContain("__Host-session=")
  })
  it("sets no cookie for a layout that reads neither flash nor token", async () => {
    const response = await ask(small, withSession)
    expect(await response.text()).toBe("a &amp; b: <b>hi</b>")
    expect(response.headers.get("set-cookie")).toBeNull()
    expect(response.headers.get("cache-control")).toBeNull()
  })
  it("shows its layout the request", async () => {
    const themed: Layout = ({ conn, content }) =>
      html`<body data-theme="${conn.cookies.get("theme")}" data-at="${conn.path}">${content}</body>`
    const routes = router(
      scope("/", pipeline(), { layout: themed }, [get(path.home, (conn) => conn.page(parts))]),
    )
    const request = new Request("https://app.example/", { headers: { cookie: "theme=dark" } })
    const response = await app(routes).fetch(request)
    expect(await response.text()).toBe('<body data-theme="dark" data-at="/"><b>hi</b></body>')
  })
  it("needs no session", async () => {
    const text = await (await ask(full, pipeline())).text()
    expect(text).toContain('content=""')
    expect(text).toContain("<p></p><b>hi</b>")
  })
})
