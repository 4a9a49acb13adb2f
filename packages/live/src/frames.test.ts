import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { finished } from "@bennu/telemetry"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { get, joinPayload, Wire } from "../fixtures/wire.ts"
import { after, frameSent, live, liveSocket, on } from "./index.ts"

const path = paths({ view: "/view", unfit: "/unfit", asks: "/asks" })
const pubsub = await startPubSub()
const said = topic("said", z.string())
const ended = vi.fn()
const heard = vi.fn()

const View = liveView({
  params: z.object({ step: z.string().default("none") }),
  public: true,
  events: { go: {}, leave: {}, tell: {}, await: {} },
  mount: ({ mounts, connectParams }) => ({
    text: `${mounts} ${JSON.stringify(connectParams["theme"] ?? null)}`,
  }),
  handleEvent: {
    go: (socket) => socket.pushPatch("/view?step=two", { replace: true }).pushEvent("going"),
    leave: (socket) => socket.pushEvent("bye").redirect({ external: "https://example.com/x" }),
    tell: (socket) =>
      socket.pushEvent("soon", { a: 1 }, { dispatch: "before" }).pushEvent("then").reply(null),
    await: async (socket) => {
      heard("started")
      await new Promise((resolve) => socket.signal.addEventListener("abort", resolve))
      heard("aborted")
    },
  },
  subscribe: (_) => [
    on(said, (socket, text) =>
      text === "away" ? socket.pushNavigate("/asks") : socket.assign({ text }),
    ),
  ],
  terminate: (_, reason) => ended(reason),
  render: ({ text }, _, { url }) => html`<p>${text}</p><i>${url.search}</i>`,
})
const Unfit = liveView({
  public: true,
  mount: ({ connected }) => ({ connected }),
  subscribe: (_) => [on(said, () => heard("by a view that could not be joined"))],
  render: ({ connected }) => {
    if (connected) throw new Error("cannot be drawn")
    return html`drawn`
  },
})
const Asks = liveView({
  public: true,
  mount: () => ({ late: "" }),
  handleParams: (socket) =>
    socket.url.search === "" && socket.connected ? socket.pushPatch("/asks?page=1") : undefined,
  subscribe: (_) => [after(0, (socket) => socket.assign({ late: "late" }))],
  render: ({ late }) => html`<b>${late}</b>`,
})
const app = router(
  scope("/", browser, { layout: root }, [
    live(path.view, View),
    live(path.unfit, Unfit),
    live(path.asks, Asks),
  ]),
)
const handler = liveSocket({ router: app, pubsub, secret })

const open: Wire[] = []
afterEach(() => {
  for (const wire of open.splice(0)) wire.close()
})

async function join(at: string, more: object = {}) {
  const page = await get(app, at)
  const wire = await Wire.open(handler, page)
  open.push(wire)
  const topic = `lv:${page.id}`
  const answer = await wire.ask(topic, "phx_join", joinPayload(page, at, more))
  const event = (name: string) => ({ type: "click", event: name, value: {} })
  return { wire, topic, answer, event, names: () => wire.frames.map(([, , , name]) => name) }
}

