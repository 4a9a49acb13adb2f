import { each, type Html, html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, type Scope } from "../../fixtures/app.ts"
import { get } from "../../fixtures/wire.ts"
import { component, JS, type LiveComponent, live, liveComponents, props } from "../index.ts"
import { mount } from "../testing.ts"

const liveComponent = liveComponents<Scope>()
const me = { scope: { name: "ada" } }

const Counter = liveComponent({
  props: props<{ step: number }>(),
  events: { add: {}, fail: {}, take: z.object({ by: z.coerce.number() }), leave: {}, tell: {} },
  mount: async ({ scope, props }) => ({ count: 0, note: `${scope.name} ${props.step}` }),
  update: (socket, previous) => socket.assign({ note: `${previous.step}→${socket.props.step}` }),
  handleEvent: {
    add: (socket) => socket.update("count", (count) => count + socket.props.step),
    take: (socket, { by }) => socket.update("count", (count) => count - by).reply({ by }),
    fail: () => {
      throw new Error("oops")
    },
    leave: (socket) => socket.putFlash("info", "bye").pushNavigate("/elsewhere"),
    tell: (socket) => socket.putFlash("info", `from ${socket.id}`).pushEvent("told"),
  },
  render: (
    { count, note, step },
    { add, tell, leave, fail },
    { id, myself },
  ) => html`<div id="${id}">${count} ${note}
    <button class="add" phx-click="${add}">+${step}</button><a class="js" phx-click="${JS.push(add)}">js</a>
    <i class="named" phx-click="add" phx-target="${myself}">named</i><b class="by" phx-click="add" phx-target="#${id}">by</b>
    <s class="tell" phx-click="${tell}"></s><s class="leave" phx-click="${leave}"></s><s class="fail" phx-click="${fail}"></s></div>`,
})
const List = liveComponent({
  streams: { rows: (row: string) => row },
  events: { insert: z.object({ row: z.string() }) },
  components: [Counter],
  mount: ({ stream }) => {
    stream("rows", ["a"])
    return { inner: 1 }
  },
  handleEvent: { insert: (socket, { row }) => socket.streamInsert("rows", row) },
  render: ({ inner }, { insert }, { streams }) =>
    html`<section><ul id="rows" phx-update="stream">${each(
      streams.rows,
      (row, id) => html`<li id="${id}">${row}</li>`,
    )}</ul><u class="insert" phx-click="${insert}" phx-value-row="b">insert</u>${component(
      Counter,
      {
        id: "inner",
        step: inner,
      },
    )}</section>`,
})
const Page = liveView({
  public: true,
  components: [List],
  events: { step: {}, show: {}, send: {}, anew: {}, both: {} },
  mount: () => ({ step: 1, shown: true, other: false }),
  handleEvent: {
    step: (socket) => socket.update("step", (step) => step + 1),
    show: (socket) => socket.update("shown", (shown) => !shown),
    send: (socket) =>
      socket.sendUpdate(Counter, "one", { step: 10 }).sendUpdate(Counter, "none", {}),
    anew: (socket) => socket.assign({ other: true }),
    both: (socket) =>
      socket.update("step", (step) => step + 1).sendUpdate(Counter, "inner", { step: 7 }),
  },
  render: ({ step, shown, other }, _, { flash }) => {
    const one = shown && component(Counter, { id: "one", step })
    if (other) return html`<h1>${one}</h1>`
    return html`<p>${flash.info}</p>${one}${component(List, { id: "list" })}`
  },
})
const text = (markup: string) =>
  markup
    .replaceAll(/<[^>]*>|\s+/g, " ")
    .replaceAll(/ +/g, " ")
    .trim()

