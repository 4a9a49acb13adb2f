import { each, html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, type Scope, secret, startPubSub } from "../../fixtures/app.ts"
import { get, joinPayload, Wire } from "../../fixtures/wire.ts"
import {
  component,
  eventRefused,
  JS,
  live,
  liveComponents,
  liveSocket,
  viewCrashed,
} from "../index.ts"

const Counter = liveComponents<Scope>()({
  events: {
    add: {},
    only: { authorize: ({ name }) => name === "eve" },
    take: z.object({ by: z.number() }),
  },
  mount: () => ({ count: 0 }),
  handleEvent: {
    add: (socket) => socket.update("count", (count) => count + 1).reply(socket.id),
    only: (socket) => socket.assign({ count: 99 }),
    take: (socket, { by }) => socket.assign({ count: by }),
  },
  render: ({ count }, { add }, { myself }) =>
    html`<b phx-click="${JS.push(add).push(add, { target: "#x" })}" phx-target="${myself}">${count}</b>`,
})
const Page = liveView({
  public: true,
  components: [Counter],
  streams: { rows: (row: string) => row },
  events: { hide: {}, view: {} },
  mount: ({ stream }) => {
    stream("rows", ["a"])
    return { ids: ["one", "two"] }
  },
  handleEvent: {
    hide: (socket) => socket.assign({ ids: ["two"] }),
    view: (socket) => socket.reply("the view's"),
  },
  render: ({ ids }, _, { streams }) =>
    html`${ids.map((id) => component(Counter, { id }))}<ul id="rows" phx-update="stream">${each(
      streams.rows,
      (row, id) => html`<li id="${id}">${row}</li>`,
    )}</ul>`,
})
const path = paths({ page: "/page" })
const app = router(scope("/", browser, { layout: root }, [live(path.page, Page)]))
const handler = liveSocket({ router: app, pubsub: await startPubSub(), secret })

const open: Wire[] = []
afterEach(() => {
  for (const wire of open.splice(0)) wire.close()
})
async function join() {
  const page = await get(app, "/page")
  const wire = await Wire.open(handler, page)
  open.push(wire)
  const topic = `lv:${page.id}`
  const joined = await wire.ask(topic, "phx_join", joinPayload(page, "/page"))
  const ask = async (event: string, payload: unknown) =>
    (await wire.ask(topic, event, payload, "1"))["response"]
  const send = (event: string, cid: unknown, value: unknown = {}) =>
    ask("event", { type: "click", event, value, cid })
  return { ask, send, joined }
}

describe("an event for a live component", () => {
  it("is written with its target, which a command may replace", async () => {
    const { joined } = await join()
    const commands = [
      ["push", { event: "add", target: "1" }],
      ["push", { event: "add", target: "#x" }],
    ]
    expect(JSON.stringify(joined)).toContain(
      JSON.stringify(JSON.stringify(commands).replaceAll('"', "&quot;")).slice(1, -1),
    )
    expect(JSON.stringify(joined)).toContain(`phx-target=\\"1\\"`)
  })

  it("is answered with nothing when there is no such component, whatever it is called", async () => {
    const { send } = await join()
    for (const cid of [3, 0, -1, 1.5, "1", "__proto__", {}, [1], true, 2 ** 53]) {
      expect(await send("add", cid)).toEqual({})
    }
    expect(await send("add", 1)).toEqual({ diff: { c: { 1: { 2: "1" } }, r: "one" } })
  })

  it("reaches neither the view's handlers nor those that are not the sender's", async () => {
    const refused: string[] = []
    using _ = eventRefused.subscribe(({ event, reason }) => refused.push(`${event} ${reason}`))
    const { send } = await join()
    expect(await send("view", 1)).toEqual({})
    expect(await send("only", 1)).toEqual({})
    expect(await send("take", 1, { by: "9" })).toEqual({})
    expect(await send("__proto__", 1)).toEqual({})
    expect(await send("add", null)).toEqual({})
    expect(refused).toEqual([
      "view unknown",
      "only unauthorized",
      "take invalid",
      "__proto__ unknown",
      "add unknown",
    ])
  })
})

describe("a view", () => {
  it("holds as many components as it may, however few of them its page lets go of", async () => {
    const Growing = liveView({
      public: true,
      components: [Counter],
      events: { next: {} },
      mount: () => ({ id: 0 }),
      handleEvent: { next: (socket) => socket.update("id", (id) => id + 1) },
      render: ({ id }) => html`${component(Counter, { id: `${id}` })}`,
    })
    const growing = router(scope("/", browser, { layout: root }, [live(path.page, Growing)]))
    const limits = { components: 3 }
    const bounded = liveSocket({ router: growing, pubsub: await startPubSub(), secret, limits })
    const page = await get(growing, "/page")
    const wire = await Wire.open(bounded, page)
    open.push(wire)
    const topic = `lv:${page.id}`
    await wire.ask(topic, "phx_join", joinPayload(page, "/page"))
    const crashed = viewCrashed.subscribe(({ error }) => errors.push(error))
    const errors: unknown[] = []
    for (let n = 0; n < 3; n++) wire.send(topic, "event", { type: "click", event: "next" }, "1")
    await wire.wait(([, , , event]) => event === "phx_error")
    crashed[Symbol.dispose]()
    expect(errors).toMatchObject([{ code: "ERR_LIVE_TOO_MANY_COMPONENTS", limit: 3 }])
  })
})

describe("a page that lets go of components", () => {
  it("is told which are gone: none that it did not announce, or that came back", async () => {
    const { ask, send } = await join()
    expect(await ask("cids_destroyed", { cids: [1, 2, 7, "1", null] })).toEqual({ cids: [] })
    expect(await send("add", 2)).toMatchObject({ diff: { r: "two" } })
    await ask("event", { type: "click", event: "hide", value: {} })
    expect(await ask("cids_will_destroy", { cids: [1, 9] })).toEqual({})
    expect(await ask("cids_destroyed", { cids: [1, 2] })).toEqual({ cids: [1] })
    expect(await send("add", 1)).toEqual({})
  })

  it("sends what it likes, and is answered", async () => {
    const { ask } = await join()
    for (const payload of [null, [], { cids: "1" }, { cids: { length: 1e9 } }, {}]) {
      expect(await ask("cids_will_destroy", payload)).toEqual({})
      expect(await ask("cids_destroyed", payload)).toEqual({ cids: [] })
    }
  })
})
