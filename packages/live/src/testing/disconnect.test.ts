import { each, html } from "@bennu/html"
import { topic } from "@bennu/pubsub"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { liveView, startPubSub } from "../../fixtures/app.ts"
import { liveRender, on } from "../index.ts"
import { mount } from "../testing.ts"

const said = topic("said", z.string())
let runs = 0
const Counter = liveView({
  public: true,
  events: { inc: {}, ask: {} },
  mount: ({ mounts, restored }) => ({
    count: 0,
    other: 0,
    heard: "",
    mounts,
    restored,
    run: ++runs,
  }),
  stash: { keys: { count: z.number() } },
  handleEvent: {
    inc: (socket) =>
      socket.update("count", (count) => count + 1).update("other", (other) => other + 1),
    ask: (socket) => socket.reply(socket.assigns.count),
  },
  subscribe: (_) => [on(said, (socket, heard) => socket.assign({ heard }))],
  render: ({ count, other, heard, mounts, restored }, { inc }) =>
    html`<b phx-click="${inc}">${count} ${other} ${heard} ${mounts} ${restored ? "restored" : "fresh"}</b>`,
})
const Rows = liveView({
  public: true,
  streams: { rows: (id: number) => id },
  mount({ stream, mounts }) {
    stream("rows", [1, 2])
    return { mounts }
  },
  render: ({ mounts }, _, { streams }) =>
    html`<i>${mounts}</i><ul id="rows" phx-update="stream">${each(streams.rows, (id, dom) => html`<li id="${dom}">${id}</li>`)}</ul>`,
})
const scope = { name: "ada" }

describe("a view in a test", () => {
  it("is as it was when its page comes back, and hears what is said meanwhile", async () => {
    const pubsub = await startPubSub()
    await using view = await mount(Counter, { scope, pubsub })
    const run = runs
    await view.element("b").click()
    const back = view.disconnect()
    await pubsub.broadcast(said, "hello")
    await view.connected()
    await back
    await view.settled()
    expect(view.html()).toContain("1 1 hello 0 fresh")
    expect(runs).toBe(run)
    await view.element("b").click()
    expect(view.html()).toContain("2 2 hello 0 fresh")
  })

  it("has after a restart of the server what it keeps, and nothing else", async () => {
    await using view = await mount(Counter, { scope })
    await view.element("b").click()
    await view.disconnect({ server: "restart" })
    expect(view.html()).toContain("1 0  1 restored")
    await view.element("b").click()
    await view.disconnect({ server: "restart" })
    expect(view.html()).toContain("2 0  2 restored")
    expect(await view.push("ask")).toBe(2)
    // what the page is given to keep is its script's business
    expect(view.events).toEqual([])
  })

  it("is mounted afresh where its page alone has what it showed", async () => {
    await using view = await mount(Rows, { scope })
    await view.disconnect()
    expect(view.html()).toContain("<i>1</i>")
    expect(view.html()).toContain(">2</li>")
  })

  it("shows what it showed while an answer is on its way", async () => {
    await using view = await mount(Counter, { scope })
    view.latency(40)
    const clicked = view.element("b").click()
    expect(view.html()).toContain("0 0")
    await clicked
    expect(view.html()).toContain("1 1")
  })

  it("comes back with the views in it", async () => {
    const Outer = liveView({
      public: true,
      views: [Counter],
      render: () => html`<p>${liveRender(Counter, { id: "kid" })}</p>`,
    })
    await using view = await mount(Outer, { scope })
    await view.disconnect({ server: "restart" })
    await using kid = await view.nested("kid")
    await kid.element("b").click()
    expect(kid.html()).toContain("1 1")
  })
})
