import { each, html } from "@bennu/html"
import { type Plug, pipeline, protectFromForgery, scope, session } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { root, secret, startPubSub } from "../../fixtures/app.ts"
import { type DeadPage, get, joinPayload, until, Wire } from "../../fixtures/wire.ts"
import {
  component,
  type EndReason,
  live,
  liveComponents,
  liveRender,
  liveSession,
  liveSocket,
  liveViews,
  on,
  type ParkOptions,
  props,
  redirect,
  viewAdopted,
  viewParked,
  viewUnparked,
} from "../index.ts"

interface Scope {
  readonly user: { readonly name: string; readonly banned: boolean } | null
}
const liveView = liveViews<Scope>()
const said = topic("said", z.string())
const ends: string[] = []

const Clicks = liveComponents<Scope>()({
  props: props<{ label: string }>(),
  events: { click: {} },
  mount: () => ({ clicks: 0 }),
  handleEvent: { click: (socket) => socket.update("clicks", (clicks) => clicks + 1) },
  render: ({ label, clicks }, { click }) => html`<u phx-click="${click}">${label} ${clicks}</u>`,
})
let mounts = 0
const Counter = liveView({
  params: z.object({ from: z.coerce.number().default(0) }),
  authorize: ({ user }) => user?.banned !== true,
  components: [Clicks],
  events: { inc: {}, fail: {}, slow: {}, go: {} },
  mount: ({ params }) => ({ count: params.from, run: ++mounts, heard: "" }),
  handleEvent: {
    inc: (socket) => socket.update("count", (count) => count + 1),
    fail: () => {
      throw new Error("oops")
    },
    slow: async (socket) => {
      await new Promise((resolve) => setTimeout(resolve, 30))
      return socket.update("count", (count) => count + 10)
    },
    go: (socket) => socket.pushPatch("/counter?from=1"),
  },
  subscribe: (_) => [
    on(said, (socket, heard) => (heard === "crash" ? fail() : socket.assign({ heard }))),
  ],
  terminate: ({ assigns }, reason: EndReason) => void ends.push(`${assigns.run} ${reason}`),
  render: ({ count, run, heard }, { inc }) =>
    html`<b phx-click="${inc}">${count} of run ${run}</b> ${heard} ${component(Clicks, { id: "c", label: "clicks" })}`,
})
function fail(): never {
  throw new Error("oops")
}
const Rows = liveView({
  public: true,
  streams: { rows: (row: { id: number }) => row.id },
  mount: ({ stream }) => {
    stream("rows", [{ id: 1 }])
    return { run: ++mounts }
  },
  render: ({ run }, _, { streams }) =>
    html`<b>run ${run}</b><ul id="rows" phx-update="stream">${each(streams.rows, ({ id }, dom) => html`<li id="${dom}">${id}</li>`)}</ul>`,
})
const Outer = liveView({
  public: true,
  views: [Counter],
  mount: () => ({ run: ++mounts }),
  render: ({ run }) => html`<b>run ${run}</b>${liveRender(Counter, { id: "kid" })}`,
})
const kids = ["a", "b", "c", "d"]
const Crowd = liveView({
  public: true,
  views: [Counter],
  render: () => html`${kids.map((id) => liveRender(Counter, { id }))}`,
})
const path = paths({
  ...{ counter: "/counter", rows: "/rows", outer: "/outer", guarded: "/guarded", crowd: "/crowd" },
})
const fetchScope: Plug<object, { scope: Scope }> = (conn, next) => {
  const name = conn.cookies.get("name")
  const user = name === undefined ? null : { name, banned: conn.cookies.get("banned") === "yes" }
  return next(conn.assign({ scope: { user } }))
}
let closed = false
const app = router(
  scope("/", pipeline(session({ secret }), protectFromForgery(), fetchScope), { layout: root }, [
    live(path.counter, Counter),
    live(path.rows, Rows),
    live(path.outer, Outer),
    live(path.crowd, Crowd),
    liveSession("guarded", { onMount: [() => (closed ? redirect("/rows") : undefined)] }, [
      live(path.guarded, Counter),
    ]),
  ]),
)
const pubsub = await startPubSub()

