import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { browser, liveView, root, secret, startPubSub } from "../fixtures/app.ts"
import { get, joinPayload, Wire, type WireFrame } from "../fixtures/wire.ts"
import { live, liveRender, liveSocket, viewCrashed } from "./index.ts"
import { mount } from "./testing.ts"

const Kid = liveView({
  public: true,
  events: { fail: {} },
  handleEvent: {
    fail: () => {
      throw new Error("the kid failed")
    },
  },
  render: (_, { fail }) => html`<button phx-click="${fail}"></button>`,
})
const house = (linked: boolean) =>
  liveView({
    public: true,
    views: [Kid],
    render: () => html`<h1>home</h1>${liveRender(Kid, { id: "kid", linked })}`,
  })
const path = paths({ linked: "/linked", alone: "/alone" })
const app = router(
  scope("/", browser, { layout: root }, [
    live(path.linked, house(true)),
    live(path.alone, house(false)),
  ]),
)
const handler = liveSocket({ router: app, pubsub: await startPubSub(), secret })

/** Joins a page and the view in it, and lets that one fail. */
async function fail(at: string): Promise<readonly WireFrame[]> {
  const page = await get(app, at)
  const wire = await Wire.open(handler, page)
  const topic = `lv:${page.id}`
  const joined = await wire.ask(topic, "phx_join", joinPayload(page, at))
  const [session = ""] = JSON.stringify(joined).match(/(?<=data-phx-session=\\")[^\\]*/) ?? []
  const params = { _mounts: 0 }
  await wire.ask("lv:kid", "phx_join", { params, session, static: null, sticky: false })
  wire.send("lv:kid", "event", { type: "click", event: "fail", value: {} }, "2")
  await wire.wait(([, , of, event]) => of === "lv:kid" && event === "phx_error")
  await new Promise((resolve) => setImmediate(resolve))
  wire.close()
  return wire.frames.filter(([, , of, event]) => of === topic && event === "phx_error")
}

describe("a linked view", () => {
  it("takes the view around it along when it crashes, and others do not", async () => {
    const crashes: unknown[] = []
    using _ = viewCrashed.subscribe(({ view }) => crashes.push(view))
    expect(await fail("/linked")).toHaveLength(1)
    expect(crashes).toEqual(["/linked > kid", "/linked"])
    expect(await fail("/alone")).toHaveLength(0)
  })

  it("does so in tests, too", async () => {
    await using page = await mount(house(true), { scope: { name: "ada" } })
    const kid = await page.nested("kid")
    await expect(kid.element("button").click()).rejects.toThrow("the kid failed")
    await expect(page.settled()).rejects.toThrow("the kid failed")
  })
})
