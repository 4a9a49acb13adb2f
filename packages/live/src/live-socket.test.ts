import { html } from "@bennu/html"
import { get as route, scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { get, joinPayload, Wire } from "../fixtures/wire.ts"
import {
  DefinitionError,
  eventRefused,
  joinRefused,
  live,
  liveSession,
  liveSocket,
  viewCrashed,
} from "./index.ts"
import { liveTokens } from "./tokens.ts"

const path = paths({
  counter: "/counter",
  other: "/other",
  admin: "/admin",
  plain: "/plain",
  failing: "/failing",
  gone: "/gone",
  one: "/one/:id",
})
const Counter = liveView({
  params: z.object({ from: z.coerce.number().default(0) }),
  public: true,
  events: { inc: {}, add: z.object({ by: z.number() }), fail: {}, stuck: {} },
  mount: ({ params }) => ({ count: params.from }),
  handleParams: (socket, { from }) => socket.assign({ count: from }),
  handleEvent: {
    inc: (socket) => socket.update("count", (count) => count + 1),
    add: (socket, { by }) => socket.update("count", (count) => count + by),
    fail: () => {
      throw new Error("oops")
    },
    stuck: () => new Promise<void>(() => {}),
  },
  title: ({ count }) => `Counter ${count}`,
  render: ({ count }, { inc }) => html`<b phx-click="${inc}">${count}</b>`,
})
const Other = liveView({ public: true, render: () => html`other` })
const Failing = liveView({
  public: true,
  mount: ({ connected }) => {
    if (connected) throw new Error("cannot mount")
    return {}
  },
  render: () => html`failing`,
})
const Gone = liveView({
  public: true,
  mount: ({ connected }) => {
    if (connected) throw Object.assign(new DefinitionError("gone"), { status: 410 })
    return {}
  },
  render: () => html`gone`,
})
const One = liveView({
  params: z.object({ id: z.string() }),
  authorize: (_, { id }) => id === "mine",
  render: (_, __, { url }) => html`${url.pathname}`,
})

const app = router(
  scope("/", browser, { layout: root }, [
    live(path.counter, Counter),
    live(path.other, Other),
    live(path.failing, Failing),
    live(path.gone, Gone),
    live(path.one, One),
    route(path.plain, (conn) => conn.text("plain")),
    liveSession("admin", {}, [live(path.admin, Other)]),
  ]),
)
const pubsub = await startPubSub()
const handler = liveSocket({ router: app, pubsub, secret, limits: { handlerTimeout: "1s" } })

const heard: Disposable[] = []
afterEach(() => {
  for (const listener of heard.splice(0)) listener[Symbol.dispose]()
})

async function joined(at = "/counter") {
  const page = await get(app, at)
  const wire = await Wire.open(handler, page)
  const topic = `lv:${page.id}`
  const answer = await wire.ask(topic, "phx_join", joinPayload(page, at))
  const push = (event: string, payload: unknown) => wire.ask(topic, event, payload, "1")
  const event = (name: unknown, value: unknown = {}, type = "click") =>
    push("event", { type, event: name, value })
  return { page, wire, topic, answer, push, event }
}
const ok = (response: object) => ({ status: "ok", response })
const refused = (reason: string) => ({ status: "error", response: { reason } })

describe("a live page", () => {
  it("is complete at its first answer, and brings what its socket needs", async () => {
    const page = await get(app, "/counter?from=7")
    expect(page.status).toBe(200)
    expect(page.html).toContain("<title>Counter 7</title>")
    expect(page.html).toContain('data-phx-static="')
    expect(page.html).toMatch(/<div id="phx-[\w-]+" data-phx-main data-phx-session="[^"]+"/)
    expect(page.html).toContain('<b phx-click="inc">7</b></div>')
  })

  it("is complete without a live socket too", async () => {
    const alone = router(
      scope("/", browser, [
        live(path.other, liveView({ public: true, render: () => html`alone` })),
      ]),
    )
    expect((await get(alone, "/other")).html).toContain(">alone</div>")
  })

  it("is refused to who may not see it", async () => {
    expect((await get(app, "/one/other")).status).toBe(403)
    expect((await get(app, "/one/mine")).html).toContain("/one/mine</div>")
  })
})

describe("a join", () => {
  it("is answered with the whole view, its title and the installed client's version", async () => {
    const { answer } = await joined("/counter?from=3")
    expect(answer).toEqual(
      ok({
        rendered: expect.objectContaining({ 1: "3", t: "Counter 3" }),
        liveview_version: expect.stringMatching(/^1\.2\.\d+$/),
      }),
    )
  })

  it.each([
    ["a forged session token", { session: "s1.forged.e30.x" }],
    ["no session token", { session: undefined }],
    ["a session token that is no text", { session: { id: 1 } }],
    ["a forged static token", { static: "x" }],
    ["an address that is none", { url: "nowhere" }],
    ["an address that is no page's", { url: "javascript:alert(1)" }],
    ["no address", { url: undefined }],
  ])("is stale with %s", async (_, more) => {
    const page = await get(app, "/counter")
    const wire = await Wire.open(handler, page)
    const answer = await wire.ask(`lv:${page.id}`, "phx_join", joinPayload(page, "/counter", more))
    expect(answer).toEqual(refused("stale"))
  })

  it("is stale with the tokens of another page, of another purpose, or too old", async () => {
    const page = await get(app, "/counter")
    const another = await get(app, "/counter")
    const wire = await Wire.open(handler, page)
    const ask = (id: string, more: object) =>
      wire.ask(`lv:${id}`, "phx_join", joinPayload(page, "/counter", more))
    expect(await ask(another.id, {})).toEqual(refused("stale"))
    const told = liveTokens(secret).signStatic(another.id, { info: "hello" })
    expect(await ask(page.id, { static: told })).toEqual(refused("stale"))
    expect(await ask(page.id, { session: told })).toEqual(refused("stale"))
    const tooOld = liveTokens(secret, () => Date.now() - 15 * 86_400_000)
    const claims = { id: page.id, view: "/counter", session: " at /counter", nonce: "n" }
    expect(await ask(page.id, { session: tooOld.signSession(claims) })).toEqual(refused("stale"))
    const fresh = liveTokens(secret).signSession(claims)
    expect((await ask(page.id, { session: fresh }))["status"]).toBe("ok")
  })

  it("is stale when the socket was opened with another session's token, or without one", async () => {
    const page = await get(app, "/counter")
    const other = await get(app, "/counter")
    const told: unknown[] = []
    heard.push(joinRefused.subscribe(({ reason }) => told.push(reason)))
    for (const [as, csrf] of [
      [page, other.csrf],
      [page, ""],
    ] as const) {
      const wire = await Wire.open(handler, as, csrf)
      const answer = await wire.ask(`lv:${page.id}`, "phx_join", joinPayload(page, "/counter"))
      expect(answer).toEqual(refused("stale"))
    }
    expect(told).toEqual(["stale", "stale"])
  })

  it("is unauthorized at another view's address, in another live session, or where nothing live is", async () => {
    const page = await get(app, "/counter")
    const wire = await Wire.open(handler, page)
    const ask = (more: object) =>
      wire.ask(
        `lv:${page.id}`,
        "phx_join",
        joinPayload(page, "/counter", { url: undefined, ...more }),
      )
    const at = (address: string) => `http://app.example${address}`
    expect(await ask({ url: at("/other") })).toEqual(refused("unauthorized"))
    expect(await ask({ url: at("/admin") })).toEqual(refused("unauthorized"))
    expect(await ask({ redirect: at("/admin") })).toEqual(refused("unauthorized"))
    expect(await ask({ redirect: at("/plain") })).toEqual(refused("unauthorized"))
    expect(await ask({ redirect: at("/missing") })).toEqual(refused("unauthorized"))
    expect(await ask({ redirect: at("/one/other") })).toEqual(refused("unauthorized"))
    expect(await ask({ redirect: at("/one/mine") })).toMatchObject({
      status: "ok",
      response: { rendered: { 0: "/one/mine" }, container: ["div", {}] },
    })
    expect((await ask({ redirect: at("/other") }))["status"]).toBe("ok")
  })

  it("fails alone when mount throws, and tells the page of a status that it should show", async () => {
    expect((await joined("/failing")).answer).toEqual(refused("join crashed"))
    const { answer, page } = await joined("/gone")
    const response = answer["response"] as Record<string, unknown>
    expect(response).toEqual({ reason: "reload", status: 410, token: expect.any(String) })
    const cookie = `${page.cookie}; __phoenix_reload_status__=${response["token"]}`
    const again = await get(app, "/gone", { cookie })
    expect(again.status).toBe(410)
    expect(again.cookie).toContain("__phoenix_reload_status__=")
    expect((await get(app, "/gone", { cookie: "__phoenix_reload_status__=x" })).status).toBe(500)
  })
})

describe("a joined view", () => {
  it("answers each message once, in order, and with what changed only", async () => {
    const { event } = await joined()
    expect(await event("inc")).toEqual(ok({ diff: { 1: "1", t: "Counter 1" } }))
    const answers = await Promise.all([event("inc"), event("inc"), event("add", { by: 0 })])
    expect(answers).toEqual([
      ok({ diff: { 1: "2", t: "Counter 2" } }),
      ok({ diff: { 1: "3", t: "Counter 3" } }),
      ok({}),
    ])
  })

  it.each([
    ["an unknown event", "missing", {}, "unknown"],
    ["an inherited name", "__proto__", {}, "unknown"],
    ["a reserved name", "lv:secret", {}, "unknown"],
    ["a name that is no text", 7, {}, "malformed"],
    ["a payload that does not fit", "add", { by: "1" }, "invalid"],
    ["a payload that is none", "add", null, "invalid"],
  ])("refuses %s, unlocks the page and lives on", async (_, name, value, reason) => {
    const told: unknown[] = []
    heard.push(eventRefused.subscribe((refusal) => told.push(refusal.reason)))
    const { event } = await joined()
    expect(await event(name, value)).toEqual(ok({}))
    expect(told).toEqual([reason])
    expect(await event("inc")).toMatchObject({ status: "ok" })
  })

  it.each([[null], [[]], ["event"], [{ event: "inc", type: "form", value: 1 }]])(
    "refuses the event %j",
    async (payload) => {
      const { push } = await joined()
      expect(await push("event", payload)).toEqual(ok({}))
    },
  )

  it("refuses forms with more fields, or deeper ones, than forms have", async () => {
    const { event } = await joined()
    const many = Array.from({ length: 2000 }, (_, index) => `a${index}=`).join("&")
    expect(await event("add", many, "form")).toEqual(ok({}))
    expect(await event("add", `a${"[b]".repeat(50)}=1`, "form")).toEqual(ok({}))
    expect(await event("add", "__proto__[by]=1&by=2", "form")).toEqual(ok({}))
    expect(await event("add", "%ff", "form")).toEqual(ok({}))
    expect(Object.hasOwn(Object.prototype, "by")).toBe(false)
  })

  it("takes nothing from prototypes: what is sent as __proto__ reaches no handler", async () => {
    const { wire, topic, event } = await joined()
    wire.raw(
      `["1","99",${JSON.stringify(topic)},"event",{"type":"click","event":"add","value":{"__proto__":{"by":5}}}]`,
    )
    expect(await wire.answerTo("99")).toEqual(ok({}))
    expect(await event("add", { by: 1 })).toEqual(ok({ diff: { 1: "1", t: "Counter 1" } }))
  })

  it("answers what it does not know, and what belongs to components", async () => {
    const { push, event } = await joined()
    expect(await push("whatever", {})).toEqual(ok({}))
    expect(await push("cids_will_destroy", { cids: [1] })).toEqual(ok({}))
    expect(await push("cids_destroyed", { cids: [1] })).toEqual(ok({ cids: [] }))
    expect(await push("event", { type: "click", event: "inc", value: {}, cid: 3 })).toEqual(ok({}))
    expect(await event("inc")).toEqual(ok({ diff: { 1: "1", t: "Counter 1" } }))
  })

  it("follows a patch to itself, and sends the page on when it leads elsewhere", async () => {
    const { push } = await joined()
    const patch = (address: unknown) => push("live_patch", { url: address })
    expect(await patch("http://app.example/counter?from=4")).toEqual(
      ok({ diff: { 1: "4", t: "Counter 4" } }),
    )
    expect(await patch("http://app.example/counter?from=4")).toEqual(ok({}))
    for (const elsewhere of ["/other", "/admin", "/plain", "/missing"]) {
      expect(await patch(`http://app.example${elsewhere}`)).toEqual(ok({ link_redirect: true }))
    }
    expect(await patch("nowhere")).toEqual(ok({ link_redirect: true }))
    expect(await patch(4)).toEqual(ok({ link_redirect: true }))
  })

  it("restarts alone when a handler throws; other views of the socket go on", async () => {
    const crashed = vi.fn()
    heard.push(viewCrashed.subscribe(crashed))
    const { wire, page, topic } = await joined()
    const second = await get(app, "/other", { cookie: page.cookie })
    const shared = { ...second, cookie: page.cookie }
    await wire.ask(`lv:${second.id}`, "phx_join", joinPayload(shared, "/other"))
    wire.send(topic, "event", { type: "click", event: "fail", value: {} }, "1")
    await wire.wait(([join, , of, event]) => join === "1" && of === topic && event === "phx_error")
    expect(crashed).toHaveBeenCalledOnce()
    const ping = await wire.ask(`lv:${second.id}`, "event", { event: "x", value: {} }, "2")
    expect(ping).toEqual(ok({}))
    const again = joinPayload(page, "/counter", { params: { _mounts: 1 } })
    expect(await wire.ask(topic, "phx_join", again)).toMatchObject({ status: "ok" })
  })

  it("restarts when more waits for it than may", async () => {
    const page = await get(app, "/counter")
    const generous = { eventBurst: 100_000, eventsPerSecond: 100_000 }
    const wire = await Wire.open(
      liveSocket({ router: app, pubsub, secret, limits: generous }),
      page,
    )
    const topic = `lv:${page.id}`
    await wire.ask(topic, "phx_join", joinPayload(page, "/counter"))
    for (let count = 0; count < 10_000; count++) {
      wire.send(topic, "event", { type: "click", event: "stuck", value: {} }, "1")
    }
    await wire.wait(([, , of, event]) => of === topic && event === "phx_error")
    wire.close()
  })

  it("ends when its page leaves, and may be joined again on the same topic", async () => {
    const { wire, topic, page } = await joined()
    expect(await wire.ask(topic, "phx_leave", {}, "1")).toEqual(ok({}))
    await wire.wait(([join, , , event]) => join === "1" && event === "phx_close")
    const redirect = { url: undefined, redirect: "http://app.example/other" }
    const next = await wire.ask(topic, "phx_join", joinPayload(page, "/", redirect))
    expect(next).toMatchObject({ status: "ok" })
  })
})

describe("liveSocket", () => {
  it.each([
    { mailbox: Number.NaN },
    { mailbox: 0 },
    { coalesce: 1.5 },
    { channels: -1 },
    { onceBytes: 40_000 },
    { handlerTimeout: Number.NaN },
  ])("refuses the limit %j", (limits) => {
    expect(() => liveSocket({ router: app, pubsub, secret, limits })).toThrow()
  })
})
