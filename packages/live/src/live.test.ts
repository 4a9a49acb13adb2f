import { html, toString as print } from "@bennu/html"
import { flashOf, type Plug, pipeline, get as route, scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import {
  browser,
  fetchScope,
  liveView,
  root,
  type Scope,
  secret,
  startPubSub,
} from "../fixtures/app.ts"
import { get, joinPayload, Wire } from "../fixtures/wire.ts"
import { live, liveFlash, liveHead, liveSession, liveSocket, redirect } from "./index.ts"

const path = paths({
  home: "/",
  members: "/members",
  gate: "/gate",
  edit: "/edit",
  plain: "/plain",
  boxed: "/boxed",
})
const Home = liveView({
  public: true,
  params: z.object({ to: z.string().optional() }),
  events: { leave: {} },
  mount: () => ({}),
  handleParams: (socket, { to }) =>
    to === undefined ? undefined : socket.putFlash("info", `to ${to}`).pushNavigate(to),
  handleEvent: { leave: (socket) => socket.putFlash("info", "left").redirect("/plain") },
  title: "Home",
  head: () => html`<meta name="description" content="home">`,
  render: (_, __, { flash, action, csrfToken }) =>
    html`${action ?? "home"} ${flash.info} ${csrfToken && "token"}`,
})
const Gate = liveView({
  public: true,
  params: z.object({ to: z.string().optional() }),
  mount: ({ putFlash, scope, params: { to } }) => {
    putFlash("error", `not you, ${scope.name}`)
    if (to !== undefined) return redirect({ external: to })
    return scope.name === "nobody" ? {} : redirect("/")
  },
  render: () => html`never`,
})
const Boxed = liveView({
  public: true,
  container: { tag: "main", attrs: { class: "box", hidden: false } },
  render: () => html`boxed`,
})
const membersOnly: Plug<{ scope: Scope }> = (conn, next) =>
  conn.cookies.get("member") === "yes" ? next(conn) : conn.redirect("/")
const app = router(
  scope("/", pipeline(browser, liveFlash({ secret })), { layout: root }, [
    liveSession("main", { layout: ({ content, scope }) => html`[${scope.name}: ${content}]` }, [
      live(path.home, Home),
      live(path.edit, Home, { action: "edit" }),
    ]),
    live(path.gate, Gate),
    live(path.boxed, Boxed),
    route(path.plain, (conn) => conn.text(`plain ${flashOf(conn).info ?? ""}`)),
  ]),
  scope("/", pipeline(browser, membersOnly), { layout: root }, [live(path.members, Boxed)]),
)
const handler = liveSocket({ router: app, pubsub: await startPubSub(), secret })

describe("live", () => {
  it("answers with the view in its live layout, in the scope's layout, with title and head", async () => {
    const { html } = await get(app, "/")
    expect(html).toContain('<title>Home</title><meta name="description" content="home"></head>')
    expect(html).toContain(">[ada: home  token]</div></body>")
  })

  it("tells a view by which of its routes it was reached", async () => {
    expect((await get(app, "/edit")).html).toContain("[ada: edit")
  })

  it("is called live, and by its action, for whoever prints routes", () => {
    const routes = [live(path.home, Home), live(path.edit, Home, { action: "edit" })]
    const { routes: printed } = router(
      scope("/", browser, { layout: root }, [liveSession("main", {}, routes)]),
    )
    expect(printed.map(({ handler }) => handler.name)).toEqual(["live", "live edit"])
  })
  it("puts the view into the container that it asks for", async () => {
    const page = await get(app, "/boxed")
    expect(page.html).toMatch(/<main id="phx-[^"]+" class="box" data-phx-main data-phx-session="/)
    expect(page.html).toContain(">boxed</main>")
    const bad = { container: { tag: "main onclick" } }
    expect(() => live(path.boxed, Boxed, bad)).toThrow("is no tag for a container")
  })

  it("redirects from mount and handleParams, and the next page shows the flash", async () => {
    const gate = await get(app, "/gate")
    expect(gate).toMatchObject({ status: 302, location: "/" })
    const other = await get(app, "/gate?to=https://example.com/login")
    expect(other).toMatchObject({ status: 302, location: "https://example.com/login" })
    const away = await get(app, "/?to=/edit")
    expect(away).toMatchObject({ status: 302, location: "/edit" })
    const next = await get(app, "/edit", { cookie: away.cookie })
    expect(next.html).toContain("edit to /edit")
    expect((await get(app, "/edit", { cookie: next.cookie })).html).not.toContain("to /edit")
  })

  it("needs no session: then there is no flash and no token, and whoever has the page may join", async () => {
    const open = router(
      scope("/", pipeline(fetchScope), [
        live(
          path.home,
          liveView({
            public: true,
            render: (_, __, { csrfToken, connected }) =>
              html`[${csrfToken}] ${connected && "live"}`,
          }),
        ),
      ]),
    )
    const socket = liveSocket({ router: open, pubsub: await startPubSub(), secret })
    const page = await get(open, "/")
    expect(page.html).toContain(">[] </div>")
    const wire = await Wire.open(socket, page)
    const answer = await wire.ask(`lv:${page.id}`, "phx_join", joinPayload(page, "/"))
    expect(answer).toMatchObject({ response: { rendered: { 0: "", 1: "live" } } })
  })

  it("answers 400 to a query that the view does not take", async () => {
    const Strict = liveView({
      public: true,
      params: z.object({ page: z.coerce.number().default(1) }),
      render: () => html``,
    })
    const strict = router(scope("/", browser, [live(path.home, Strict)]))
    expect((await get(strict, "/?page=x")).status).toBe(400)
    expect((await get(strict, "/?page=2")).status).toBe(200)
  })
})

