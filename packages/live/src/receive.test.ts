import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { get, joinPayload, Wire } from "../fixtures/wire.ts"
import { live, liveSocket } from "./index.ts"

const path = paths({ view: "/view" })
const View = liveView({
  params: z.object({ page: z.string().default("1") }),
  public: true,
  events: { set: z.looseObject({ to: z.string() }), count: {}, wait: {} },
  mount: () => ({ to: "", count: 0 }),
  handleEvent: {
    set: (socket, { to }) => socket.assign({ to }),
    count: (socket) => socket.update("count", (count) => count + 1),
    wait: async (socket) => {
      await new Promise((resolve) => setImmediate(resolve))
      return socket.assign({ to: "waited" })
    },
  },
  render: ({ to, count }) => html`<b>${to}</b>${count}`,
})
const app = router(scope("/", browser, { layout: root }, [live(path.view, View)]))
const unhurried = { eventsPerSecond: 1_000_000, eventBurst: 1_000_000 }
const handler = liveSocket({
  ...{ router: app, pubsub: await startPubSub(), secret },
  limits: unhurried,
})

const names = fc.constantFrom("set", "count", "missing", "__proto__", "lv:clear-flash", "lv:x", "")
const values = fc.oneof(
  fc.record({ to: fc.string(), __proto__: fc.jsonValue() }),
  fc.jsonValue(),
  fc.webQueryParameters(),
  fc.constantFrom("to=1", "to[]=1&to=2", "__proto__[to]=1", "%ff=%zz", "to=a&_target=x"),
)
const pushed = fc.oneof(
  fc.tuple(
    fc.constant("event"),
    fc.record(
      {
        type: fc.constantFrom("click", "form", "hook", null),
        event: fc.oneof(names, fc.jsonValue()),
        value: values,
        meta: fc.jsonValue(),
        cid: fc.constantFrom(undefined, 1, "x"),
      },
      { requiredKeys: [] },
    ),
  ),
  fc.tuple(
    fc.constantFrom(
      "live_patch",
      "cids_will_destroy",
      "cids_destroyed",
      "allow_upload",
      "progress",
      "x",
    ),
    fc.oneof(
      fc.jsonValue(),
      fc.record({
        url: fc.oneof(fc.webUrl(), fc.constantFrom("http://app.example/view?page=2", "x", "//")),
      }),
    ),
  ),
)

describe("a view", () => {
  it("answers whatever a page sends with ok, exactly once and in order, and lives on", async () => {
    const page = await get(app, "/view")
    const wire = await Wire.open(handler, page)
    const topic = `lv:${page.id}`
    await wire.ask(topic, "phx_join", joinPayload(page, "/view"))
    await fc.assert(
      fc.asyncProperty(fc.array(pushed, { minLength: 1, maxLength: 20 }), async (all) => {
        wire.frames.length = 0
        const refs = all.map(([event, payload]) => wire.send(topic, event, payload, "1"))
        await wire.answerTo(refs.at(-1) ?? "")
        const answers = wire.frames.filter(([, , , event]) => event === "phx_reply")
        expect(answers.map(([, ref]) => ref)).toEqual(refs)
        expect(answers.every(([, , , , { status }]) => status === "ok")).toBe(true)
        expect(wire.frames.some(([, , , event]) => event === "phx_error")).toBe(false)
      }),
      { numRuns: 100 },
    )
    expect(Object.hasOwn(Object.prototype, "to")).toBe(false)
    const click = { type: "click", event: "count", value: {} }
    const last = await wire.ask(topic, "event", click, "1")
    expect(last).toMatchObject({ status: "ok", response: { diff: {} } })
  })
  it("answers an event before anything else happens where its handler does not wait, and others behind it where it does", async () => {
    const page = await get(app, "/view")
    const wire = await Wire.open(handler, page)
    const topic = `lv:${page.id}`
    const joined = wire.send(topic, "phx_join", joinPayload(page, "/view"))
    await wire.answerTo(joined)
    const send = (event: string) =>
      wire.send(topic, "event", { type: "click", event, value: {} }, joined)
    const answered = () =>
      wire.frames.filter(([, , , event]) => event === "phx_reply").map(([, ref]) => ref)
    const first = send("count")
    expect(answered()).toEqual([joined, first])
    const waits = send("wait")
    const last = send("count")
    expect(answered()).toEqual([joined, first])
    await wire.answerTo(last)
    expect(answered()).toEqual([joined, first, waits, last])
    const again = send("count")
    expect(answered()).toEqual([joined, first, waits, last, again])
  })
})
