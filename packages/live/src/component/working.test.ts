import { each, html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { browser, liveView, root, type Scope, startPubSub } from "../../fixtures/app.ts"
import { get } from "../../fixtures/wire.ts"
import { assignAsync, component, every, live, liveComponents, on, props } from "../index.ts"
import { mount } from "../testing.ts"

const liveComponent = liveComponents<Scope>()
const said = topic("said", z.object({ to: z.string(), word: z.string() }))
const signals = new Map<string, AbortSignal>()
/** Work that lasts until its signal aborts. */
const endless = (name: string) => (signal: AbortSignal) => {
  signals.set(name, signal)
  return new Promise<string>(() => {})
}

const Worker = liveComponent({
  props: props<{ word: string }>(),
  streams: { rows: (row: string) => row },
  events: { print: {}, wait: {}, cancel: {}, mute: {}, fill: {}, hooked: {}, listen: {} },
  mount({ props, id, startAsync, streamAsync, attachHook }) {
    startAsync("first", async () => `first ${id}`)
    streamAsync("rows", async () => [`${id}-a`, `${id}-b`])
    attachHook("tagged", "handleEvent", (socket, { event }, next) =>
      event === "hooked" ? socket.pushEvent("hooked", { id }) : next(socket),
    )
    return { length: assignAsync(async () => props.word.length), text: "", heard: "" }
  },
  handleEvent: {
    print: (socket) =>
      socket.startAsync(
        "print",
        async () => socket.id,
        (later, printed) => later.assign({ text: `printed ${printed.ok && printed.value}` }),
      ),
    wait: (socket) => socket.startAsync("wait", endless(socket.id)),
    cancel: (socket) => socket.cancelAsync("wait"),
    mute: (socket) => socket.unsubscribe("said"),
    fill: (socket) => socket.streamAsync("rows", async () => [`${socket.id}-c`]),
    hooked: () => {
      throw new Error("the hook did not take it")
    },
    listen: (socket) => socket.subscribe(every(1, (later) => later.assign({ text: "ticked" }))),
  },
  subscribe: ({ id }) => [
    on(said, (socket, { to, word }) =>
      to === id ? socket.update("heard", (heard) => heard + word) : undefined,
    ),
  ],
  handleAsync: (socket, name, result) =>
    socket.assign({ text: `${name}: ${result.ok ? result.value : result.error.message}` }),
  render: ({ length, text, heard }, events, { id, streams }) =>
    html`<div id="${id}"><p>${length.result} ${text} ${heard}</p><ul id="${id}-rows" phx-update="stream">${each(
      streams.rows,
      (row, rowId) => html`<li id="${rowId}">${row}</li>`,
    )}</ul>${Object.values(events).map((event) => html`<button phx-click="${event}"></button>`)}</div>`,
})
const Page = liveView({
  public: true,
  components: [Worker],
  events: { hide: {} },
  mount: () => ({ shown: ["one", "two"] }),
  handleEvent: { hide: (socket) => socket.assign({ shown: ["two"] }) },
  render: ({ shown }) => html`${shown.map((id) => component(Worker, { id, word: "hello" }))}`,
})
async function open() {
  const pubsub = await startPubSub()
  const page = await mount(Page, { scope: { name: "ada" }, pubsub })
  await page.asyncSettled()
  const ask = (name: string) => page.element(`#one [phx-click="${name}"]`).click()
  const text = (id: string) => page.element(`#${id} p`).text().replaceAll(/\s+/g, " ").trim()
  return { page, pubsub, ask, text, [Symbol.asyncDispose]: () => page[Symbol.asyncDispose]() }
}

describe("a live component that works beside its view", () => {
  it("has assigns, rows and results of its own on their way", async () => {
    await using opened = await open()
    expect(opened.text("one")).toBe("5 first: first one")
    expect(opened.text("two")).toBe("5 first: first two")
    expect(opened.page.element("#one-rows").text()).toBe("one-aone-b")
    await opened.ask("print")
    await opened.page.asyncSettled()
    expect(opened.text("one")).toBe("5 printed one")
    expect(opened.text("two")).toBe("5 first: first two")
    await opened.ask("fill")
    await opened.page.asyncSettled()
    expect(opened.page.element("#one-rows").text()).toBe("one-aone-bone-c")
  })

  it("shows in a page's first answer what is there before any work", async () => {
    const app = router(
      scope("/", browser, { layout: root }, [live(paths({ page: "/" }).page, Page)]),
    )
    const { html } = await get(app, "/")
    expect(html).toContain(`<p>  </p>`)
  })

  it("cancels its work, and lets go of it when it leaves the page", async () => {
    await using opened = await open()
    await opened.ask("wait")
    await opened.ask("cancel")
    await opened.page.asyncSettled()
    expect(opened.text("one")).toContain("wait:")
    await opened.ask("wait")
    const signal = signals.get("one")
    expect(signal?.aborted).toBe(false)
    await opened.page.push("hide")
    expect(signal?.aborted).toBe(true)
  })

  it("hears topics and timers until it says no more, or leaves the page", async () => {
    await using opened = await open()
    const { page, pubsub } = opened
    await pubsub.broadcast(said, { to: "one", word: "a" })
    await pubsub.broadcast(said, { to: "two", word: "b" })
    await page.settled()
    expect(opened.text("one")).toMatch(/ a$/)
    expect(opened.text("two")).toMatch(/ b$/)
    await opened.ask("mute")
    await pubsub.broadcast(said, { to: "one", word: "c" })
    await page.settled()
    expect(opened.text("one")).toMatch(/ a$/)
    await opened.ask("listen")
    await expect.poll(() => opened.text("one"), { interval: 1 }).toContain("ticked")
    await page.push("hide")
    const frames = page.frames.length
    await pubsub.broadcast(said, { to: "one", word: "d" })
    await page.settled()
    expect(page.frames).toHaveLength(frames)
  })

  it("has hooks around its own stages", async () => {
    await using opened = await open()
    await opened.ask("hooked")
    expect(opened.page.events).toEqual([{ name: "hooked", payload: { id: "one" } }])
  })
})
