import { endpoint } from "@bennu/endpoint"
import { each, html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, type Scope, secret, startPubSub } from "../fixtures/app.ts"
import { type BrowserPage, browse } from "../fixtures/browser.ts"
import { until } from "../fixtures/wire.ts"
import { component, JS, live, liveComponents, liveSocket, on, props } from "./index.ts"

const liveComponent = liveComponents<Scope>()
interface Row {
  readonly id: string
  readonly text: string
}
const row = (id: string, text = id): Row => ({ id, text })
const told = topic("told", z.object({ rows: z.string() }))

const Badge = liveComponent({
  props: props<{ label: string }>(),
  events: { add: {} },
  mount: () => ({ count: 0 }),
  handleEvent: { add: (socket) => socket.update("count", (count) => count + 1) },
  render: ({ count, label }, { add }, { id }) =>
    html`<b id="${id}" phx-click="${add}">${label} ${count}</b>`,
})
const Board = liveComponent({
  props: props<{ title: string }>(),
  components: [Badge],
  events: { note: z.object({ text: z.string() }), clear: {} },
  streams: { notes: { domId: (text: string) => `note-${text}` } },
  mount: () => ({ notes: 0 }),
  handleEvent: {
    note: (socket, { text }) => socket.update("notes", (n) => n + 1).streamInsert("notes", text),
    clear: (socket) => socket.assign({ notes: 0 }).stream("notes", [], { reset: true }),
  },
  render: (
    { title, notes },
    { note, clear },
    { streams },
  ) => html`<section><h2>${title}: ${notes}</h2>
    <button id="note-x" phx-click="${JS.push(note, { value: { text: "x" } })}">x</button>
    <form id="noting" phx-submit="${note}"><input id="text" name="text"></form><button id="clear" phx-click="${clear}">clear</button>
    <ul id="notes" phx-update="stream">${each(streams.notes, (text, id) => html`<li id="${id}">${text}</li>`)}</ul>
    ${component(Badge, { id: "inner", label: title })}</section>`,
})
const Parts = liveView({
  public: true,
  components: [Board, Badge],
  streams: { rows: (item: Row) => item.id },
  events: {
    title: {},
    board: {},
    insert: z.object({
      id: z.string(),
      at: z.coerce.number(),
      limit: z.coerce.number().optional(),
    }),
    update: z.object({ id: z.string() }),
    remove: z.object({ id: z.string() }),
    move: z.object({ id: z.string() }),
    reset: {},
  },
  mount: ({ stream }) => {
    stream("rows", [row("a"), row("b")])
    return { title: "one", board: true }
  },
  handleEvent: {
    title: (socket) => socket.update("title", (title) => `${title}!`),
    board: (socket) => socket.update("board", (board) => !board),
    insert: (socket, { id, at, limit }) => socket.streamInsert("rows", row(id), { at, limit }),
    update: (socket, { id }) => socket.streamInsert("rows", row(id, "new"), { updateOnly: true }),
    remove: (socket, { id }) => socket.streamDeleteByDomId("rows", id),
    move: (socket, { id }) =>
      socket.streamDelete("rows", row(id)).streamInsert("rows", row(id), { at: 0 }),
    reset: (socket) => socket.stream("rows", [row("x"), row("a", "again")], { reset: true }),
  },
  subscribe: (_) => [
    on(told, (socket, { rows }) =>
      socket.stream(
        "rows",
        [...rows].map((id) => row(id)),
      ),
    ),
  ],
  render: ({ title, board }, { remove }, { streams }) => html`<h1 id="title">${title}</h1>
    <ol id="rows" phx-update="stream">${each(
      streams.rows,
      ({ text, id: name }, id) => html`<li id="${id}">${text}
        <i id="x-${name}" phx-click="${remove}" phx-value-id="${id}"></i>${component(Badge, { id: `in-${name}`, label: "" })}</li>`,
    )}</ol>
    ${board && component(Board, { id: "board", title })}<s id="hook" phx-hook="Push"></s>`,
})
const path = paths({ parts: "/parts" })
const app = router(scope("/", browser, { layout: root }, [live(path.parts, Parts)]))

