import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root } from "../../fixtures/app.ts"
import type { BrowserPage } from "../../fixtures/browser.ts"
import { connected, keeping, restarting, shows } from "../../fixtures/restarting.ts"
import { until } from "../../fixtures/wire.ts"
import { link, live, stashRestored } from "../index.ts"

const path = paths({ counter: "/counter", other: "/other", draft: "/draft" })
const Counter = liveView({
  params: z.object({ tab: z.string().default("one") }),
  public: true,
  events: { inc: {} },
  mount: () => ({ count: 0 }),
  stash: { keys: { count: z.number() } },
  handleEvent: { inc: (socket) => socket.update("count", (count) => count + 1) },
  render: (
    { count },
    { inc },
    { url },
  ) => html`<b id="count">${count}</b><i id="tab">${url.search}</i>
    <button id="inc" phx-click="${inc}">+</button>
    <a id="patch" ${link({ patch: "/counter?tab=two" })}>two</a>
    <a id="to" data-transition="slide back" ${link({ navigate: "/other" })}>other</a>`,
})
const Other = liveView({
  public: true,
  mount: () => ({ count: 5 }),
  stash: { keys: { count: z.number() } },
  render: ({ count }) => html`<b id="other">${count}</b>`,
})

const Draft = liveView({
  params: z.object({ tab: z.string().default("one") }),
  public: true,
  events: { inc: {}, type: z.object({ text: z.string() }) },
  mount: ({ params }) => ({ count: 0, tab: params.tab, text: "" }),
  stash: { keys: { count: z.number() } },
  handleParams: (socket, { tab }) => socket.assign({ tab }),
  handleEvent: {
    inc: (socket) => socket.update("count", (count) => count + 1),
    type: (socket, { text }) => socket.assign({ text }),
  },
  render: ({ count, tab, text }, { inc, type }) => html`<b id="all">${count} ${tab} ${text}</b>
    <button id="inc" phx-click="${inc}">+</button><a id="patch" ${link({ patch: "/draft?tab=two" })}>two</a>
    <form id="form" phx-change="${type}"><input id="text" name="text" value="${text}"></form>`,
})

const app = router(
  scope("/", browser, { layout: root }, [
    live(path.counter, Counter),
    live(path.other, Other),
    live(path.draft, Draft),
  ]),
)
const { serve, open, stop } = restarting(app)

describe("browserStash", () => {
  it("brings a view back to a server that was killed and started again", async () => {
    const server = await serve()
    const page = await open(`${server.origin}/counter`, keeping)
    page.click("#inc")
    await shows(page, "#count", "1")
    page.click("#inc")
    await shows(page, "#count", "2")
    await server.kill()
    await serve(server.port)
    await until(() =>
      expect(page.frames.filter(({ data }) => data[3] === "phx_join")).toHaveLength(2),
    )
    await connected(page)
    await shows(page, "#count", "2")
    page.click("#inc")
    await shows(page, "#count", "3")
  })

  it("goes together with the address and with the form, which recover by themselves", async () => {
    const server = await serve()
    const page = await open(`${server.origin}/draft`, keeping)
    page.click("#inc")
    await shows(page, "#all", "1 one ")
    page.click("#patch")
    await shows(page, "#all", "1 two ")
    page.type("#text", "half a sen")
    await shows(page, "#all", "1 two half a sen")
    await server.kill()
    await serve(server.port)
    await until(() =>
      expect(page.frames.filter(({ data }) => data[3] === "phx_join").length).toBeGreaterThan(1),
    )
    await connected(page)
    await shows(page, "#all", "1 two half a sen")
    page.click("#inc")
    await shows(page, "#all", "2 two half a sen")
  })

  it("says what the page keeps to its views, and not in the socket's address", async () => {
    const { origin } = await serve()
    const page = await open(`${origin}/counter`, keeping)
    const [join] = page.frames.filter(({ data }) => data[3] === "phx_join")
    expect(join?.data[4]).toMatchObject({ params: { _stash: null } })
    expect(page.window.eval("liveSocket.getSocket().endPointURL()")).not.toContain("_stash")
  })

  it("keeps nothing of a view for the one that takes its place", async () => {
    const { origin } = await serve()
    const page = await open(`${origin}/counter`, keeping)
    page.click("#inc")
    await shows(page, "#count", "1")
    page.click("#to")
    await shows(page, "#other", "5")
    const joins = page.frames.filter(({ data }) => data[3] === "phx_join")
    expect(joins[1]?.data[4]).toMatchObject({ params: { _stash: null } })
  })

  it("carries over a page that is loaded anew while its connection is broken, once", async () => {
    const restored: string[] = []
    const listener = stashRestored.subscribe(({ from }) => restored.push(from))
    stop.push(() => listener[Symbol.dispose]())
    const server = await serve()
    const page = await open(`${server.origin}/counter`, keeping)
    page.click("#inc")
    await shows(page, "#count", "1")
    const leave = () => {
      page.window.eval("window.dispatchEvent(new Event('pagehide'))")
      return page.window.eval("sessionStorage.getItem('bennu:stash')")
    }
    // a page that is left while all is well leaves nothing
    expect(leave()).toBeNull()
    await server.kill()
    await until(() => expect(page.document.querySelector(".phx-connected")).toBeNull())
    const left = leave()
    const { origin } = await serve(server.port)
    const put = `sessionStorage.setItem("bennu:stash", ${JSON.stringify(left)})`
    const loaded = await open(`${origin}/counter`, keeping, { before: put, jar: page.jar })
    await shows(loaded, "#count", "1")
    expect(loaded.window.eval("sessionStorage.getItem('bennu:stash')")).toBeNull()
    expect(restored).toContain("browser")
    const elsewhere = await open(`${origin}/other`, keeping, { before: put, jar: page.jar })
    await shows(elsewhere, "#other", "5")
  })
})