describe("a live component", () => {
  it("has a state and events of its own, however they are aimed", async () => {
    await using page = await mount(Page, me)
    for (const selector of [".add", ".js", ".named", ".by"])
      await page.element(`#one ${selector}`).click()
    expect(text(page.html())).toContain("4 ada 1 +1")
    await page.element("#inner .add").click()
    expect(text(page.html())).toContain("1 ada 1 +1")
    expect(page.frames).toEqual([
      { c: { 1: { 1: "1" } } },
      { c: { 1: { 1: "2" } } },
      { c: { 1: { 1: "3" } } },
      { c: { 1: { 1: "4" } } },
      { c: { 3: { 1: "1" } } },
    ])
  })

  it("takes over the statics of another one in the page", async () => {
    const Two = liveView({
      public: true,
      components: [Counter],
      events: { more: {} },
      mount: () => ({ more: 0 }),
      handleEvent: { more: (socket) => socket.update("more", (more) => more + 1) },
      render: ({ more }) =>
        html`${["a", "b", "c"].slice(0, more).map((id) => component(Counter, { id, step: 1 }))}`,
    })
    await using page = await mount(Two, me)
    await page.push("more")
    await page.push("more")
    expect(page.frames.at(-1)).toMatchObject({ c: { 2: { 1: "0", s: -1 } } })
    expect(JSON.stringify(page.frames.at(-1))).not.toContain("<div")
    expect(page.html()).toContain('<div id="b">0 ada 1')
  })

  it("is told of other props, from around it or by sendUpdate, and is left alone when they are the same", async () => {
    await using page = await mount(Page, me)
    await page.push("step")
    expect(text(page.html())).toContain("0 1→2 +2")
    await page.push("send")
    expect(text(page.html())).toContain("0 2→10 +10")
    const sent = page.frames.length
    await page.push("show")
    await page.push("both")
    expect(text(page.html())).toContain("0 1→7 +7")
    expect(page.frames.length).toBe(sent + 2)
  })

  it("takes slots as functions among its props, as a function component does", async () => {
    type Slots = { readonly title: Html; readonly row: (n: number) => Html }
    /** Knows nothing of the app that it is used in, as one of a package. */
    const Pager = liveComponents<object>()({
      props: props<Slots>(),
      events: { next: {} },
      mount: () => ({ page: 1 }),
      handleEvent: { next: (socket) => socket.update("page", (page) => page + 1) },
      render: ({ page, title, row }, { next }, { id }) =>
        html`<section><h2>${title}</h2>${row(page)}<button id="${id}" phx-click="${next}">next</button></section>`,
    })
    const Plain = ({ title, row }: Slots) => html`<section><h2>${title}</h2>${row(0)}</section>`
    const view = liveView({
      public: true,
      components: [Pager],
      events: { rename: {} },
      mount: () => ({ name: "ibis" }),
      handleEvent: { rename: (socket) => socket.assign({ name: "heron" }) },
      render: ({ name }) => {
        const slots: Slots = { title: html`<b>${name}</b>`, row: (n) => html`<p>${name} ${n}</p>` }
        return html`${Plain(slots)}${component(Pager, { id: "pager", ...slots })}`
      },
    })
    await using page = await mount(view, me)
    const text = () =>
      page
        .html()
        .replaceAll(/<[^>]*>/g, " ")
        .replaceAll(/\s+/g, " ")
        .trim()
    expect(text()).toBe("ibis ibis 0 ibis ibis 1 next")
    await page.element("#pager").click()
    expect(text()).toBe("ibis ibis 0 ibis ibis 2 next")
    expect(JSON.stringify(page.frames)).toBe('[{"c":{"1":{"1":{"1":"2"}}}}]')
    await page.push("rename")
    expect(text()).toBe("heron heron 0 heron heron 2 next")
  })

  it("goes when the page lets go of it, and comes back as a new one", async () => {
    await using page = await mount(Page, me)
    await page.element("#one .add").click()
    await page.push("show")
    await page.push("show")
    expect(text(page.html())).toContain("0 ada 1 +1")
    expect(JSON.stringify(page.frames.at(-1))).toContain('"c":{"4":')
  })

  it("streams", async () => {
    await using page = await mount(Page, me)
    await page.element(".insert").click()
    expect(page.html()).toContain('<li id="rows-a">a</li><li id="rows-b">b</li>')
    expect(page.frames).toEqual([
      {
        c: {
          2: {
            0: {
              k: { 0: { 0: ` id="rows-b"`, 1: "b" }, kc: 1 },
              stream: ["2-0", [["rows-b", -1, null, null]], []],
            },
          },
        },
      },
    ])
  })

  it("keeps its state when the view around it is drawn by another template", async () => {
    await using page = await mount(Page, me)
    await page.element("#one .add").click()
    await page.push("anew")
    expect(text(page.html())).toContain("1 ada 1 +1")
    await page.element("#one .add").click()
    expect(text(page.html())).toContain("2 ada 1 +1")
  })

  it("speaks for its view: flash, events, where to go", async () => {
    await using page = await mount(Page, me)
    await page.element("#one .tell").click()
    expect(page.html()).toContain("<p>from one</p>")
    expect(page.events).toEqual([{ name: "told", payload: {} }])
    await page.element("#one .leave").click()
    expect(page.navigations).toEqual([{ kind: "navigate", to: "/elsewhere", replace: false }])
  })

  it("stands in the page's first answer, with its streams and those in it", async () => {
    const path = paths({ page: "/page" })
    const app = router(scope("/", browser, { layout: root }, [live(path.page, Page)]))
    const { html: shown } = await get(app, "/page")
    expect(shown).toContain('<div id="one">0 ada 1')
    expect(shown).toContain('<li id="rows-a">a</li>')
    expect(shown).toContain('<div id="inner">0 ada 1')
    expect(shown).not.toContain("data-phx-component")
  })

  it("crashes its view", async () => {
    await using page = await mount(Page, me)
    await expect(page.element("#one .fail").click()).rejects.toThrow("oops")
    await expect(page.push("step")).rejects.toThrow("ended")
  })

  it("is one element, stands in one place, and is declared by its view", async () => {
    const Bare = liveComponent({ render: () => html`two<b></b>` })
    const Twice = liveComponent({ render: () => html`<b></b>` })
    const of = (
      components: readonly LiveComponent<Scope, never>[],
      ...shown: LiveComponent<Scope, {}>[]
    ) =>
      mount(
        liveView({
          public: true,
          components,
          render: () => html`${shown.map((one) => component(one, { id: "a" }))}`,
        }),
        me,
      )
    await expect(of([Bare], Bare)).rejects.toMatchObject({ code: "ERR_LIVE_COMPONENT_ROOT" })
    await expect(of([Twice], Twice, Twice)).rejects.toMatchObject({
      code: "ERR_LIVE_COMPONENT_DUPLICATE",
    })
    await expect(of([], Twice)).rejects.toMatchObject({ code: "ERR_LIVE_DEFINITION" })
    await using _ = await of([Twice], Twice)
  })
})
