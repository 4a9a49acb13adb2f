import { html } from "@bennu/html"
import { type Layout, type Plug, pipeline, protectFromForgery, scope, session } from "@bennu/plug"
import { local, openPubSub } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { describe, expect, it, vi } from "vitest"
import { browse } from "../fixtures/browser.ts"
import { serve } from "../fixtures/serve.ts"
import { live, liveSocket, liveViews } from "./index.ts"

const secret = "0123456789abcdef".repeat(4)
const path = paths({ counter: "/live/counter" })
const liveView = liveViews<{ name: string }>()
const Counter = liveView({
  public: true,
  events: { inc: {}, dec: {} },
  mount: () => ({ count: 0 }),
  handleEvent: {
    inc: (socket) => socket.update("count", (count) => count + 1),
    dec: (socket) => socket.update("count", (count) => count - 1),
  },
  render: ({ count }, { inc, dec }) => html`<h1>Counter</h1>
<button id="dec" phx-click="${dec}">-</button>
<span id="count">${count}</span>
<button id="inc" phx-click="${inc}">+</button>`,
})
const root: Layout = ({ title, head, content, csrfToken }) => html`<!doctype html>
<html lang="en"><head><meta name="csrf-token" content="${csrfToken}"><title>${title}</title>${head}</head><body>${content}</body></html>`
const fetchScope: Plug<{}, { scope: { name: string } }> = (conn, next) =>
  next(conn.assign({ scope: { name: "ada" } }))

describe("the official client", () => {
  it("joins and clicks", async () => {
    const pubsub = await openPubSub({ adapter: local() }).start(new AbortController().signal)
    const browser = pipeline(session({ secret }), protectFromForgery(), fetchScope)
    const app = router(scope("/", browser, { layout: root }, [live(path.counter, Counter)]))
    await using server = await serve(app, liveSocket({ router: app, pubsub, secret }))
    using page = await browse(`${server.url}/live/counter`)
    await vi.waitUntil(() => page.document.querySelector(".phx-connected"))
    page.click("#inc")
    await vi.waitUntil(() => page.text("#count") === "1")
    expect(page.text("#count")).toBe("1")
  })
})