describe("viewTransitions", () => {
  const recording = `window.transitions_ = []
    document.startViewTransition = (update) => {
      window.transitions_.push(update.types ?? [])
      ;(update.update ?? update)()
      return { ready: Promise.reject(new Error("skipped")), finished: Promise.resolve() }
    }`
  const seen = (page: BrowserPage) =>
    JSON.parse(String(page.window.eval("JSON.stringify(transitions_)")))

  it("animates the way elsewhere, of the types that the link says, and no other change", async () => {
    const { origin } = await serve()
    const page = await open(`${origin}/counter`, "{ dom: Bennu.viewTransitions() }", {
      before: recording,
    })
    page.click("#inc")
    await shows(page, "#count", "1")
    expect(seen(page)).toEqual([])
    page.click("#patch")
    await shows(page, "#tab", "?tab=two")
    expect(seen(page)).toEqual([[]])
    page.click("#to")
    await shows(page, "#other", "5")
    expect(seen(page)).toEqual([[], ["slide", "back"]])
  })

  it("moves nothing for who wants no motion, and for browsers that cannot", async () => {
    const { origin } = await serve()
    const calm = `${recording}; window.matchMedia = () => ({ matches: true })`
    const page = await open(`${origin}/counter`, "{ dom: Bennu.viewTransitions() }", {
      before: calm,
    })
    page.click("#to")
    await shows(page, "#other", "5")
    expect(seen(page)).toEqual([])
    const old = await open(`${origin}/counter`, "{ dom: Bennu.viewTransitions() }")
    old.click("#to")
    await shows(old, "#other", "5")
  })

  it("does without types where a browser knows none", async () => {
    const { origin } = await serve()
    const simple = recording.replace(
      "window.transitions_.push",
      "if (update.types) throw new TypeError(); window.transitions_.push",
    )
    const page = await open(
      `${origin}/counter`,
      "{ dom: Bennu.viewTransitions({ on: ['navigate'] }) }",
      { before: simple },
    )
    page.click("#patch")
    await shows(page, "#tab", "?tab=two")
    expect(seen(page)).toEqual([])
    page.click("#to")
    await shows(page, "#other", "5")
    expect(seen(page)).toEqual([[]])
  })
})

describe("offlineBanner", () => {
  const banner =
    "(window.banner_ = { hidden: false }, setTimeout(() => Bennu.offlineBanner(liveSocket, banner_, { after: 20 })), {})"
  const hidden = (page: BrowserPage) => page.window.eval("banner_.hidden")

  it("is shown when the connection is gone for a while, and hidden when it is back", async () => {
    const server = await serve()
    const page = await open(`${server.origin}/counter`, banner)
    await until(() => expect(page.document.querySelector(".phx-connected")).not.toBeNull())
    expect(hidden(page)).toBe(true)
    await server.kill()
    await until(() => expect(hidden(page)).toBe(false))
    await serve(server.port)
    await until(() => expect(hidden(page)).toBe(true))
  })

  it("is not shown to nobody, and gives a page time that somebody comes back to", async () => {
    const server = await serve()
    const page = await open(`${server.origin}/counter`, banner)
    await until(() => expect(page.document.querySelector(".phx-connected")).not.toBeNull())
    expect(hidden(page)).toBe(true)
    page.window.eval(
      "Object.defineProperty(document, 'hidden', { value: true, configurable: true })",
    )
    await server.kill()
    await until(() => expect(page.document.querySelector(".phx-connected")).toBeNull())
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(hidden(page)).toBe(true)
    page.window.eval(
      "Object.defineProperty(document, 'hidden', { value: false, configurable: true })",
    )
    page.window.eval("document.dispatchEvent(new Event('visibilitychange'))")
    expect(hidden(page)).toBe(true)
    await until(() => expect(hidden(page)).toBe(false))
  })
})