describe("the frames of a view", () => {
  it("tell mount how often the page has joined, and with which parameters", async () => {
    const params = { _mounts: 2, theme: "dark" }
    const { answer } = await join("/view", { params })
    expect(answer).toMatchObject({ response: { rendered: { 0: "2 &quot;dark&quot;" } } })
  })

  it("tell of a patch first, and of what it changed in the answer", async () => {
    const { wire, topic, event, names } = await join("/view")
    const answer = await wire.ask(topic, "event", event("go"), "1")
    expect(names()).toEqual(["phx_reply", "live_patch", "phx_reply"])
    expect(wire.frames[1]?.[4]).toEqual({ to: "/view?step=two", kind: "replace" })
    expect(answer).toEqual({
      status: "ok",
      response: { diff: { 1: "?step=two", e: [["going", {}]] } },
    })
  })

  it("tell the join of a patch that handleParams made", async () => {
    const { answer } = await join("/asks")
    expect(answer).toMatchObject({
      status: "ok",
      response: { live_patch: { to: "/asks?page=1", kind: "push" } },
    })
  })

  it("carry events before the view leaves, then where to, then the end", async () => {
    const { wire, topic, event, names } = await join("/view")
    const answer = await wire.ask(topic, "event", event("leave"), "1")
    await wire.wait(([, , , name]) => name === "phx_close")
    expect(names()).toEqual(["phx_reply", "diff", "phx_reply", "phx_close"])
    expect(wire.frames[1]?.[4]).toEqual({ e: [["bye", {}]] })
    expect(answer).toEqual({
      status: "ok",
      response: { redirect: { to: "https://example.com/x" } },
    })
  })

  it("carry events for before and after the patch, and an answer for hooks", async () => {
    const { wire, topic, event } = await join("/view")
    expect(await wire.ask(topic, "event", event("tell"), "1")).toEqual({
      status: "ok",
      response: {
        diff: {
          e: [
            ["soon", { a: 1 }, true],
            ["then", {}],
          ],
          r: null,
        },
      },
    })
  })

  it("come by themselves when a topic says something, with the join's reference and no other", async () => {
    const sizes: number[] = []
    using _ = frameSent.subscribe(({ bytes }) => sizes.push(bytes))
    const { wire, topic } = await join("/view")
    await pubsub.broadcast(said, "hello")
    const pushed = await wire.wait(([, , , name]) => name === "diff")
    expect(pushed).toEqual(["1", null, topic, "diff", { 0: "hello" }])
    expect(sizes.at(-1)).toBe(JSON.stringify({ 0: "hello" }).length)
    await pubsub.broadcast(said, "away")
    const away = await wire.wait(([, , , name]) => name === "live_redirect")
    expect(away[4]).toEqual({ to: "/asks", kind: "push" })
    await wire.wait(([, , , name]) => name === "phx_close")
  })

  it("come after the page has what it waits for", async () => {
    const { wire, names } = await join("/asks")
    await wire.wait(([, , , name]) => name === "diff")
    expect(names()).toEqual(["phx_reply", "diff"])
  })
})

describe("a view", () => {
  it("ends with its connection: what waits is aborted, then terminate runs", async () => {
    ended.mockClear()
    const { wire, topic, event } = await join("/view")
    wire.send(topic, "event", event("await"), "1")
    await expect.poll(() => heard.mock.calls, { interval: 1 }).toContainEqual(["started"])
    wire.close()
    await expect.poll(() => ended.mock.calls, { interval: 1 }).toEqual([["closed"]])
    expect(heard).toHaveBeenCalledWith("aborted")
  })

  it("that cannot be drawn is not joined, and hears nothing any more", async () => {
    const { answer } = await join("/unfit")
    expect(answer).toEqual({ status: "error", response: { reason: "join crashed" } })
    await pubsub.broadcast(said, "anybody?")
    expect(heard).not.toHaveBeenCalledWith("by a view that could not be joined")
  })

  it("is measured: how long it took to mount and to answer", async () => {
    const spans: unknown[] = []
    using _mounted = finished("bennu.live.view.mount").subscribe(({ attributes }) =>
      spans.push(attributes),
    )
    using _handled = finished("bennu.live.event.handle").subscribe(({ attributes }) =>
      spans.push(attributes),
    )
    const { wire, topic, event } = await join("/view")
    await wire.ask(topic, "event", event("tell"), "1")
    expect(spans).toEqual([
      { view: "/view", mounts: 0, kind: "routed" },
      { view: "/view", event: "tell" },
    ])
  })

  it("is measured: how long it took to draw, and to find out what is new", async () => {
    const spans: unknown[] = []
    using _drawn = finished("bennu.live.view.render").subscribe(({ attributes, duration }) =>
      spans.push(["render", attributes, duration >= 0]),
    )
    using _compared = finished("bennu.live.view.diff").subscribe(({ attributes, duration }) =>
      spans.push(["diff", attributes, duration >= 0]),
    )
    const { wire, topic, event } = await join("/view")
    await wire.ask(topic, "event", event("go"), "1")
    expect(spans).toEqual([
      ["render", { view: "/view" }, true],
      ["diff", { view: "/view", whole: true }, true],
      ["render", { view: "/view" }, true],
      ["diff", { view: "/view", whole: false }, true],
    ])
  })
})