const stop: (() => unknown)[] = []
afterEach(async () => {
  for (const each of stop.splice(0)) await each()
  closed = false
})
function serve(park: ParkOptions | false = {}) {
  const told: string[] = []
  const listeners = [
    viewParked.subscribe(({ waiting }) => told.push(`parked ${waiting}`)),
    viewAdopted.subscribe(() => told.push("adopted")),
    viewUnparked.subscribe(({ reason }) => told.push(reason)),
  ]
  const handler = liveSocket({ router: app, pubsub, secret, park })
  stop.push(() => {
    for (const listener of listeners) listener[Symbol.dispose]()
    return handler.stop?.()
  })
  return { handler, told }
}
type Handler = ReturnType<typeof serve>["handler"]
const as = (page: DeadPage, cookies: string): DeadPage => ({
  ...page,
  cookie: `${page.cookie}; ${cookies}`,
})

/** Joins a page's view, for the first time or again. */
async function join(handler: Handler, page: DeadPage, at = "/counter", joins = 0, more = {}) {
  const wire = await Wire.open(handler, page)
  stop.push(() => wire.close())
  const topic = `lv:${page.id}`
  const params = { _csrf_token: page.csrf, _mounts: joins, _mount_attempts: 0 }
  const answer = await wire.ask(topic, "phx_join", joinPayload(page, at, { params, ...more }), "1")
  const push = (event: string, cid?: number) =>
    wire.ask(topic, "event", { type: "click", event, value: {}, cid }, "1")
  const shown = JSON.stringify(answer)
  return { wire, answer, shown, push, topic }
}
/** How the counter's tree tells its number, and which run of the view it is. */
const of = (count: number, run: number) => `"1":"${count}","2":"${run}"`
const ok = (response: object) => ({ status: "ok", response })
const ada = "name=ada"

async function parked(handler: Handler, told: string[], cookies = ada) {
  const page = as(await get(app, "/counter", { cookie: cookies }), cookies)
  const before = await join(handler, page)
  await before.push("inc")
  before.wire.drop()
  await until(() => expect(told).toContain("parked 1"))
  return { page, run: mounts }
}

