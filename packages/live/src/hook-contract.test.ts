import { html } from "@bennu/html"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { liveView } from "../fixtures/app.ts"
import { type HookOf, hookContract, hooksModule } from "./index.ts"
import { mount } from "./testing.ts"

interface Heard {
  readonly points: readonly number[]
  readonly title: string
}
const Chart = hookContract<Heard>()("Chart", { zoom: z.object({ from: z.number() }) })
const chart = Chart.hook({
  mounted() {
    this.handleEvent("points", (points) => this.el.setAttribute("data-last", `${points.at(-1)}`))
    // @ts-expect-error the view says no such thing
    this.handleEvent("lines", () => {})
    void this.pushEvent("zoom", { from: 1 })
    // @ts-expect-error the view takes a number
    void this.pushEvent("zoom", { from: "1" })
    // @ts-expect-error and no such event
    void this.pushEvent("pan", {})
  },
})
/** As the bundler's own modules write it. */
export const bundled = {
  mounted(this: HookOf<typeof Chart>) {
    void this.pushEvent("zoom", { from: 2 })
  },
}
const ChartLive = liveView({
  public: true,
  hooks: [chart],
  events: { more: {}, ...Chart.events },
  mount: () => ({ from: 0 }),
  handleEvent: {
    more: (socket) => Chart.push(socket, "points", [1, 2]),
    // @ts-expect-error a title is text
    zoom: (socket, { from }) => Chart.push(socket.assign({ from }), "title", from),
  },
  render: ({ from }) => html`<i id="chart" phx-hook="${chart}" data-from="${from}"></i>`,
})

describe("a hook contract", () => {
  it("binds what the page pushes to the view's schemas, and what the view says to what the hook hears", async () => {
    await using page = await mount(ChartLive, { scope: { name: "ada" } })
    await page.push("more")
    expect(page.events).toEqual([{ name: "points", payload: [1, 2] }])
    await page.push("zoom", { from: 3 })
    expect(page.element("#chart").attribute("data-from")).toBe("3")
    await expect(page.push("zoom", { from: "3" })).rejects.toThrow("invalid")
    expect(hooksModule([chart])).toContain('"Chart": {')
  })
})
