import { BennuError } from "@bennu/core"
import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import { get, type Layout, post, scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import type { Browser, BrowserContext, Page as Tab } from "playwright"
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest"
import { browser, liveView, secret, startPubSub } from "../fixtures/app.ts"
import { launchChrome } from "../fixtures/chrome.ts"
import {
  Events,
  Forms,
  layout,
  Navigation,
  Other,
  Page,
  Sticky,
  Tree,
} from "../fixtures/protocol/views.ts"
import { clientHooks, live, liveSession, liveSocket, pushNavigate, redirect } from "./index.ts"
import { clientLayout } from "./testing/browser/client-page.ts"

// The sections of the LiveView protocol, each with the official client in Chromium over a real socket.

const path = paths({
  ...{
    events: "/events",
    tree: "/tree",
    navigation: "/navigation",
    other: "/other",
    forms: "/forms",
  },
  ...{
    page: "/page",
    admin: "/admin",
    gone: "/gone",
    moved: "/moved",
    hop: "/hop",
    plain: "/plain",
  },
  posted: "POST /posted",
})
class GoneError extends BennuError {
  readonly code = "ERR_TEST_GONE"
  override readonly status = 410
}
const Gone = liveView({
  public: true,
  mount: ({ connected }) => {
    if (connected) throw new GoneError("gone")
    return {}
  },
  render: () => html`<h1 id="dead">not yet gone</h1>`,
})
const Moved = liveView({
  public: true,
  mount: ({ connected }) => (connected ? redirect("/other") : {}),
  render: () => html`<h1>moving</h1>`,
})
const Hop = liveView({
  public: true,
  mount: ({ putFlash }) => {
    putFlash("info", "hopped")
    return pushNavigate("/other")
  },
  render: () => html`<h1>nobody stays here</h1>`,
})
const views = [
  live(path.events, Events),
  live(path.tree, Tree),
  live(path.navigation, Navigation),
  live(path.other, Other),
  live(path.forms, Forms),
  live(path.page, Page),
  live(path.gone, Gone),
  live(path.moved, Moved),
  live(path.hop, Hop),
]
const session = liveSession("main", { layout, views: [Sticky] }, views)
const client = clientLayout(clientHooks(session), {})
const root: Layout = (page) =>
  html`${client({
    ...page,
    head: html`${page.head}<link phx-track-static rel="stylesheet" href="/app-old.css">`,
    content: html`${page.content}<div id="elsewhere"></div>`,
  })}`
const app = router(
  scope("/", browser, { layout: root }, [
    session,
    liveSession("admin", {}, [live(path.admin, Other)]),
    get(path.plain, (conn) => conn.text("plain")),
    post(path.posted, (conn) => conn.text("posted")),
  ]),
)

let chrome: Browser
let origin = ""
let port = 0
let server: AsyncDisposable
let context: BrowserContext
async function serve(): Promise<void> {
  const sockets = {
    "/live": liveSocket({
      router: app,
      pubsub: await startPubSub(),
      secret,
      assets: () => ["/app-new.css"],
    }),
  } as const
  const started = await endpoint({ router: app, port, host: "127.0.0.1", sockets }).start(
    new AbortController().signal,
  )
  server = started
  origin = started.url.origin
  port = Number(started.url.port)
}
beforeAll(async () => {
  chrome = await launchChrome()
  await serve()
}, 60_000)
afterAll(async () => {
  await chrome.close()
  await server[Symbol.asyncDispose]()
})
afterEach(() => context.close())

async function open(at: string): Promise<Tab> {
  context = await chrome.newContext({ baseURL: origin })
  const tab = await context.newPage()
  await tab.goto(at)
  await joined(tab)
  return tab
}
const joined = (tab: Tab) => tab.waitForSelector("[data-phx-main].phx-connected")
function shows(tab: Tab, selector: string, text: string | RegExp): Promise<void> {
  const read = async () =>
    (await tab.locator(selector).first().textContent())?.replaceAll(/\s+/g, " ").trim()
  const polled = expect.poll(read, { timeout: 10_000, interval: 20 })
  return typeof text === "string" ? polled.toBe(text) : polled.toMatch(text)
}
/** What the page got, as far as it says this. */
const got = (tab: Tab, event: string): Promise<unknown[][]> =>
  tab.evaluate(`window.bennu.frames.filter(([, , , event]) => event === ${JSON.stringify(event)})`)

describe("section 2: the dead render", () => {
  it("is a whole page with tokens, without anything that the client writes", async () => {
    context = await chrome.newContext({ baseURL: origin, javaScriptEnabled: false })
    const tab = await context.newPage()
    await tab.goto("/navigation?tab=two")
    await shows(tab, "#tab", "two")
    const main = tab.locator("[data-phx-main]")
    expect(await main.getAttribute("id")).toMatch(/^phx-/)
    expect(await main.getAttribute("data-phx-session")).not.toBe("")
    expect(await main.getAttribute("data-phx-static")).not.toBeNull()
    expect(await tab.locator("#kid").getAttribute("data-phx-session")).toBe("")
    expect(await tab.locator("#sticky").getAttribute("data-phx-session")).not.toBe("")
    expect(await main.innerHTML()).not.toMatch(/data-phx-(id|component|ref|skip|root-id)=/)
    expect(await tab.title()).toBe("Tab two")
  })
})

describe("sections 3 and 4: joining", () => {
  it("mounts with the page's address, its tracked files and its container", async () => {
    const tab = await open("/navigation?tab=here")
    await shows(tab, "#tab", "here")
    await shows(tab, "#mounts", "0")
    await shows(tab, "#static", "changed")
    await tab.click("#to-other")
    await shows(tab, "#other", "other")
    await expect.poll(() => tab.locator("[data-phx-main]").getAttribute("class")).toContain("to")
  })

  it("loads the page that shows why it failed, follows redirects, and leaves live sessions", async () => {
    const tab = await open("/navigation")
    const [answer] = await Promise.all([
      tab.waitForResponse((response) => response.status() === 410),
      tab.click("#to-gone"),
    ])
    expect(answer.url()).toBe(`${origin}/gone`)
    await tab.waitForURL("**/gone")
    await tab.goto("/moved")
    await tab.waitForURL("**/other")
    await joined(tab)
    await tab.goto("/navigation")
    await joined(tab)
    await tab.evaluate("window.stays = true")
    await tab.click("#to-hop")
    await tab.waitForURL("**/other")
    await shows(tab, "#flash", "hopped")
    expect(await tab.evaluate("window.stays")).toBe(true)
    await tab.goBack()
    await joined(tab)
    await tab.click("#to-admin")
    await tab.waitForURL("**/admin")
    await joined(tab)
    expect(await tab.evaluate("window.stays")).toBeUndefined()
  })
})

describe("section 5: events of the page", () => {
  it("come with the values of their elements, by keys, focus, clicks elsewhere and commands", async () => {
    const tab = await open("/events")
    await tab.click("#click")
    await tab.press("#keys", "a")
    await tab.press("#keys", "Enter")
    await tab.press("#keys", "Escape")
    await tab.focus("#blur")
    await tab.click("#js")
    await shows(tab, "#seen", /from/)
    const seen = await tab.locator("#seen li").allTextContents()
    const others = seen.map((text): unknown => JSON.parse(text))
    expect(others).toContainEqual({ a: "1", "b-c": "2", value: "bv" })
    expect(others).toContainEqual({ key: "Enter", value: "akv" })
    expect(others).toContainEqual({ key: "Escape" })
    expect(others).toContainEqual({ value: "fv" })
    expect(others).toContainEqual({ from: "js", value: "" })
    expect(others.filter((value) => "key" in Object(value))).toHaveLength(2)
    // clicks elsewhere: those on the buttons
    expect(others).toContainEqual({})
  })

  it("come of forms with what was touched, its target and hidden fields", async () => {
    const tab = await open("/events")
    await tab.fill('[name="u[name]"]', "a b&c")
    await shows(tab, "#seen li", /a b&c/)
    const [seen = "{}"] = await tab.locator("#seen li").allTextContents()
    expect(JSON.parse(seen)).toEqual({
      u: { name: "a b&c", _unused_tags: [""], tags: [""] },
      h: "hv",
      _target: ["u", "name"],
    })
  })
})

describe("section 6: answers and pushes", () => {
  it("unlock what was clicked, and push events before and after the patch", async () => {
    const tab = await open("/events")
    await tab.evaluate(`
      window.order = []
      for (const name of ["before", "after"]) {
        window.addEventListener("phx:" + name, () => window.order.push(name + document.querySelector("#n").textContent))
      }`)
    await tab.click("#ordered")
    await shows(tab, "#n", "1")
    expect(await tab.evaluate("window.order")).toEqual(["before0", "after1"])
    expect(await tab.locator("[data-phx-ref-lock], [data-phx-ref-loading]").count()).toBe(0)
  })
})

describe("sections 7 and 8: the tree", () => {
  it("moves rows as the elements that they are, and sends statics once", async () => {
    const tab = await open("/tree")
    await tab.evaluate(`document.querySelector("#rows li").marked = true`)
    await tab.click("#rotate")
    await shows(tab, "#rows", "yzx")
    expect(await tab.evaluate(`document.querySelector("#rows li:last-child").marked`)).toBe(true)
    for (const shown of [1, 0, 1, 0]) {
      await tab.click("#show")
      await expect.poll(() => tab.locator("#shown").count()).toBe(shown)
    }
  })
})

describe("section 9: streams", () => {
  it("insert, limit, delete and start anew in the page alone", async () => {
    const tab = await open("/tree")
    await shows(tab, "#items", "ab")
    await tab.click("#insert")
    await shows(tab, "#items", "nab")
    await tab.click("#remove")
    await shows(tab, "#items", "nb")
    await tab.evaluate(`document.querySelector("#items-b").marked = true`)
    await tab.click("#reset")
    await shows(tab, "#items", "qB")
    expect(await tab.evaluate(`document.querySelector("#items-b").marked`)).toBe(true)
  })
})

describe("section 10: live components", () => {
  it("get their events, are let go of, and come back as others", async () => {
    const tab = await open("/tree")
    await tab.click("#part")
    await shows(tab, "#part", "P 1")
    await tab.click("#other")
    await shows(tab, "#other", "O 1")
    await tab.click("#toggle")
    await expect.poll(() => tab.locator("#part").count()).toBe(0)
    await expect
      .poll(async () => JSON.stringify(await got(tab, "phx_reply")))
      .toContain('"response":{"cids":[')
    await tab.click("#toggle")
    await shows(tab, "#part", "P 0")
    await shows(tab, "#other", "O 1")
  })
})

describe("section 11: navigation", () => {
  it("patches by links and by the server, replaces, and goes back and forth", async () => {
    const tab = await open("/navigation")
    await tab.click("#to-patch")
    await shows(tab, "#tab", "two")
    await tab.click("#patch")
    await shows(tab, "#tab", "pushed")
    await tab.click("#to-replace")
    await shows(tab, "#tab", "replaced")
    await tab.goBack()
    await shows(tab, "#tab", "two")
    await tab.goForward()
    await shows(tab, "#tab", "replaced")
    await expect.poll(() => tab.title()).toBe("Tab replaced")
    await shows(tab, "#mounts", "0")
  })

  it("navigates on the same page and back, joining the other view", async () => {
    const tab = await open("/navigation?tab=x")
    await tab.evaluate("window.stays = true")
    await tab.click("#to-other")
    await shows(tab, "#other", "other")
    await expect.poll(() => tab.title()).toBe("Other")
    await tab.goBack()
    await shows(tab, "#tab", "x")
    expect(await tab.evaluate("window.stays")).toBe(true)
  })
})

describe("section 12: views in views", () => {
  it("live and crash alone; sticky ones stay when the page goes elsewhere", async () => {
    const tab = await open("/navigation")
    await tab.click("#kid-more")
    await shows(tab, "#kid-more", "6")
    await tab.click("#sticky-more")
    await shows(tab, "#sticky-more", "1")
    await tab.click("#to-patch")
    await shows(tab, "#tab", "two")
    await tab.click("#kid-fail")
    await shows(tab, "#kid-more", "5")
    await shows(tab, "#tab", "two")
    await tab.click("#to-other")
    await shows(tab, "#other", "other")
    await tab.click("#sticky-more")
    await shows(tab, "#sticky-more", "2")
  })
})

describe("section 13: flash", () => {
  it("goes along with navigation and with a page load, once, and is cleared by the page", async () => {
    const tab = await open("/navigation")
    await tab.click("#navigate")
    await shows(tab, "#other", "other")
    await shows(tab, "#flash", "carried")
    await tab.goto("/navigation")
    await joined(tab)
    await tab.click("#put")
    await shows(tab, "#flash", "here")
    await tab.click("#clear")
    await shows(tab, "#flash", "")
    await tab.click("#leave")
    await tab.waitForURL("**/other?full=1")
    await shows(tab, "#flash", "cookie")
    await tab.reload()
    await joined(tab)
    await shows(tab, "#flash", "")
  })
})

describe("section 14: uploads", () => {
  it("sends a file in chunks, tells how far it is, refuses what is not accepted, and consumes it", async () => {
    const tab = await open("/forms")
    const file = (name: string, content: string) => ({
      ...{ name, mimeType: "text/plain", buffer: Buffer.from(content) },
    })
    await tab.setInputFiles("#upload input[type=file]", file("large.txt", "x".repeat(2000)))
    await shows(tab, "#errors", "too_large")
    await tab.setInputFiles("#upload input[type=file]", file("small.txt", "hello"))
    await shows(tab, "#errors", "")
    await tab.click("#save")
    await shows(tab, "#saved", "small.txt")
    await shows(tab, "#progress", "")
  })
})

describe("section 15: forms", () => {
  it("are recovered after a crash: by their own event, by another, or not at all", async () => {
    const tab = await open("/forms")
    await tab.fill("#name", "typed")
    await shows(tab, "#name-said", "typed")
    await tab.fill("#kept", "this")
    await tab.fill("#unkept input", "that")
    await shows(tab, "#other-said", "that")
    await tab.click("#fail")
    await shows(tab, "#name-said", "typed")
    await shows(tab, "#kept-said", "recovered this")
    await shows(tab, "#other-said", "")
  })

  it("are recovered with fields of each kind", async () => {
    const tab = await open("/forms")
    await tab.check("#kinds input[value=L]")
    await tab.selectOption("#kinds select", ["red", "blue"])
    await tab.check("#kinds input[name=agreed]")
    await tab.fill("#kinds textarea", "two\nlines")
    const all = /^L, two lines, red\+blue, yes$/
    await shows(tab, "#kinds-said", all)
    await tab.click("#fail")
    await tab.waitForSelector("[data-phx-main].phx-error", { state: "attached" })
    await joined(tab)
    await shows(tab, "#kinds-said", all)
  })

  it("keep what has the focus, and are posted when the view says so", async () => {
    const tab = await open("/forms")
    await tab.fill("#name", "mine")
    await shows(tab, "#name-said", "mine")
    await tab.focus("#name")
    await tab.evaluate(`document.querySelector("#fill").click()`)
    await shows(tab, "#n", "1")
    expect(await tab.inputValue("#name")).toBe("mine")
    await tab.click("#trigger")
    await tab.waitForURL("**/posted")
    expect(await tab.textContent("body")).toBe("posted")
  })
})

describe("section 16: commands of the page", () => {
  it("change classes and attributes, show and hide, focus, dispatch and execute others, and outlive patches", async () => {
    const tab = await open("/page")
    await tab.evaluate(`
      document.querySelector("#box").addEventListener("custom", ({ detail }) => { window.detail = detail })`)
    await tab.click("#cmd")
    const box = tab.locator("#box")
    await expect.poll(() => box.getAttribute("class")).toBe("on")
    expect(await box.getAttribute("data-x")).toBe("1")
    expect(await tab.evaluate("window.detail")).toMatchObject({ a: 1 })
    expect(await tab.evaluate("document.activeElement.id")).toBe("focused")
    await tab.click("#more")
    await shows(tab, "#more", "1")
    expect(await box.getAttribute("class")).toBe("on")
    await tab.click("#hide-box")
    await expect.poll(() => box.isVisible()).toBe(false)
    await tab.click("#toggle-box")
    await expect.poll(() => box.isVisible()).toBe(true)
    await tab.click("#exec")
    await expect.poll(() => box.getAttribute("class")).toContain("executed")
  })
})

describe("section 17: hooks", () => {
  it("are mounted and updated, push and get replies, and hear what the view says", async () => {
    const tab = await open("/page")
    const chart = tab.locator("#chart")
    await expect.poll(() => chart.getAttribute("title")).toBe('{"twice":6}')
    await tab.click("#draw")
    await expect.poll(() => chart.getAttribute("lang")).toBe("drawn")
    await tab.click("#more")
    await expect.poll(() => chart.getAttribute("class")).toBe("updated")
    await tab.focus("#last")
    await tab.keyboard.press("Tab")
    await expect.poll(() => tab.evaluate("document.activeElement.id")).toBe("first")
  })
})

describe("section 18: attributes with a meaning", () => {
  it("leaves ignored elements alone but for their data, runs commands as elements come and go, and teleports", async () => {
    const tab = await open("/page")
    await tab.evaluate(`document.querySelector("#ignored").textContent = "the page's"`)
    await tab.click("#more")
    await expect.poll(() => tab.getAttribute("#ignored", "data-n")).toBe("1")
    await shows(tab, "#ignored", "the page's")
    await expect.poll(() => tab.getAttribute("#mounted", "class")).toContain("was-mounted")
    await tab.click("#elsewhere #in-portal")
    await shows(tab, "#elsewhere #in-portal", "1")
    await tab.click("#hide")
    await expect.poll(() => tab.locator("#removed.fading").count()).toBe(1)
    await expect.poll(() => tab.locator("#removed").count()).toBe(0)
  })
})

describe("section 19: crashes and recovery", () => {
  it("joins again after a crash, and after the server was away", async () => {
    const tab = await open("/navigation?tab=kept")
    await tab.click("#fail")
    await shows(tab, "#mounts", "1")
    await shows(tab, "#tab", "kept")
    await server[Symbol.asyncDispose]()
    await tab.waitForSelector("[data-phx-main].phx-client-error", { state: "attached" })
    await serve()
    await shows(tab, "#mounts", "2")
    await joined(tab)
    await shows(tab, "#tab", "kept")
  })
})

describe("section 20: title, work that takes time, timers", () => {
  it("comes with diffs, by itself", async () => {
    const tab = await open("/page")
    expect(await tab.title()).toBe("Count 0")
    await tab.click("#more")
    await expect.poll(() => tab.title()).toBe("Count 1")
    await shows(tab, "#async", "42")
    await shows(tab, "#ticks", "3 late")
  })
})
