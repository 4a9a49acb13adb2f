import { each, html } from "@bennu/html"
import { describe, expect, it } from "vitest"
import { liveView, type Scope } from "../../fixtures/app.ts"
import { component, type FrameDrawn, frameDrawn, liveComponents } from "../index.ts"
import { mount } from "../testing.ts"

const Part = liveComponents<Scope>()({
  events: { add: {} },
  mount: () => ({ n: 0 }),
  handleEvent: { add: (socket) => socket.update("n", (n) => n + 1) },
  render: ({ n }, { add }) => html`<b phx-click="${add}">${n}</b>`,
})
const View = liveView({
  public: true,
  components: [Part],
  events: { change: {}, flash: {} },
  mount: () => ({ title: "a", rows: ["x", "y"], unshown: 0 }),
  handleEvent: {
    change: (socket) => socket.assign({ rows: ["x", "z"], unshown: 1 }),
    flash: (socket) => socket.putFlash("info", "hi"),
  },
  render: ({ title, rows }, _, { flash }) =>
    html`<h1>${title}</h1><ul>${each(
      rows,
      (row) => row,
      (row) => html`<li>${row}</li>`,
    )}</ul>${flash.info}${component(Part, { id: "part" })}`,
})

describe("a frame", () => {
  it("tells in development what had changed, where that shows, and how much it is", async () => {
    const drawn: FrameDrawn[] = []
    using _ = frameDrawn.subscribe((frame) => drawn.push(frame))
    await using page = await mount(View, { scope: { name: "ada" } })
    await page.push("change")
    await page.push("flash")
    await page.element("b").click()
    expect(drawn).toEqual([
      { view: "test", changed: ["rows", "unshown"], places: ["1.k.1.0"], bytes: 34 },
      { view: "test", changed: ["(flash)"], places: ["2"], bytes: 10 },
      { view: "test", changed: [], places: ["c.1.1"], bytes: 21 },
    ])
  })
})
