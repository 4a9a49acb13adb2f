import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import {
  pipeline,
  protectFromForgery,
  scope,
  secureHeaders,
  app as served,
  session,
} from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { fetchScope, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { browse } from "../fixtures/browser.ts"
import {
  clientHook,
  clientHooks,
  focusWrap,
  hooksModule,
  JS,
  link,
  live,
  liveComponents,
  liveRender,
  liveSession,
  liveSocket,
  portal,
  runtimeHooks,
} from "./index.ts"

const asker = clientHook("Asker", {
  asked: 0,
  /** As a method. */
  mounted() {
    this.handleEvent("nudge", () => this.ask("nudged"))
    this.ask("mounted")
  },
  ask(question: string) {
    this.asked++
    this.pushEvent("ask", { question, nth: this.asked }, (reply) => {
      this.el.textContent = JSON.stringify(reply)
    })
  },
  updated: function () {
    this.el.dataset["updated"] = "yes"
  },
})
const inner = clientHook("Inner", { mounted: () => {}, async reconnected() {} })

const deep = clientHook("Deep", { mounted() {} })
const Part = liveComponents<{ readonly name: string }>()({
  hooks: [deep],
  render: () => html`<hr phx-hook="${deep}">`,
})
const Inner = liveView({
  public: true,
  hooks: [inner],
  components: [Part],
  render: () => html``,
})
const Page = liveView({
  public: true,
  hooks: [asker],
  views: [Inner],
  events: { ask: z.object({ question: z.string(), nth: z.number() }), nudge: {}, close: {} },
  mount: () => ({ open: true }),
  handleEvent: {
    ask: (socket, { question, nth }) => socket.reply({ answer: question.length + nth }),
    nudge: (socket) => socket.pushEvent("nudge"),
    close: (socket) => socket.assign({ open: false }),
  },
  render: (
    { open },
    { nudge, close },
  ) => html`<b id="asker" phx-hook="${asker}" phx-update="ignore"></b>
    <button id="nudge" phx-click="${nudge}">nudge</button>${liveRender(Inner, { id: "inner" })}
    ${open && portal({ id: "dialog-portal", target: "body", class: "over" }, html`<div id="dialog" role="dialog">${focusWrap({ id: "dialog-focus" }, html`<button id="close" phx-click="${JS.push(close)}">close</button>`)}</div>`)}`,
})
const path = paths({ page: "/page" })
const browser = pipeline(session({ secret }), protectFromForgery(), fetchScope)
const app = router(scope("/", browser, { layout: root }, [live(path.page, Page)]))

describe("a client hook", () => {
  it("is collected from views and the views in them, as a module for the page", async () => {
    const hooks = clientHooks(app)
    expect(hooks.map(({ name }) => name)).toEqual(["Asker", "Inner", "Deep"])
    const source = hooksModule(hooks)
    const module: unknown = await import(`data:text/javascript,${encodeURIComponent(source)}`)
    expect(module).toMatchObject({
      hooks: {
        Asker: { asked: 0, mounted: expect.any(Function), updated: expect.any(Function) },
        Inner: { mounted: expect.any(Function), reconnected: expect.any(Function) },
      },
    })
  })

  it("runs in the page, hears the view and gets its replies, in portals too", async () => {
    const pubsub = await startPubSub()
    const sockets = { "/live": liveSocket({ router: app, pubsub, secret }) } as const
    await using server = await endpoint({ router: app, port: 0, host: "127.0.0.1", sockets }).start(
      new AbortController().signal,
    )
    const module = hooksModule(clientHooks(app)).replace("export const hooks", "window.hooks_")
    using page = await browse(`${server.url.origin}/page`, { before: module })
    const shows = (selector: string, text: string | null) =>
      expect.poll(() => page.text(selector), { interval: 2 }).toBe(text)
    await shows("#asker", '{"answer":8}')
    page.click("#nudge")
    await shows("#asker", '{"answer":8}')
    const portal = "body > #_lv_portal_wrap_dialog-portal.over #dialog"
    await expect.poll(() => page.document.querySelector(portal) !== null).toBe(true)
    page.click("#close")
    await shows("#dialog", null)
  })

  it("stands in the page as a script with the page's nonce, where nobody bundles", async () => {
    const page = scope(
      "/",
      pipeline(session({ secret }), protectFromForgery(), secureHeaders(), fetchScope),
      {
        layout: ({ content, nonce }) =>
          html`<head>${runtimeHooks([asker], { nonce })}</head>${content}`,
      },
      [live(path.page, Page)],
    )
    const answer = await served(router(page)).fetch(new Request("http://localhost/page"))
    const policy = answer.headers.get("content-security-policy") ?? ""
    const nonce = /nonce-([^']+)'/.exec(policy)?.[1]
    expect(await answer.text()).toContain(
      `<script data-phx-runtime-hook="Asker" nonce="${nonce}">window["phx_hook_Asker"] = function() { return { "asked": 0,`,
    )
  })

  it("cannot end its script, nor take another's name, nor bring what does not travel", () => {
    const ending = clientHook("Ending", { mounted: () => void "<!--" })
    expect(() => runtimeHooks([ending])).toThrow("ends a script")
    expect(() => clientHook("Phoenix.FocusWrap", {})).toThrow("no name")
    expect(() => clientHook(".Local", {})).toThrow("no name")
    expect(() => clientHook("Symbol", { mounted() {}, kind: Symbol("no") })).toThrow(
      "cannot travel",
    )
    const other = clientHook("Asker", { mounted() {} })
    const Other = liveView({ public: true, hooks: [other], render: () => html`` })
    const both = liveSession("both", { views: [Other] }, [live(path.page, Page)])
    expect(() => clientHooks(both)).toThrow('two hooks are called "Asker"')
  })
})

describe("a link with a method", () => {
  it("is sent as a form, with the page's token and to this site only", () => {
    const out = { href: "/logout", method: "delete", csrfToken: "T" } as const
    expect(String(html`<a ${link(out)}>out</a>`)).toBe(
      '<a href="/logout" data-method="delete" data-to="/logout" data-csrf="T">out</a>',
    )
    expect(String(html`<a ${link({ href: "/in", method: "get" })}>in</a>`)).toBe(
      '<a href="/in">in</a>',
    )
    expect(() => link({ ...out, href: "https://evil.example/" })).toThrow("this site")
  })
})