describe("a view whose connection broke", () => {
  it("lives on, hears what is said meanwhile, and is as it was when its page comes back", async () => {
    const { handler, told } = serve()
    const page = as(await get(app, "/counter", { cookie: ada }), ada)
    const before = await join(handler, page)
    const run = mounts
    await before.push("inc")
    await before.push("click", 1)
    before.wire.drop()
    await until(() => expect(told).toEqual(["parked 1"]))
    await pubsub.broadcast(said, "while you were away")
    const after = await join(handler, page, "/counter", 1)
    expect(after.shown).toContain(of(1, run))
    expect(after.shown).toContain("while you were away")
    expect(told).toEqual(["parked 1", "adopted"])
    expect(mounts).toBe(run)
    // it is the page's again: events, components under their new numbers, and topics
    expect(await after.push("inc")).toEqual(ok({ diff: { 1: "2" } }))
    expect(await after.push("click", 2)).toEqual(ok({ diff: { c: { 2: { 2: "2" } } } }))
    await pubsub.broadcast(said, "now")
    await after.wire.wait(([, , , event, payload]) => event === "diff" && payload["3"] === "now")
  })

  it("finishes what it was doing, and what it would have answered is seen", async () => {
    const { handler, told } = serve()
    const page = as(await get(app, "/counter", { cookie: ada }), ada)
    const before = await join(handler, page)
    before.wire.send(before.topic, "event", { type: "click", event: "slow", value: {} }, "1")
    before.wire.drop()
    const after = await join(handler, page, "/counter", 1)
    expect(after.shown).toContain(of(10, mounts))
    expect(told).toContain("adopted")
  })

  it("is taken from a connection that nobody knows yet to be dead", async () => {
    const { handler, told } = serve()
    const page = as(await get(app, "/counter", { cookie: ada }), ada)
    const before = await join(handler, page)
    await before.push("inc")
    const after = await join(handler, page, "/counter", 1)
    expect(after.shown).toContain(of(1, mounts))
    expect(told).toEqual(["adopted"])
    // the other is told to let go, and its end is not the view's
    await before.wire.wait(([, , , event]) => event === "phx_close")
    before.wire.drop()
    expect(await after.push("inc")).toEqual(ok({ diff: { 1: "2" } }))
  })

  it("is not taken by a second tab that shows the same page for the first time", async () => {
    const { handler, told } = serve()
    const page = as(await get(app, "/counter", { cookie: ada }), ada)
    const one = await join(handler, page)
    await one.push("inc")
    const run = mounts
    const two = await join(handler, page)
    expect(two.shown).toContain(of(0, run + 1))
    expect(await one.push("inc")).toEqual(ok({ diff: { 1: "2" } }))
    expect(told).toEqual([])
  })

  it.each(["waits", "seems to be shown"])(
    "ends where it %s, when its page has shown another process's since",
    async (state) => {
      const { handler, told } = serve()
      const page = as(await get(app, "/counter", { cookie: ada }), ada)
      const before = await join(handler, page)
      await before.push("inc")
      const run = mounts
      if (state === "waits") {
        before.wire.drop()
        await until(() => expect(told).toEqual(["parked 1"]))
      }
      const after = await join(handler, page, "/counter", 2)
      expect(after.shown).toContain(of(0, run + 1))
      await until(() => expect(ends).toContain(`${run} closed`))
      expect(told.at(-1)).toBe("superseded")
    },
  )

  it("goes to one of those who come for it, and the others mount afresh", async () => {
    const { handler, told } = serve()
    const { page, run } = await parked(handler, told)
    const both = await Promise.all([0, 0, 0].map((joins) => join(handler, page, "/counter", joins)))
    const found = both.filter(({ shown }) => shown.includes(of(1, run)))
    expect(found).toHaveLength(1)
    expect(mounts).toBe(run + 2)
  })

  it("is shown for whoever acts now: the pipeline has run again, and its scope takes the place of the old", async () => {
    const { handler, told } = serve()
    const { page, run } = await parked(handler, told)
    const banned = { ...page, cookie: `${page.cookie}; banned=yes` }
    const refused = await join(handler, banned, "/counter", 1)
    expect(refused.answer).toEqual({ status: "error", response: { reason: "unauthorized" } })
    // it has ended: nobody else finds it either
    const after = await join(handler, page, "/counter", 1)
    expect(after.shown).toContain(of(0, run + 1))
    expect(ends).toContain(`${run} closed`)
  })

  it("asks the guards of its live session again", async () => {
    const { handler, told } = serve()
    const page = as(await get(app, "/guarded", { cookie: ada }), ada)
    const before = await join(handler, page, "/guarded")
    before.wire.drop()
    await until(() => expect(told).toEqual(["parked 1"]))
    closed = true
    const after = await join(handler, page, "/guarded", 1)
    expect(after.answer).toEqual({ status: "error", response: { redirect: { to: "/rows" } } })
  })

  it("is not found by another session, by another page, nor at another address", async () => {
    const { handler, told } = serve()
    const { page, run } = await parked(handler, told)
    const other = as(await get(app, "/counter", { cookie: ada }), ada)
    const thief = { ...page, cookie: other.cookie, csrf: other.csrf }
    expect((await join(handler, thief, "/counter", 1)).shown).toContain(of(0, mounts))
    expect((await join(handler, other, "/counter", 1)).shown).toContain(of(0, mounts))
    expect(mounts).toBe(run + 3)
    expect(told).toEqual(["parked 1"])
    const elsewhere = await join(handler, page, "/counter?from=5", 1)
    expect(elsewhere.shown).toContain(of(5, run + 4))
    expect(told).toEqual(["parked 1", "elsewhere"])
  })

  it("ends when its time is over, with what it waits for", async () => {
    const { handler, told } = serve({ time: 20 })
    const { page, run } = await parked(handler, told)
    await until(() => expect(told).toEqual(["parked 1", "late"]))
    await until(() => expect(ends).toContain(`${run} closed`))
    expect((await join(handler, page, "/counter", 1)).shown).toContain(of(0, run + 1))
  })

  it("ends when it crashes while nobody looks", async () => {
    const { handler, told } = serve()
    const { page, run } = await parked(handler, told)
    await pubsub.broadcast(said, "crash")
    await until(() => expect(told).toEqual(["parked 1", "ended"]))
    expect((await join(handler, page, "/counter", 1)).shown).toContain(of(0, run + 1))
  })

  it("ends at once when its page said goodbye, left or made it crash, or when views do not live on", async () => {
    for (const [park, end] of [
      [{}, "close"],
      [false, "drop"],
      [{ anonymous: false, identifies: () => false }, "drop"],
    ] as const) {
      const { handler, told } = serve(park)
      const page = as(await get(app, "/counter", { cookie: ada }), ada)
      const { wire } = await join(handler, page)
      const run = mounts
      wire[end]()
      await until(() => expect(ends).toContain(`${run} closed`))
      expect(told).toEqual([])
    }
    const { handler, told } = serve()
    const page = as(await get(app, "/counter", { cookie: ada }), ada)
    const { wire, topic } = await join(handler, page)
    wire.send(topic, "event", { type: "click", event: "fail", value: {} }, "1")
    await wire.wait(([, , , event]) => event === "phx_error")
    const again = await wire.ask(topic, "phx_join", joinPayload(page, "/counter"))
    expect(JSON.stringify(again)).toContain(of(0, mounts))
    expect(told).toEqual([])
  })

  it("waits shorter for nobody in particular", async () => {
    const { handler, told } = serve({ time: "1h", anonymous: 20 })
    await parked(handler, told, "")
    await until(() => expect(told).toEqual(["parked 1", "late"]))
  })

  it("waits thirty seconds, and five for nobody, where nothing is said", async () => {
    for (const [cookies, time] of [
      [ada, 30_000],
      ["", 5_000],
    ] as const) {
      vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
      try {
        const { handler, told } = serve()
        await parked(handler, told, cookies)
        // whoever waited for it to be parked has let some of it pass
        vi.advanceTimersByTime(time - 1_000)
        expect(told).toEqual(["parked 1"])
        vi.advanceTimersByTime(1_000)
        expect(told).toEqual(["parked 1", "late"])
      } finally {
        vi.useRealTimers()
      }
    }
  })

  it("is one of three of its session, where nothing is said", async () => {
    const { handler, told } = serve()
    const { cookie } = as(await get(app, "/counter", { cookie: ada }), ada)
    for (let views = 1; views <= 4; views++) {
      const { wire } = await join(handler, { ...(await get(app, "/counter", { cookie })), cookie })
      wire.drop()
      await until(() => expect(told).toContain(views < 4 ? `parked ${views}` : "room"))
    }
    expect(told).toEqual(["parked 1", "parked 2", "parked 3", "room", "parked 3"])
  })

  it("makes room: the one that has waited longest ends, of its session and of all", async () => {
    const { handler, told } = serve({ perSession: 2, limit: 3 })
    const first = as(await get(app, "/counter", { cookie: ada }), ada)
    const { cookie } = first
    const runs: number[] = []
    const park = async (page: DeadPage) => {
      const { wire } = await join(handler, page)
      runs.push(mounts)
      const before = told.length
      wire.drop()
      await until(() =>
        expect(told.slice(before).some((each) => each.startsWith("parked"))).toBe(true),
      )
    }
    await park(first)
    for (let more = 0; more < 2; more++) {
      await park({ ...(await get(app, "/counter", { cookie })), cookie })
    }
    expect(told).toEqual(["parked 1", "parked 2", "room", "parked 2"])
    await until(() => expect(ends).toContain(`${runs[0]} closed`))
    for (let more = 0; more < 2; more++) await park(as(await get(app, "/counter"), "name=bob"))
    expect(told.slice(4)).toEqual(["parked 3", "room", "parked 3"])
    await until(() => expect(ends).toContain(`${runs[1]} closed`))
  })

  it("is one of a tenth of all that are shown or wait, where that is more than the limit", async () => {
    for (const [park, most] of [
      [{ limit: 1 }, 2],
      [{ limit: 1, share: 0.2 }, 4],
      [{ limit: 3, share: 0 }, 3],
    ] as const) {
      const { handler, told } = serve(park)
      const views = []
      for (let count = 0; count < 20; count++) {
        views.push(await join(handler, as(await get(app, "/counter"), ada)))
      }
      for (const { wire } of views.slice(0, most + 1)) wire.drop()
      await until(() => expect(told.at(-1)).toBe(`parked ${most}`))
      await until(() => expect(told.filter((each) => each === "room")).toHaveLength(1))
    }
  })

  it("has a limit that is one", () => {
    for (const share of [Number.NaN, -0.1, 1.1]) {
      expect(() => serve({ share })).toThrow("liveSocket's park")
    }
  })

  it("ends when its server stops", async () => {
    const { handler, told } = serve()
    const { run } = await parked(handler, told)
    await handler.stop?.()
    expect(ends).toContain(`${run} closed`)
  })

  it("is mounted afresh where its page alone has what it showed", async () => {
    const { handler, told } = serve()
    const page = as(await get(app, "/rows", { cookie: ada }), ada)
    const before = await join(handler, page, "/rows")
    const run = mounts
    before.wire.drop()
    const after = await join(handler, page, "/rows", 1)
    expect(after.shown).toContain(`"0":"${run + 1}"`)
    expect(told).toEqual([])
  })
})

