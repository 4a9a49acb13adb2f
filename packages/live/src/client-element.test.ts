import { endpoint } from "@bennu/endpoint"
import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { browse } from "../fixtures/browser.ts"
import { propsOf } from "./client.ts"
import { clientHooks, hookContract, hooksModule, live, liveSocket, type PropsOf } from "./index.ts"

interface Look {
  readonly points: readonly number[]
  readonly title: string
}
const Chart = hookContract<{}, Look>()("Chart", {})
const chart = Chart.hook({
  draw() {
    const { points, title } = this.props()
    // @ts-expect-error nobody gives it lines
    this.props().lines
    this.el.textContent = `${title}: ${points.join()}`
  },
  mounted() {
    this.draw()
  },
  updated() {
    this.draw()
  },
})
const Plain = hookContract()("Plain", {})
const ChartLive = liveView({
  public: true,
  hooks: [chart],
  events: { more: {}, rest: {} },
  mount: () => ({ points: [1] as readonly number[], total: "many" }),
  handleEvent: {
    rest: (socket) => socket.assign({ total: String(socket.assigns.points.length) }),
    more: (socket) => socket.update("points", (points) => [...points, points.length + 1]),
  },
  render: ({ points, total }, { more, rest }) => html`<b id="count">${points.length} of ${total}</b>
    <i id="rest" phx-click="${rest}"></i>
    <my-chart ${Chart.attrs({ id: "chart", props: { points, title: `<&"'> ${points.length}` } })}>loading</my-chart>
    <button id="more" phx-click="${more}">more</button>`,
})
const path = paths({ page: "/page" })
const app = router(scope("/", browser, { layout: root }, [live(path.page, ChartLive)]))

describe("an element of the page's own", () => {
  it("is given props by its view, which never touches what stands in it", async () => {
    const pubsub = await startPubSub()
    const sockets = { "/live": liveSocket({ router: app, pubsub, secret }) } as const
    const handler = endpoint({ router: app, port: 0, host: "127.0.0.1", sockets })
    await using server = await handler.start(new AbortController().signal)
    const before = hooksModule(clientHooks(app)).replace("export const hooks", "window.hooks_")
    using page = await browse(`${server.url.origin}/page`, { before })
    const shows = (text: string) =>
      expect.poll(() => page.text("#chart"), { interval: 2 }).toBe(text)
    await shows(`<&"'> 1: 1`)
    page.window.eval(`document.querySelector("#chart").setAttribute("open", "")`)
    page.click("#more")
    await shows(`<&"'> 2: 1,2`)
    expect(page.document.querySelector("#chart")?.getAttribute("open")).toBe("")
    page.window.eval(`document.querySelector("#chart").textContent = "a picture"`)
    // what does not concern it does not call it
    page.click("#rest")
    await expect.poll(() => page.text("#count"), { interval: 2 }).toBe("2 of 2")
    expect(page.text("#chart")).toBe("a picture")
  })

  it("is given what its contract says", () => {
    const { points } = propsOf<typeof Chart>({ dataset: { props: '{"points":[1,2],"title":"a"}' } })
    const look: PropsOf<typeof Chart> = { points, title: "b" }
    expect(look.points).toEqual([1, 2])
    expect(propsOf<typeof Plain>({ dataset: {} })).toEqual({})
    // @ts-expect-error it needs points
    Chart.attrs({ id: "chart", props: { title: "no points" } })
    // @ts-expect-error and props at all
    Chart.attrs({ id: "chart" })
    expect(String(html`<i ${Plain.attrs({ id: "plain" })}></i>`)).toBe(
      '<i id="plain" phx-hook="Plain" phx-update="ignore" data-props="{}"></i>',
    )
  })
})
