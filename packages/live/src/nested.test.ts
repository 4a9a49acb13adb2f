import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import { get, scope } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { type BrowserPage, browse } from "../fixtures/browser.ts"
import { get as getPage, joinPayload, until, Wire } from "../fixtures/wire.ts"
import {
  type EndReason,
  type LiveLayout,
  link,
  live,
  liveRender,
  liveSession,
  liveSocket,
  on,
} from "./index.ts"
import { mount } from "./testing.ts"

const path = paths({ home: "/home", other: "/other", report: "/report" })
const ticked = topic("ticked", z.string())
// of this test: pages of the one before may still end
let run = 0
const ends: string[] = []

const Leaf = liveView({
  public: true,
  mount: ({ connected }) => ({ connected }),
  render: ({ connected }) => html`<i class="leaf">${connected ? "live" : "dead"}</i>`,
})
/** A counter that knows who it is, and tells when it ends. */
const Counter = liveView({
  public: true,
  session: z.object({ from: z.number(), name: z.string() }),
  views: [Leaf],
  events: { inc: {}, fail: {}, patch: {}, away: {} },
  mount: ({ session, scope, connected }) => ({
    ...{ name: session.name, by: scope.name, count: session.from, connected, of: run },
  }),
  handleEvent: {
    inc: (socket) => socket.update("count", (count) => count + 1),
    fail: () => {
      throw new Error("the child failed")
    },
    patch: (socket) => socket.pushPatch("/home?tab=two"),
    away: (socket) => socket.pushNavigate("/other"),
  },
  subscribe: (_) => [on(ticked, (socket, name) => socket.assign({ by: name }))],
  terminate({ assigns }, reason: EndReason) {
    if (assigns.connected && assigns.of === run) ends.push(`${assigns.name} ${reason}`)
  },
  render: ({ name, by, count }, { inc, fail, patch, away }) =>
    html`<b id="${name}-count">${count}</b><u id="${name}-by">${by}</u>
      <button id="${name}-inc" phx-click="${inc}">+</button>
      <button id="${name}-fail" phx-click="${fail}">fail</button>
      <button id="${name}-patch" phx-click="${patch}">patch</button>
      <button id="${name}-away" phx-click="${away}">away</button>${liveRender(Leaf, { id: `${name}-leaf` })}`,
})

const Home = liveView({
  public: true,
  params: z.object({ tab: z.string().default("one") }),
  views: [Counter],
  events: { hide: {}, touch: {}, fail: {} },
  mount: () => ({ shown: true, touched: 0 }),
  handleEvent: {
    hide: (socket) => socket.update("shown", (shown) => !shown),
    touch: (socket) => socket.update("touched", (touched) => touched + 1),
    fail: () => {
      throw new Error("the parent failed")
    },
  },
  render: ({ shown, touched }, { hide, touch, fail }, { url }) =>
    html`<h1 id="touched">${touched}</h1><p id="tab">${url.searchParams.get("tab")}</p>
      <button id="hide" phx-click="${hide}">hide</button><button id="touch" phx-click="${touch}">touch</button>
      <button id="fail" phx-click="${fail}">fail</button><a id="to-other" ${link({ navigate: "/other" })}>other</a>
      ${shown && liveRender(Counter, { id: "kid", session: { from: 3, name: "kid" }, container: { tag: "section", attrs: { class: "box" } } })}`,
})
const Other = liveView({
  public: true,
  render: () =>
    html`<h1 id="other">other</h1><a id="to-home" ${link({ navigate: "/home" })}>home</a>`,
})
const layout: LiveLayout = ({ content }) =>
  html`<nav>${liveRender(Counter, { id: "sticky", sticky: true, session: { from: 0, name: "sticky" } })}</nav>${content}`

const app = router(
  scope("/", browser, { layout: root }, [
    liveSession("main", { layout, views: [Counter] }, [
      live(path.home, Home),
      live(path.other, Other),
    ]),
    get(path.report, async (conn) => {
      const session = { from: 9, name: "report" }
      const view = await liveRender(conn, Counter, { id: "report", secret, session })
      return conn.page({ title: "Report", content: html`<h1>Report</h1>${view}` })
    }),
  ]),
)

