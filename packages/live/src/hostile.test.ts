import { subscribe, unsubscribe } from "node:diagnostics_channel"
import { each, html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it, onTestFinished, vi } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { type DeadPage, get, joinPayload, Wire } from "../fixtures/wire.ts"
import { eventRefused, joinRefused, live, liveSocket } from "./index.ts"

const Page = liveView({
  public: true,
  params: z.record(z.string(), z.string()),
  streams: { rows: (row: string) => row },
  events: {
    count: {},
    say: z.looseObject({ text: z.string() }),
    drop: z.object({ id: z.string() }),
  },
  mount: ({ params }) => ({ count: 0, text: "", names: Object.keys(params) }),
  handleEvent: {
    count: (socket) => socket.update("count", (count) => count + 1),
    say: (socket, { text }) => socket.assign({ text }).streamInsert("rows", text),
    drop: (socket, { id }) => socket.streamDeleteByDomId("rows", id),
  },
  render: ({ count, text, names }, _, { streams }) =>
    html`<b>${count}</b>${text}${names}<ul id="rows" phx-update="stream">${each(
      streams.rows,
      (row, id) => html`<li id="${id}">${row}</li>`,
    )}</ul>`,
})
const app = router(
  scope("/", browser, { layout: root }, [live(paths({ page: "/page" }).page, Page)]),
)
const handler = liveSocket({ router: app, pubsub: await startPubSub(), secret })

const wires: Wire[] = []
afterEach(() => {
  for (const wire of wires.splice(0)) wire.close()
})
async function open(page?: DeadPage) {
  const dead = page ?? (await get(app, "/page"))
  const wire = await Wire.open(handler, dead)
  wires.push(wire)
  const topic = `lv:${dead.id}`
  const joined = await wire.ask(topic, "phx_join", joinPayload(dead, "/page"))
  const event = (name: string, value: unknown = {}) => ({ type: "click", event: name, value })
  return {
    ...{ wire, topic, joined, page: dead },
    /** A click, and what it is answered with. */
    count: () => wire.ask(topic, "event", event("count"), "1"),
    say: (value: unknown, name = "say") => wire.ask(topic, "event", event(name, value), "1"),
    flood: (times: number) =>
      Array.from({ length: times }, () => wire.send(topic, "event", event("count"), "1")).at(-1) ??
      "",
  }
}

/** How often a limit was reached, by its name. */
function limits(): ReadonlyMap<string, number> {
  const seen = new Map<string, number>()
  const hear = (message: unknown) => {
    const { limit } = message as { limit: string }
    seen.set(limit, (seen.get(limit) ?? 0) + 1)
  }
  subscribe("bennu.channels.limit.reach", hear)
  onTestFinished(() => void unsubscribe("bennu.channels.limit.reach", hear))
  return seen
}
const replies = (wire: Wire, status: string) =>
  wire.frames.filter(
    ([, , , event, payload]) => event === "phx_reply" && payload["status"] === status,
  )
const ok = { status: "ok", response: { diff: { 0: expect.any(String) } } }
const shown = { status: "ok", response: { rendered: expect.any(Object) } }

/** What a socket may ask for since it was there: so many at once, and so many a second. */
const share = (started: number, burst: number, perSecond: number) =>
  burst + Math.ceil(((performance.now() - started) / 1000) * perSecond)