describe("a guard in the pipeline", () => {
  it("keeps a socket out as it keeps the page's request out", async () => {
    const page = await get(app, "/members", { cookie: "member=yes" })
    expect(page.html).toContain("boxed")
    expect((await get(app, "/members")).location).toBe("/")
    const topic = `lv:${page.id}`
    const payload = joinPayload(page, "/members")
    const member = { ...page, cookie: `${page.cookie}; member=yes` }
    const inside = await Wire.open(handler, member)
    expect(await inside.ask(topic, "phx_join", payload)).toMatchObject({ status: "ok" })
    const outside = await Wire.open(handler, page)
    expect(await outside.ask(topic, "phx_join", payload)).toEqual({
      status: "error",
      response: { redirect: { to: "/" } },
    })
  })

  it("keeps live navigation out too: another pipeline is another live session", async () => {
    const page = await get(app, "/boxed", { cookie: "member=yes" })
    const wire = await Wire.open(handler, { ...page, cookie: `${page.cookie}; member=yes` })
    const to = { url: undefined, redirect: "http://app.example/members" }
    expect(await wire.ask(`lv:${page.id}`, "phx_join", joinPayload(page, "/", to))).toEqual({
      status: "error",
      response: { reason: "unauthorized" },
    })
  })
})

describe("the flash of a live view", () => {
  it("is shown by the first join, and not by a later one", async () => {
    const away = await get(app, "/?to=/edit")
    const page = await get(app, "/edit", { cookie: away.cookie })
    const cookie = page.cookie || away.cookie
    const wire = await Wire.open(handler, { ...page, cookie })
    const join = (mounts: number) =>
      wire.ask(
        `lv:${page.id}`,
        "phx_join",
        joinPayload(page, "/edit", { params: { _mounts: mounts } }),
      )
    expect(JSON.stringify(await join(0))).toContain("to /edit")
    expect(JSON.stringify(await join(1))).not.toContain("to /edit")
  })

  it("goes along to an ordinary page, where it is shown once", async () => {
    const page = await get(app, "/")
    const wire = await Wire.open(handler, page)
    await wire.ask(`lv:${page.id}`, "phx_join", joinPayload(page, "/"))
    const leave = { type: "click", event: "leave", value: {} }
    const answer = await wire.ask(`lv:${page.id}`, "event", leave, "1")
    const { redirect } = answer["response"] as { redirect: { to: string; flash: string } }
    expect(redirect.to).toBe("/plain")
    const cookie = `${page.cookie}; __phoenix_flash__=${redirect.flash}`
    const plain = await get(app, "/plain", { cookie })
    expect(plain.html).toBe("plain left")
    expect(plain.cookie).toContain("__phoenix_flash__=")
    expect((await get(app, "/", { cookie })).html).toContain("home left")
    const forged = `${page.cookie}; __phoenix_flash__=s1.x.y.z`
    expect((await get(app, "/plain", { cookie: forged })).html).toBe("plain ")
  })

  it("travels by live navigation, signed", async () => {
    const page = await get(app, "/")
    const wire = await Wire.open(handler, page)
    const away = joinPayload(page, "/?to=/edit")
    const answer = await wire.ask(`lv:${page.id}`, "phx_join", away)
    const live_redirect = { to: "/edit", kind: "push", flash: expect.any(String) }
    expect(answer).toEqual({ status: "error", response: { live_redirect } })
    const { flash } = (answer["response"] as { live_redirect: { flash: string } }).live_redirect
    const next = joinPayload(page, "/", {
      url: undefined,
      redirect: "http://app.example/edit",
      flash,
    })
    const joined = await wire.ask(`lv:${page.id}`, "phx_join", next)
    expect(JSON.stringify(joined)).toContain("to /edit")
  })
})

describe("liveHead", () => {
  it("writes the token that the page's LiveSocket connects with", () => {
    expect(print(liveHead({ csrfToken: `a"b` }))).toBe(
      `<meta name="csrf-token" content="a&quot;b">`,
    )
  })
})