async function start() {
  const pubsub = await startPubSub()
  const sockets = { "/live": liveSocket({ router: app, pubsub, secret }) } as const
  const server = await endpoint({ router: app, port: 0, host: "127.0.0.1", sockets }).start(
    new AbortController().signal,
  )
  const { origin } = server.url
  return { pubsub, origin, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}
const pushing = `window.hooks_ = { Push: { mounted() { window.push_ = (event, value) => this.pushEvent(event, value) } } }`

async function open(origin: string): Promise<BrowserPage> {
  const page = await browse(`${origin}/parts`, { before: pushing })
  await until(() =>
    expect(page.document.querySelector("[data-phx-main].phx-connected")).not.toBeNull(),
  )
  return page
}
const push = (page: BrowserPage, event: string, value: object = {}) =>
  page.window.eval(`window.push_(${JSON.stringify(event)}, ${JSON.stringify(value)})`)
function rows(page: BrowserPage): string {
  const items = [...Array.from(page.document.querySelectorAll("#rows > li"))]
  return items.map((item) => item.textContent?.replace(/\s+/g, " ").trim()).join(", ")
}
const shows = (page: BrowserPage, text: string) => until(() => expect(rows(page)).toBe(text))
const reads = (page: BrowserPage, selector: string, text: string | null) =>
  until(() => expect(page.text(selector)).toBe(text))

describe("the official client with streams", () => {
  it("inserts, deletes, moves, limits, updates and starts anew", async () => {
    await using app = await start()
    using page = await open(app.origin)
    await shows(page, "a 0, b 0")
    push(page, "insert", { id: "c", at: 0 })
    await shows(page, "c 0, a 0, b 0")
    push(page, "insert", { id: "d", at: 1 })
    await shows(page, "c 0, d 0, a 0, b 0")
    page.click("#x-d")
    await shows(page, "c 0, a 0, b 0")
    push(page, "move", { id: "b" })
    await shows(page, "b 0, c 0, a 0")
    push(page, "insert", { id: "e", at: -1, limit: -3 })
    await shows(page, "c 0, a 0, e 0")
    push(page, "update", { id: "a" })
    push(page, "update", { id: "z" })
    await shows(page, "c 0, new 0, e 0")
    push(page, "reset")
    await shows(page, "x 0, again 0")
    await app.pubsub.broadcast(told, { rows: "pq" })
    await app.pubsub.broadcast(told, { rows: "r" })
    await shows(page, "x 0, again 0, p 0, q 0, r 0")
    push(page, "title")
    await reads(page, "#title", "one!")
    await shows(page, "x 0, again 0, p 0, q 0, r 0")
  })

  it("holds components in their rows", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#in-a")
    await shows(page, "a 1, b 0")
    push(page, "insert", { id: "c", at: 0 })
    page.click("#in-a")
    page.click("#in-b")
    await shows(page, "c 0, a 2, b 1")
  })
})

describe("the official client with live components", () => {
  it("aims events at them, nested ones too, and shows what changed in them alone", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#inner")
    await reads(page, "#inner", "one 1")
    page.click("#inner")
    await reads(page, "#inner", "one 2")
    page.click("#note-x")
    await reads(page, "h2", "one: 1")
    await reads(page, "#notes", "x")
    page.type("#text", "y")
    page.window.eval(
      `document.querySelector("#noting").dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }))`,
    )
    await reads(page, "#notes", "xy")
    push(page, "title")
    await reads(page, "h2", "one!: 2")
    await reads(page, "#inner", "one! 2")
    await reads(page, "#notes", "xy")
    page.click("#clear")
    await reads(page, "#notes", "")
    expect(page.document.querySelectorAll("[data-phx-ref-lock]")).toHaveLength(0)
  })

  it("lets go of them, and gets new ones when they come back", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#inner")
    await reads(page, "#inner", "one 1")
    const cid = () =>
      page.document.querySelector("#inner")?.getAttribute("data-phx-component") ?? null
    const before = cid()
    push(page, "board")
    const asked = (event: string) => page.frames.filter(({ data }) => data[3] === event)
    await until(() => expect(asked("cids_destroyed")).toHaveLength(1))
    const { data } = asked("cids_destroyed")[0] ?? { data: [] }
    expect(data[4]).toMatchObject({ cids: expect.arrayContaining([Number(before)]) })
    await until(() =>
      expect(page.frames.some(({ dir, data: [, ref] }) => dir === "in" && ref === data[1])).toBe(
        true,
      ),
    )
    push(page, "board")
    await reads(page, "#inner", "one 0")
    expect(Number(cid())).toBeGreaterThan(Number(before))
  })

  it("gets those in full that come back before it let go of them", async () => {
    await using app = await start()
    using page = await open(app.origin)
    page.click("#inner")
    await reads(page, "#inner", "one 1")
    push(page, "board")
    push(page, "board")
    await reads(page, "#inner", "one 1")
    page.click("#inner")
    await reads(page, "#inner", "one 2")
    page.click("#note-x")
    await reads(page, "h2", "one: 1")
  })
})
