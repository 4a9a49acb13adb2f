import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, type Scope } from "../../fixtures/app.ts"
import { connected, keeping, restarting, shows } from "../../fixtures/restarting.ts"
import { until } from "../../fixtures/wire.ts"
import { component, live, liveComponents, liveRender } from "../index.ts"

const Text = z.looseObject({ text: z.string() })

/** A form that stands in a live component, which is shown only once somebody asked for it. */
const Late = liveComponents<Scope>()({
  events: { write: Text },
  mount: () => ({ text: "" }),
  stash: { name: "late", keys: { text: z.string() } },
  handleEvent: { write: (socket, { text }) => socket.assign({ text }) },
  render: ({ text }, { write }) => html`<form id="late" phx-change="${write}">
    <input id="late-text" name="text" value="${text}"><q id="late-said">${text}</q></form>`,
})
/** A form that stands in a view in a view. */
const Kid = liveView({
  public: true,
  events: { write: Text },
  mount: () => ({ text: "" }),
  stash: { keys: { text: z.string() } },
  handleEvent: { write: (socket, { text }) => socket.assign({ text }) },
  render: ({ text }, { write }) => html`<form id="kid-form" phx-change="${write}">
    <input id="kid-text" name="text" value="${text}"><q id="kid-said">${text}</q></form>`,
})
const Page = liveView({
  public: true,
  views: [Kid],
  components: [Late],
  events: { open: {}, change: Text, own: z.looseObject({ own: z.string() }) },
  mount: () => ({ open: false, own: "", said: "" }),
  stash: { keys: { open: z.boolean(), own: z.string() } },
  handleEvent: {
    open: (socket) => socket.assign({ open: true }),
    own: (socket, { own }) => socket.assign({ own }),
    change: (socket, { text }) => socket.assign({ said: text }),
  },
  render: ({ open, own, said }, events) => html`
    <button id="open" phx-click="${events.open}">Open</button>
    <div id="menu">${open ? component(Late, { id: "late" }) : ""}</div>
    <form id="all" phx-change="${events.change}">
      <fieldset><input id="text" name="text"></fieldset>
    </form>
    <form id="own-form"><input id="own" name="own" value="${own}" phx-change="${events.own}"></form>
    <div id="editor" phx-update="ignore" contenteditable>write</div>
    <q id="said">${said}</q><q id="own-said">${own}</q>
    ${liveRender(Kid, { id: "kid" })}`,
})
const path = paths({ page: "/page" })
const app = router(scope("/", browser, { layout: root }, [live(path.page, Page)]))

const { serve, open } = restarting(app)

describe("a page whose server was replaced", () => {
  it("has all that was begun in it: in views in it, in components that were opened, in fields that are by themselves", async () => {
    const server = await serve()
    const page = await open(`${server.origin}/page`, keeping)
    await connected(page, 2)
    page.click("#open")
    await until(() => expect(page.document.querySelector("#late-text")).not.toBeNull())
    page.type("#late-text", "in a component")
    await shows(page, "#late-said", "in a component")
    page.type("#kid-text", "in a view")
    await shows(page, "#kid-said", "in a view")
    page.type("#own", "by itself")
    await shows(page, "#own-said", "by itself")
    page.window.eval(`document.querySelector("#editor").textContent = "an essay"`)
    page.type("#text", "in a fieldset")
    await shows(page, "#said", "in a fieldset")

    await server.kill()
    await until(() => expect(page.document.querySelector(".phx-connected")).toBeNull())
    await serve(server.port)
    await connected(page, 2)
    await shows(page, "#late-said", "in a component")
    await shows(page, "#kid-said", "in a view")
    await shows(page, "#own-said", "by itself")
    // what is not kept is sent again by the page
    await shows(page, "#said", "in a fieldset")
    expect(page.text("#editor")).toBe("an essay")
    for (const [field, value] of [
      ["#late-text", "in a component"],
      ["#kid-text", "in a view"],
      ["#own", "by itself"],
      ["#text", "in a fieldset"],
    ] as const) {
      expect(page.document.querySelector(field)?.value).toBe(value)
    }
    page.type("#late-text", "goes on")
    await shows(page, "#late-said", "goes on")
  }, 60_000)
})