describe("a hostile page", () => {
  it("asks for ten thousand joins: few are let in, the rest are refused and counted", async () => {
    const reached = limits()
    const other = await open()
    const started = performance.now()
    const { wire, page } = await open()
    const payload = joinPayload(page, "/page")
    let last = ""
    for (let i = 0; i < 10_000; i++) last = wire.send(`lv:phx-${i}`, "phx_join", payload)
    expect(await other.count()).toMatchObject(ok)
    await wire.answerTo(last)
    expect(replies(wire, "ok")).toHaveLength(1)
    expect(replies(wire, "error")).toHaveLength(10_000)
    expect(10_001 - (reached.get("joins") ?? 0)).toBeLessThanOrEqual(share(started, 100, 20))
    expect(wire.closes).toEqual([])
    expect(await other.count()).toMatchObject(ok)
  })

  it("opens fifty tabs of one session: one more is not let in, until one is closed; others are", async () => {
    const refused: string[] = []
    using _heard = joinRefused.subscribe(({ reason }) => refused.push(reason))
    const first = await open()
    const { cookie } = first.page
    const tab = async () => open({ ...(await get(app, "/page", { cookie })), cookie })
    for (let more = 1; more < 50; more++) expect((await tab()).joined).toMatchObject(shown)
    const reason = "too many sockets of one session"
    expect((await tab()).joined).toEqual({ status: "error", response: { reason } })
    expect((await tab()).joined).toEqual({ status: "error", response: { reason } })
    expect(refused).toEqual([reason, reason])
    expect((await open()).joined).toMatchObject(shown)
    // who is in may join anew
    const { wire, topic, page } = first
    expect(await wire.ask(topic, "phx_join", joinPayload(page, "/page"))).toMatchObject(shown)
    wire.close()
    await vi.waitFor(async () => expect((await tab()).joined).toMatchObject(shown))
    expect((await tab()).joined).toEqual({ status: "error", response: { reason } })
  })

  it("sends events without end: those beyond its share are refused and counted", async () => {
    const reached = limits()
    const other = await open()
    const started = performance.now()
    const { wire, flood } = await open()
    const last = flood(10_000)
    expect(await other.count()).toMatchObject(ok)
    await wire.answerTo(last)
    const taken = replies(wire, "ok").length - 1
    expect(taken).toBeLessThanOrEqual(share(started, 200, 100))
    expect(reached.get("events")).toBe(10_000 - taken)
    expect(await other.count()).toMatchObject(ok)
  })

  it.each([
    [
      "more bytes than a frame may have",
      `["1","2","lv:x","event",{"value":"${"x".repeat(70_000)}"}]`,
      1009,
    ],
    [
      "arrays in arrays without end",
      `["1","2","lv:x","event",${"[".repeat(5000)}${"]".repeat(5000)}]`,
      1011,
    ],
    ["what is no JSON", `["1","2","lv:x"`, 1011],
    ["what is no frame", `{"__proto__":{"topic":"lv:x"}}`, 1011],
  ])("sends %s, and is cut off alone", async (_, frame, code) => {
    const other = await open()
    const { wire } = await open()
    wire.raw(frame)
    expect(wire.closes).toEqual([code])
    expect(await other.count()).toMatchObject(ok)
  })

  it("brings the tokens of another session's page: it is told to load its own", async () => {
    const refused: string[] = []
    using _ = joinRefused.subscribe(({ reason }) => refused.push(reason))
    const mine = await get(app, "/page")
    const victim = await open()
    const theirs = victim.page
    const { csrf } = mine
    const wire = await Wire.open(handler, { ...mine, csrf }, theirs.csrf)
    wires.push(wire)
    const joined = await wire.ask(`lv:${theirs.id}`, "phx_join", joinPayload(theirs, "/page"))
    expect(joined).toMatchObject({ status: "error", response: { reason: expect.any(String) } })
    const swapped = { ...theirs, static: mine.static, id: mine.id }
    const other = await wire.ask(`lv:${mine.id}`, "phx_join", joinPayload(swapped, "/page"))
    expect(other).toMatchObject({ status: "error" })
    const forged = { ...mine, session: `${mine.session.slice(0, -2)}xx` }
    const third = await wire.ask(`lv:${mine.id}`, "phx_join", joinPayload(forged, "/page"))
    expect(third).toMatchObject({ status: "error" })
    expect(refused).toHaveLength(3)
    expect(await victim.count()).toMatchObject(ok)
  })

  it("joins the same page again and again: each time it is mounted afresh, and once", async () => {
    const first = await open()
    await first.count()
    const again = await open(first.page)
    expect(again.joined).toMatchObject({ status: "ok" })
    expect(JSON.stringify(again.joined)).toContain('"0":"0"')
    const same = await first.wire.ask(first.topic, "phx_join", joinPayload(first.page, "/page"))
    expect(same).toMatchObject({ status: "ok" })
  })

  it.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"])(
    "calls everything %s: events, fields, rows, parameters, flash, files, topics and components",
    async (name) => {
      const refused: string[] = []
      using _ = eventRefused.subscribe(({ reason }) => refused.push(reason))
      const page = await get(app, `/page?${name}=1&__proto__[a]=1`)
      const { wire, topic, say, count } = await open(page)
      const ask = (event: string, payload: unknown) => wire.ask(topic, event, payload, "1")
      const empty = { status: "ok", response: {} }
      expect(await say({}, name)).toEqual(empty)
      expect(refused).toEqual(["unknown"])
      const form = { type: "form", event: "say", meta: { [name]: 1 } }
      const sent = [
        say({ text: name, [name]: { polluted: true } }),
        ask("event", { ...form, value: `text=a&${name}[polluted]=1&${name}=2` }),
        ask("event", { type: "click", event: "say", value: { text: "a" }, cid: name }),
        say({ id: `rows-${name}` }, "drop"),
        ask("event", { type: "click", event: "lv:clear-flash", value: { key: name } }),
        ask("cids_will_destroy", { cids: [name, { [name]: 1 }] }),
        ask("allow_upload", { ref: name, entries: [{ ref: name, name, [name]: 1 }] }),
        ask("progress", { ref: name, entry_ref: name, progress: 1, event: name }),
        ask("live_patch", { url: `http://app.example/page?${name}=1` }),
        ask(name, { [name]: 1 }),
      ]
      for (const answer of await Promise.all(sent)) expect(answer).toMatchObject({ status: "ok" })
      expect(
        await wire.ask(`lv:${name}`, "phx_join", { [name]: 1, session: { [name]: 1 } }),
      ).toEqual({
        status: "error",
        response: { reason: "stale" },
      })
      expect(await wire.ask(`lvu:${name}`, "phx_join", { token: name })).toMatchObject({
        status: "error",
      })
      expect(await count()).toMatchObject(ok)
      expect(Reflect.get(Object.prototype, "polluted")).toBeUndefined()
    },
  )

  it("announces nine thousand components that never were, and is answered", async () => {
    const { wire, topic, count } = await open()
    const cids = Array.from({ length: 9000 }, (_, i) => i)
    for (const event of ["cids_will_destroy", "cids_destroyed"]) {
      expect(await wire.ask(topic, event, { cids }, "1")).toMatchObject({ status: "ok" })
    }
    expect(await count()).toMatchObject(ok)
  })
})