async function start() {
  run++
  ends.length = 0
  const pubsub = await startPubSub()
  const sockets = { "/live": liveSocket({ router: app, pubsub, secret, park: false }) } as const
  const server = await endpoint({ router: app, port: 0, host: "127.0.0.1", sockets }).start(
    new AbortController().signal,
  )
  const { origin } = server.url
  return { pubsub, origin, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}
const shows = (page: BrowserPage, selector: string, text: string | null) =>
  until(() => expect(page.text(selector)).toBe(text))
async function open(origin: string, at = "/home"): Promise<BrowserPage> {
  const page = await browse(origin + at)
  await until(() => {
    const all = page.document.querySelectorAll("[data-phx-session]").length
    expect(page.document.querySelectorAll("[data-phx-session].phx-connected").length).toBe(all)
  })
  return page
}
const click = (event: string) => ({ type: "click", event, value: {} })
const joins = (page: BrowserPage, topic: string) =>
  page.frames.filter(
    ({ dir, data }) => dir === "out" && data[2] === topic && data[3] === "phx_join",
  )

describe("a view in a view", () => {
  it("stands in the page's first answer with everything in it, and without a session", async () => {
    await using app = await start()
    const text = await (await fetch(`${app.origin}/home`)).text()
    const id = /<div id="(phx-[^"]+)"/.exec(text)?.[1]
    expect(text).toMatch(
      new RegExp(
        `<section id="kid" class="box" data-phx-parent-id="${id}" data-phx-session="" data-phx-static="[^"]+"><b id="kid-count">3</b>`,
      ),
    )
    expect(text).toContain('<div id="kid-leaf" data-phx-parent-id="kid" data-phx-session=""')
    expect(text).toContain('<i class="leaf">dead</i>')
  })

  it("joins by itself, with a process, a scope and events of its own", async () => {
    await using app = await start()
    using page = await open(app.origin)
    await shows(page, "#kid .leaf", "live")
    expect(page.text("#kid-by")).toBe("ada")
    page.click("#kid-inc")
    await shows(page, "#kid-count", "4")
    page.click("#touch")
    await shows(page, "#touched", "1")
    expect(page.text("#kid-count")).toBe("4")
    await app.pubsub.broadcast(ticked, "eve")
    await shows(page, "#kid-by", "eve")
  })

  it("leaves when its element goes, and comes back as another", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#kid-inc")
    await shows(page, "#kid-count", "4")
    page.click("#hide")
    await until(() => expect(ends).toEqual(["kid left"]))
    expect(page.document.querySelector("#kid")).toBeNull()
    page.click("#hide")
    await shows(page, "#kid-count", "3")
  })

  it("is let in that was opened again before its page could say that it had closed it", async () => {
    const pubsub = await startPubSub()
    const handler = liveSocket({ router: app, pubsub, secret, park: false })
    const page = await getPage(app, "/home")
    const wire = await Wire.open(handler, page)
    const around = `lv:${page.id}`
    const kid = async (text: string) => {
      const session = /id=\\"kid\\".*?data-phx-session=\\"([^"\\]+)/.exec(text)?.[1]
      const params = { _csrf_token: page.csrf, _mounts: 0, _mount_attempts: 0 }
      const payload = { session, static: null, sticky: false, params }
      return JSON.stringify(await wire.ask("lv:kid", "phx_join", payload, "kid"))
    }
    const touch = () => wire.ask(around, "event", click("touch"), "1")
    const joined = await wire.ask(around, "phx_join", joinPayload(page, "/home"), "1")
    expect(await kid(JSON.stringify(joined))).toContain('"1":"3"')
    await wire.ask("lv:kid", "event", click("inc"), "kid")
    wire.send(around, "event", click("hide"), "1")
    const opened = await wire.ask(around, "event", click("hide"), "1")
    await wire.ask("lv:kid", "phx_leave", {}, "kid")
    expect(await kid(JSON.stringify(opened))).toContain('"1":"3"')
    // it stands where it stood: nothing is sent for it
    expect(await touch()).toEqual({ status: "ok", response: { diff: { 1: { 0: "1" } } } })
    wire.close()
  })

  it("crashes alone, and is joined again into the same parent", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#touch")
    page.click("#kid-inc")
    await shows(page, "#kid-count", "4")
    page.click("#kid-fail")
    await shows(page, "#kid-count", "3")
    await until(() => expect(joins(page, "lv:kid")).toHaveLength(2))
    expect(page.text("#touched")).toBe("1")
    await until(() => expect(ends).toEqual(["kid crashed"]))
  })

  it("ends with its parent, and is joined into the next one", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#kid-inc")
    await shows(page, "#kid-count", "4")
    page.click("#fail")
    await shows(page, "#kid-count", "3")
    await until(() => expect(ends).toEqual(["kid left"]))
    page.click("#kid-inc")
    await shows(page, "#kid-count", "4")
    expect(page.navigations).toEqual([])
  })

  it("comes back with its parent when the connection was lost, and loads no page for that", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#kid-inc")
    await shows(page, "#kid-count", "4")
    page.window.eval("liveSocket.getSocket().conn.close(4000)")
    await shows(page, "#kid-count", "3")
    page.click("#kid-inc")
    await shows(page, "#kid-count", "4")
    await shows(page, "#kid .leaf", "live")
    expect(page.navigations).toEqual([])
    const refused = page.frames.filter(({ data }) => JSON.stringify(data).includes("stale"))
    expect(refused).toEqual([])
  })

  it("patches its page through the root, and may send it elsewhere", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#kid-patch")
    await shows(page, "#tab", "two")
    expect(page.window.location.search).toBe("?tab=two")
    page.click("#kid-away")
    await shows(page, "#other", "other")
    await until(() => expect(ends).toEqual(["kid left"]))
  })

  it("is stale for another socket, and once its parent is gone", async () => {
    await using app = await start()
    using page = await open(app.origin)
    using another = await open(app.origin)
    const session = page.document.querySelector("#kid")?.getAttribute("data-phx-session")
    another.window.eval(`
      const channel = liveSocket.getSocket().channel("lv:kid", { session: ${JSON.stringify(session)}, static: null, params: {} })
      channel.join().receive("error", (response) => { window.refused_ = response })`)
    await until(() => expect(another.window.eval("window.refused_")).toEqual({ reason: "stale" }))
    // nor does another child's token fit its topic
    another.window.eval(`
      const forged = liveSocket.getSocket().channel("lv:else", { session: ${JSON.stringify(session)}, static: null, params: {} })
      forged.join().receive("error", (response) => { window.forged_ = response })`)
    await until(() => expect(another.window.eval("window.forged_")).toEqual({ reason: "stale" }))
  })
})