describe("the view of a page's first answer", () => {
  it("is mounted again when the page joins, unless it is to wait for that", async () => {
    for (const [firstAnswer, more] of [
      [false, 2],
      ["5s", 1],
    ] as const) {
      const { handler } = serve({ firstAnswer })
      const before = mounts
      const page = as(await get(app, "/counter?from=3", { cookie: ada }), ada)
      const { shown, push } = await join(handler, page, "/counter?from=3")
      expect(mounts).toBe(before + more)
      expect(shown).toContain(of(3, mounts))
      expect(await push("inc")).toEqual(ok({ diff: { 1: "4" } }))
      // it is taken once
      expect((await join(handler, page, "/counter?from=3")).shown).toContain(
        of(3, before + more + 1),
      )
    }
  })

  it("is shown with what it streams", async () => {
    const { handler } = serve({ firstAnswer: "5s" })
    const page = as(await get(app, "/rows", { cookie: ada }), ada)
    const run = mounts
    const { shown } = await join(handler, page, "/rows")
    expect(shown).toContain(`"0":"${run}"`)
    expect(shown).toContain("rows-1")
  })

  it("is not for another session, another address, who may not see it any more, nor for long", async () => {
    const { handler } = serve({ firstAnswer: 40 })
    const open = async () => as(await get(app, "/counter", { cookie: ada }), ada)
    const [page, other] = [await open(), await open()]
    const thief = { ...page, cookie: other.cookie, csrf: other.csrf }
    expect((await join(handler, thief)).shown).toContain(of(0, mounts))
    const before = mounts
    expect((await join(handler, page, "/counter?from=9")).shown).toContain(of(9, before + 1))
    const banned = { ...other, cookie: `${other.cookie}; banned=yes` }
    expect((await join(handler, banned)).shown).toContain("unauthorized")
    const late = await open()
    const run = mounts
    await new Promise((resolve) => setTimeout(resolve, 80))
    expect((await join(handler, late)).shown).toContain(of(0, run + 1))
  })
})

