import { html } from "@bennu/html"
import { later } from "@bennu/html/stream"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { app, get, type Layout, scope, secureHeaders, streamPage } from "./index.ts"

const path = paths({ free: "/free", ordered: "/ordered", failing: "/failing" })
const layout: Layout = ({ title, content }) =>
  html`<!doctype html><html><head><title>${title}</title></head><body>${content}<footer></footer></body></html>`
const slow = Promise.withResolvers<string>()
const title = "Report"
const parts = () => ({
  title,
  content: html`<h1>Report</h1><p>${later(slow.promise, html`<i>counting</i>`)}</p>`,
})
const { fetch } = app(
  router(
    scope("/", secureHeaders(), { layout }, [
      get(path.free, (conn) => streamPage(conn, parts())),
      get(path.ordered, (conn) => streamPage(conn, parts(), { inOrder: true })),
      get(path.failing, (conn) =>
        streamPage(
          conn,
          { title, content: html`<p>${later(Promise.reject(new Error("gone")))}</p>` },
          { onError: () => html`<b>not today</b>` },
        ),
      ),
    ]),
  ),
)
const ask = (path: string) => fetch(new Request(`https://app.example${path}`))

describe("streamPage", () => {
  it("sends what is there in the layout before its parts are, and runs them in by the page's nonce", async () => {
    const response = await ask(path.free())
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8")
    const nonce = /'nonce-([^']+)'/.exec(response.headers.get("content-security-policy") ?? "")?.[1]
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    const first = (await reader?.read())?.value ?? ""
    expect(first).toContain("<title>Report</title>")
    expect(first).toContain("<i>counting</i>")
    slow.resolve("<42>")
    let rest = ""
    for (;;) {
      const { done, value = "" } = (await reader?.read()) ?? { done: true }
      if (done) break
      rest += value
    }
    expect(rest).toContain("&lt;42&gt;")
    expect(rest).toContain(`<script nonce="${nonce}">`)
  })

  it("needs no script in order, and shows what stands for a part that failed", async () => {
    const ordered = await (await ask(path.ordered())).text()
    expect(ordered).toContain("<p>&lt;42&gt;</p><footer></footer>")
    expect(ordered).not.toContain("script")
    expect(await (await ask(path.failing())).text()).toContain("<p><b>not today</b></p>")
  })
})
