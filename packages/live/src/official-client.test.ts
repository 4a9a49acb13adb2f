import { endpoint } from "@bennu/endpoint"
import { each, html } from "@bennu/html"
import { get, scope } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { type BrowserPage, browse } from "../fixtures/browser.ts"
import { until } from "../fixtures/wire.ts"
import { JS, link, live, liveSession, liveSocket, on } from "./index.ts"

const path = paths({ kitchen: "/kitchen", other: "/other", admin: "/admin", plain: "/plain" })
const added = topic("added", z.object({ id: z.string(), text: z.string() }))

const Kitchen = liveView({
  params: z.object({ tab: z.string().default("one") }),
  public: true,
  events: {
    inc: {},
    fail: {},
    notify: {},
    leave: {},
    jump: {},
    validate: z.object({ name: z.string(), _target: z.array(z.string()) }),
    save: z.object({ name: z.string() }),
    ask: z.object({ question: z.string() }),
  },
  mount: ({ mounts }) => ({
    count: 0,
    mounts,
    name: "",
    error: "",
    items: [{ id: "a", text: "A" }],
  }),
  handleEvent: {
    inc: (socket) => socket.update("count", (count) => count + 1),
    fail: () => {
      throw new Error("oops")
    },
    notify: (socket) => socket.putFlash("info", "noted").pushEvent("noted", { count: 1 }),
    leave: (socket) => socket.putFlash("info", "from the kitchen").pushNavigate("/other"),
    jump: (socket) => socket.pushPatch("/kitchen?tab=jumped"),
    validate: (socket, { name, _target }) =>
      socket.assign({ name, error: name.length < 3 ? `${_target.join()} is too short` : "" }),
    save: (socket, { name }) => socket.assign({ name: "", error: `saved ${name}` }),
    ask: (socket, { question }) => socket.reply({ answer: question.length }),
  },
  subscribe: (_) => [
    on(added, (socket, item) => socket.update("items", (items) => [item, ...items])),
  ],
  title: ({ count }) => `Kitchen ${count}`,
  render: (
    { count, mounts, name, error, items },
    { inc, fail, notify, leave, jump, validate, save },
    { flash, url },
  ) => html`<h1 id="count" data-mounts="${mounts}">${count}</h1>
    <p id="tab">${url.searchParams.get("tab")}</p><p id="flash" phx-click="lv:clear-flash">${flash.info}</p>
    <button id="inc" phx-click="${JS.push(inc).addClass("pushed", { to: "#count" })}">+</button>
    <button id="fail" phx-click="${fail}">fail</button><button id="notify" phx-click="${notify}">notify</button>
    <button id="leave" phx-click="${leave}">leave</button><button id="jump" phx-click="${jump}">jump</button>
    <a id="to-two" ${link({ patch: "/kitchen?tab=two" })}>two</a>
    <a id="to-other" ${link({ navigate: "/other" })}>other</a>
    <a id="to-admin" ${link({ navigate: "/admin" })}>admin</a>
    <form id="form" phx-change="${validate}" phx-submit="${save}"><input id="name" name="name" value="${name}">
      ${error && html`<b id="error">${error}</b>`}<button id="save">save</button></form>
    <ul id="items">${each(
      items,
      ({ id }) => id,
      ({ id, text }) => html`<li id="${id}">${text}</li>`,
    )}</ul><i id="hook" phx-hook="Ask"></i>`,
})
const Other = liveView({
  public: true,
  mount: () => ({}),
  title: "Other",
  render: (_, __, { flash }) => html`<h1 id="other">other</h1><p id="flash">${flash.info}</p>`,
})

const app = router(
  scope("/", browser, { layout: root }, [
    live(path.kitchen, Kitchen),
    live(path.other, Other),
    liveSession("admin", {}, [live(path.admin, Other)]),
    get(path.plain, (conn) => conn.text("plain")),
  ]),
)

