import { html } from "@bennu/html"
import { type Layout, type Plug, pipeline, get as route, scope } from "@bennu/plug"
import { nonceOf, secureHeaders } from "@bennu/plug/headers"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { browser, liveView, secret, startPubSub } from "../fixtures/app.ts"
import { type DeadPage, get, joinPayload, Wire } from "../fixtures/wire.ts"
import { type LiveLayout, live, liveRender, liveSession, liveSocket } from "./index.ts"

const path = paths({ here: "/here", there: "/there", about: "/about" })
const styled = liveView({
  public: true,
  events: { more: {} },
  mount: () => ({ count: 0 }),
  handleEvent: { more: (socket) => socket.update("count", (count) => count + 1) },
  render: ({ count }, _, { nonce }) =>
    html`${count > 0 && html`<style nonce="${nonce}">p { order: ${count} }</style>`}<p>${nonce}</p>`,
})
const Child = liveView({ public: true, render: (_, __, { nonce }) => html`<i>${nonce}</i>` })
const There = liveView({
  public: true,
  views: [Child],
  render: (_, __, { nonce }) => html`<b>${nonce}</b>${liveRender(Child, { id: "child" })}`,
})
const liveLayout: LiveLayout = ({ content, nonce }) =>
  html`<u>${nonce}</u>${liveRender(Child, { id: "kept", sticky: true })}${content}`
const layout: Layout = ({ head, content, csrfToken, nonce }) => html`<!doctype html>
<html><head><meta name="csrf-token" content="${csrfToken}"><script nonce="${nonce}"></script>${head}</head><body>${content}</body></html>`

const pages = pipeline(secureHeaders(), browser)
const app = router(
  scope("/", pages, { layout }, [
    liveSession("site", { layout: liveLayout, views: [Child] }, [
      live(path.here, styled),
      live(path.there, There),
    ]),
    route(path.about, async (conn) =>
      conn.page({ title: "", content: await liveRender(conn, Child, { id: "island", secret }) }),
    ),
  ]),
)
const handler = liveSocket({ router: app, pubsub: await startPubSub(), secret })

const nonceIn = ({ html }: DeadPage): string => /<script nonce="([\w-]+)"/.exec(html)?.[1] ?? ""
const tokenOf = ({ html }: DeadPage, id: string): string =>
  new RegExp(`id="${id}"[^>]*data-phx-session="([^"]+)"`).exec(html)?.[1] ?? ""
const joinOf = (wire: Wire, page: DeadPage, at: string, more: object = {}) =>
  wire.ask(`lv:${page.id}`, "phx_join", joinPayload(page, at, more))

describe("the nonce of a page", () => {
  it("stays with all that is rendered in it: by its view, its layout, and views in it", async () => {
    const page = await get(app, "/there")
    const nonce = nonceIn(page)
    expect(nonce).toHaveLength(24)
    expect(page.html.split(nonce)).toHaveLength(6)
    const wire = await Wire.open(handler, page)
    const joined = JSON.stringify(await joinOf(wire, page, "/there"))
    expect(joined).toContain(`["<u>",`)
    expect(joined.split(nonce)).toHaveLength(3)
    // the child's element is a text of its own in the tree, with its token
    const child = /id=\\"child\\"[^>]*data-phx-session=\\"([^\\]+)/.exec(joined)?.[1]
    const inner = await wire.ask("lv:child", "phx_join", { session: child, static: null })
    expect(JSON.stringify(inner)).toContain(nonce)
  })

  it("stays through live navigation, and when the socket comes back", async () => {
    const page = await get(app, "/here")
    const nonce = nonceIn(page)
    const wire = await Wire.open(handler, page)
    await joinOf(wire, page, "/here")
    const topic = `lv:${page.id}`
    const event = { type: "click", event: "more", value: {} }
    const diff = await wire.ask(topic, "event", event, "1")
    expect(JSON.stringify(diff)).toContain(nonce)
    const elsewhere = { url: undefined, redirect: "http://app.example/there" }
    expect(JSON.stringify(await joinOf(wire, page, "/there", elsewhere))).toContain(nonce)
    wire.close()
    const again = await Wire.open(handler, page)
    expect(JSON.stringify(await joinOf(again, page, "/here"))).toContain(nonce)
  })

  it("stays with a sticky view and a controller's, which join by themselves", async () => {
    const page = await get(app, "/here")
    const wire = await Wire.open(handler, page)
    const sticky = { session: tokenOf(page, "kept"), static: null }
    expect(JSON.stringify(await wire.ask("lv:kept", "phx_join", sticky))).toContain(nonceIn(page))
    const about = await get(app, "/about")
    const island = { session: tokenOf(about, "island"), static: null }
    const answer = await (await Wire.open(handler, about)).ask("lv:island", "phx_join", island)
    expect(JSON.stringify(answer)).toContain(nonceIn(about))
  })

  it("is seen by the plugs that the join runs through", async () => {
    const seen: string[] = []
    const spy: Plug = (conn, next) => {
      seen.push(nonceOf(conn))
      return next(conn)
    }
    const spied = pipeline(secureHeaders(), browser, spy)
    const own = router(scope("/", spied, { layout }, [live(path.here, styled)]))
    const socket = liveSocket({ router: own, pubsub: await startPubSub(), secret })
    const page = await get(own, "/here")
    await joinOf(await Wire.open(socket, page), page, "/here")
    expect(seen).toEqual([nonceIn(page), nonceIn(page)])
  })

  it("is not what somebody says it is: neither another page's nor a forged one", async () => {
    const [page, other] = [await get(app, "/here"), await get(app, "/here")]
    expect(nonceIn(page)).not.toBe(nonceIn(other))
    const wire = await Wire.open(handler, page)
    const stale = { status: "error", response: { reason: "stale" } }
    expect(await joinOf(wire, page, "/here", { session: other.session })).toEqual(stale)
    for (const at of [0, 20, page.session.length - 2]) {
      const changed = page.session[at] === "A" ? "B" : "A"
      const session = page.session.slice(0, at) + changed + page.session.slice(at + 1)
      expect(await joinOf(wire, page, "/here", { session })).toEqual(stale)
    }
    const claimed = { nonce: "mine", params: { nonce: "mine", _mounts: 0 } }
    const answer = JSON.stringify(await joinOf(wire, page, "/here", claimed))
    expect(answer).toContain(nonceIn(page))
    expect(answer).not.toContain("mine")
  })
})
