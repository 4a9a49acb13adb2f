import { each, html } from "@bennu/html"
import { topic } from "@bennu/pubsub"
import type { Browser } from "playwright"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import * as z from "zod"
import { liveView, type Scope, startPubSub } from "../../../fixtures/app.ts"
import { launchChrome } from "../../../fixtures/chrome.ts"
import { component, link, liveComponents, liveRender, on, props } from "../../index.ts"
import { mount } from "../mount.ts"
import { mountIn } from "./mount-in.ts"

const said = topic("said", z.string())
const Counter = liveComponents<Scope>()({
  props: props<{ step: number }>(),
  events: { add: {} },
  mount: () => ({ count: 0 }),
  handleEvent: { add: (socket) => socket.update("count", (count) => count + socket.props.step) },
  render: ({ count }, { add }, { id }) => html`<b id="${id}" phx-click="${add}">${count}</b>`,
})
const Inner = liveView({
  public: true,
  events: { more: {} },
  mount: () => ({ n: 0 }),
  handleEvent: { more: (socket) => socket.update("n", (n) => n + 1) },
  render: ({ n }, { more }) => html`<u id="more" phx-click="${more}">${n}</u>`,
})
const Page = liveView({
  params: z.object({ tab: z.string().default("one") }),
  public: true,
  components: [Counter],
  views: [Inner],
  streams: { rows: (row: string) => row },
  events: {
    validate: z.looseObject({ name: z.string() }),
    save: z.object({ name: z.string() }),
    ask: z.object({ question: z.string() }),
    tell: {},
    fail: {},
  },
  mount: ({ mounts, scope }) => ({
    name: "",
    saved: "",
    mounts,
    heard: "",
    by: scope.name,
    tab: "",
  }),
  handleParams: (socket, { tab }) => socket.assign({ tab }),
  handleEvent: {
    validate: (socket, { name }) => socket.assign({ name }),
    save: (socket, { name }) => socket.assign({ saved: name }).streamInsert("rows", name),
    ask: (socket, { question }) => socket.reply({ answer: question.length }),
    tell: (socket) => socket.pushEvent("told", { a: 1 }).pushPatch("/?tab=two"),
    fail: () => {
      throw new Error("oops")
    },
  },
  subscribe: (_) => [on(said, (socket, heard) => socket.assign({ heard }))],
  title: ({ saved }) => `Saved ${saved}`,
  render: ({ name, saved, mounts, heard, by, tab }, { validate, save, tell }, { streams }) =>
    html`<h1 id="by">${by}</h1><p id="tab">${tab}</p><p id="mounts">${mounts}</p><p id="heard">${heard}</p>
      <form id="form" phx-change="${validate}" phx-submit="${save}"><input name="name" value="${name}"></form>
      <p id="name">${name}</p><p id="saved">${saved}</p><button id="tell" phx-click="${tell}">tell</button>
      <a id="to" ${link({ patch: "/?tab=three" })}>three</a>${component(Counter, { id: "counter", step: 2 })}
      ${liveRender(Inner, { id: "inner" })}<ul id="rows" phx-update="stream">${each(
        streams.rows,
        (row, id) => html`<li id="${id}">${row}</li>`,
      )}</ul>`,
})

let chrome: Browser
beforeAll(async () => {
  chrome = await launchChrome()
}, 60_000)
afterAll(() => chrome.close())

const drivers: readonly (readonly [string, () => typeof mount])[] = [
  ["in process", () => mount],
  ["in a browser", () => mountIn(chrome)],
]
describe.each(drivers)("a view that is mounted %s", (_, driver) => {
  const scope = { name: "ada" }

  it("is clicked, filled in and submitted, with components, streams and a title", async () => {
    await using page = await driver()(Page, { scope })
    expect(page.element("#by").text()).toBe("ada")
    await page.element("#counter").click()
    await page.element("#counter").click()
    expect(page.element("#counter").text()).toBe("4")
    await page.element("#form").change({ name: "x" })
    expect(page.element("#name").text()).toBe("x")
    await page.element("#form").submit({ name: "xyz" })
    expect(page.element("#rows").text()).toBe("xyz")
    expect(page.title).toBe("Saved xyz")
  })

  it("replies, pushes events, patches, and holds another view", async () => {
    await using page = await driver()(Page, { scope, params: { tab: "zero" } })
    expect(page.element("#tab").text()).toBe("zero")
    expect(await page.push("ask", { question: "why?" })).toEqual({ answer: 4 })
    await page.element("#tell").click()
    expect(page.events).toEqual([{ name: "told", payload: { a: 1 } }])
    expect(page.navigations).toEqual([{ kind: "patch", to: "/?tab=two", replace: false }])
    expect(page.element("#tab").text()).toBe("two")
    await page.element("#to").click()
    expect(page.element("#tab").text()).toBe("three")
    const inner = await page.nested("inner")
    await inner.element("#more").click()
    expect(inner.element("#more").text()).toBe("1")
  })

  it("hears topics", async () => {
    const pubsub = await startPubSub()
    await using page = await driver()(Page, { scope, pubsub })
    await pubsub.broadcast(said, "hello")
    await page.settled()
    expect(page.element("#heard").text()).toBe("hello")
  })

  it("comes back from a server that was started anew, with what was filled in", async () => {
    await using page = await driver()(Page, { scope })
    await page.element("#form").change({ name: "typed" })
    await page.element("#counter").click()
    await page.disconnect({ server: "restart" })
    expect(page.element("#mounts").text()).toBe("1")
    expect(page.element("#counter").text()).toBe("0")
    expect(page.element("#name").text()).toBe("typed")
  })

  it("comes back after a lost connection", async () => {
    await using page = await driver()(Page, { scope })
    await page.element("#form").change({ name: "typed" })
    await page.disconnect()
    expect(page.element("#name").text()).toBe("typed")
    await page.element("#counter").click()
    expect(page.element("#counter").text()).toBe("2")
  })

  it("is as slow as its network", async () => {
    await using page = await driver()(Page, { scope })
    page.latency(60)
    const started = performance.now()
    await page.element("#counter").click()
    expect(performance.now() - started).toBeGreaterThan(50)
    expect(page.element("#counter").text()).toBe("2")
  })
})