async function start() {
  const pubsub = await startPubSub()
  const sockets = { "/live": liveSocket({ router: app, pubsub, secret, park: false }) } as const
  const server = await endpoint({ router: app, port: 0, host: "127.0.0.1", sockets }).start(
    new AbortController().signal,
  )
  const origin = server.url.origin
  return { pubsub, server, origin, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

const asking = `window.hooks_ = { Ask: { mounted() {
  this.handleEvent("noted", (payload) => { window.noted_ = payload })
  window.ask_ = (question) => this.pushEvent("ask", { question }, (reply) => { window.answer_ = reply })
} } }`

async function open(origin: string, at = "/kitchen"): Promise<BrowserPage> {
  const page = await browse(origin + at, { before: asking })
  await until(() =>
    expect(page.document.querySelector("[data-phx-main].phx-connected")).not.toBeNull(),
  )
  return page
}
/** A page takes as long as the machine does. */
const shows = (page: BrowserPage, selector: string, text: string | null) =>
  until(() => expect(page.text(selector)).toBe(text))

describe("the official client", () => {
  it("joins, clicks, and sets the title", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#inc")
    await shows(page, "#count", "1")
    page.click("#inc")
    await shows(page, "#count", "2")
    await until(() => expect(page.document.title).toBe("Kitchen 2"))
    expect(page.document.querySelector("#count")?.getAttribute("class")).toContain("pushed")
    // nothing is locked or loading any more
    expect(
      page.document.querySelectorAll("[data-phx-ref-lock], [data-phx-ref-loading]"),
    ).toHaveLength(0)
  })

  it("validates while typing, and submits", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.type("#name", "ab")
    await shows(page, "#error", "name is too short")
    page.type("#name", "abc")
    await shows(page, "#error", null)
    page.click("#save")
    await shows(page, "#error", "saved abc")
  })

  it("patches, by a link and by the server, and goes back", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#inc")
    await shows(page, "#count", "1")
    page.click("#to-two")
    await shows(page, "#tab", "two")
    await until(() => expect(page.window.location.search).toBe("?tab=two"))
    page.click("#jump")
    await shows(page, "#tab", "jumped")
    await until(() => expect(page.window.location.search).toBe("?tab=jumped"))
    page.window.eval("history.back()")
    await shows(page, "#tab", "two")
    expect(page.text("#count")).toBe("1")
  })

  it("navigates on the same topic, with its flash, and back", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#leave")
    await shows(page, "#other", "other")
    await shows(page, "#flash", "from the kitchen")
    expect(page.window.location.pathname).toBe("/other")
    await until(() => expect(page.document.title).toBe("Other"))
    page.window.eval("history.back()")
    await shows(page, "#count", "0")
    page.click("#to-other")
    await shows(page, "#other", "other")
    await shows(page, "#flash", "")
  })

  it("loads the page to get into another live session", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#to-admin")
    await until(() => expect(page.navigations.join()).toContain("navigation"))
    expect(page.frames.some(({ data }) => JSON.stringify(data).includes("unauthorized"))).toBe(true)
  })

  it("shows and clears flash, hears pushed events, and gets replies for hooks", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#notify")
    await shows(page, "#flash", "noted")
    await until(() => expect(page.window.eval("window.noted_")).toEqual({ count: 1 }))
    page.click("#flash")
    await shows(page, "#flash", "")
    page.window.eval(`window.ask_("why?")`)
    await until(() => expect(page.window.eval("window.answer_")).toEqual({ answer: 4 }))
  })

  it("shows what is broadcast, in all pages at once", async () => {
    await using app = await start()
    using page = await open(app.origin)
    using another = await open(app.origin)
    await app.pubsub.broadcast(added, { id: "b", text: "B" })
    await app.pubsub.broadcast(added, { id: "c", text: "C" })
    await shows(page, "#items", "CBA")
    await shows(another, "#items", "CBA")
  })

  it("joins again after a crash, and recovers the form that was filled in", async () => {
    await using app = await start()
    using page = await open(app.origin)
    using another = await open(app.origin)
    another.click("#inc")
    page.type("#name", "ab")
    await shows(page, "#error", "name is too short")
    page.click("#fail")
    await until(() =>
      expect(page.document.querySelector("#count")?.getAttribute("data-mounts")).toBe("1"),
    )
    await shows(page, "#error", "name is too short")
    expect(another.text("#count")).toBe("1")
  })

  it("is cut off when it sends more than a socket takes, and others notice nothing", async () => {
    await using app = await start()
    using page = await open(app.origin)
    using another = await open(app.origin)
    page.window.eval(`window.ask_("x".repeat(10_000_000))`)
    await until(() =>
      expect(page.document.querySelector("#count")?.getAttribute("data-mounts")).toBe("1"),
    )
    another.click("#inc")
    await shows(another, "#count", "1")
    expect(another.document.querySelector("#count")?.getAttribute("data-mounts")).toBe("0")
  })

  it("comes back by itself when the server restarts", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#inc")
    await shows(page, "#count", "1")
    page.window.eval("liveSocket.getSocket().conn.close(4000)")
    await shows(page, "#count", "0")
    expect(page.document.querySelector("#count")?.getAttribute("data-mounts")).toBe("1")
  })

  it("is asked to come back later when the server stops", async () => {
    const app = await start()
    using page = await open(app.origin)
    page.window.eval("liveSocket.getSocket().onClose((event) => { window.closed_ ??= event.code })")
    await app[Symbol.asyncDispose]()
    await until(() => expect(page.window.eval("window.closed_")).toBe(1012))
  })
})