describe("a sticky view", () => {
  it("joins as a root, and lives on through live navigation", async () => {
    await using app = await start()
    using page = await open(app.origin)
    const [join] = joins(page, "lv:sticky")
    expect(join?.data[4]).toMatchObject({ sticky: true })
    page.click("#sticky-inc")
    await shows(page, "#sticky-count", "1")
    page.click("#to-other")
    await shows(page, "#other", "other")
    expect(page.text("#sticky-count")).toBe("1")
    page.click("#sticky-inc")
    await shows(page, "#sticky-count", "2")
    page.click("#to-home")
    await shows(page, "#kid-count", "3")
    expect(page.text("#sticky-count")).toBe("2")
    expect(joins(page, "lv:sticky")).toHaveLength(1)
    expect(ends).toEqual(["kid left"])
  })

  it("sends its page elsewhere and stays", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#sticky-inc")
    page.click("#sticky-away")
    await shows(page, "#other", "other")
    expect(page.text("#sticky-count")).toBe("1")
    page.click("#sticky-inc")
    await shows(page, "#sticky-count", "2")
  })

  it("joins again behind its first page's pipeline when the connection was lost", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#to-other")
    await shows(page, "#other", "other")
    page.click("#sticky-inc")
    await shows(page, "#sticky-count", "1")
    page.window.eval("liveSocket.getSocket().conn.close(4000)")
    await shows(page, "#sticky-count", "0")
    page.click("#sticky-inc")
    await shows(page, "#sticky-count", "1")
  })
})

describe("a view in a controller's page", () => {
  it("is joined through the same controller, with what that gives it", async () => {
    await using app = await start()
    using page = await open(app.origin, "/report")
    expect(page.text("#report-count")).toBe("9")
    expect(page.document.querySelector("#report")?.getAttribute("data-phx-main")).toBeNull()
    page.click("#report-inc")
    await shows(page, "#report-count", "10")
  })
})

describe("liveRender", () => {
  it("is refused where nobody declared the view, and outside of views", async () => {
    const Careless = liveView({
      public: true,
      render: () => html`${liveRender(Leaf, { id: "l" })}`,
    })
    await expect(mount(Careless, { scope: { name: "ada" } })).rejects.toThrow("does not declare it")
    expect(() => String(html`${liveRender(Leaf, { id: "l" })}`)).toThrow("outside of a live view")
  })

  it("renders the same element each time, so that nothing is sent for it", async () => {
    await using page = await mount(Home, { scope: { name: "ada" } })
    await page.element("#touch").click()
    expect(page.frames).toEqual([{ "0": "1" }])
    await using kid = await page.nested("kid")
    await kid.element("#kid-inc").click()
    expect(kid.html()).toContain('<b id="kid-count">4</b>')
    await using leaf = await kid.nested("kid-leaf")
    expect(leaf.html()).toContain("live")
    await expect(page.nested("nobody")).rejects.toThrow('no view "nobody"')
    await kid.element("#kid-patch").click()
    await page.settled()
    expect(page.navigations).toEqual([{ kind: "patch", to: "/home?tab=two", replace: false }])
  })
})