describe("a view in a view whose connection broke", () => {
  it("takes no other's place among those of its session, however many there are in one", async () => {
    const { handler, told } = serve({ perSession: 1 })
    const page = as(await get(app, "/crowd", { cookie: ada }), ada)
    const { wire, shown } = await join(handler, page, "/crowd")
    const sessions = [...shown.matchAll(/data-phx-session=\\"([^"\\]+)/g)]
    for (const [index, id] of kids.entries()) {
      const session = sessions[index]?.[1]
      const params = { _csrf_token: page.csrf, _mounts: 0, _mount_attempts: 0 }
      const payload = { session, static: null, sticky: false, params }
      const answer = await wire.ask(`lv:${id}`, "phx_join", payload, `${index + 2}`)
      expect(answer["status"]).toBe("ok")
    }
    wire.drop()
    await until(() => expect(told).toContain("parked 5"))
    expect(told).not.toContain("room")
    await join(handler, page, "/crowd", 1)
    expect(told.at(-1)).toBe("adopted")
  })

  it("lives on with the one around it", async () => {
    const { handler, told } = serve()
    const page = as(await get(app, "/outer", { cookie: ada }), ada)
    const kid = async (wire: Wire, answer: string, joins: number) => {
      const session = /data-phx-session=\\"([^"\\]+)/.exec(answer)?.[1] ?? ""
      const params = { _csrf_token: page.csrf, _mounts: joins, _mount_attempts: 0 }
      const payload = { session, static: null, sticky: false, params }
      const shown = await wire.ask("lv:kid", "phx_join", payload, "2")
      const push = () =>
        wire.ask("lv:kid", "event", { type: "click", event: "inc", value: {} }, "2")
      return { shown: JSON.stringify(shown), push }
    }
    const before = await join(handler, page, "/outer")
    const child = await kid(before.wire, before.shown, 0)
    await child.push()
    const run = mounts
    before.wire.drop()
    await until(() => expect(told).toEqual(["parked 1", "parked 2"]))
    const after = await join(handler, page, "/outer", 1)
    const again = await kid(after.wire, after.shown, 1)
    expect(again.shown).toContain(of(1, run))
    expect(await again.push()).toEqual(ok({ diff: { 1: "2" } }))
    expect(mounts).toBe(run)
    expect(told).toEqual(["parked 1", "parked 2", "adopted", "adopted"])
  })
})
