import { html } from "@bennu/html"
import { topic } from "@bennu/pubsub"
import type { Event } from "@bennu/telemetry"
import { describe, expect, it, onTestFinished, vi } from "vitest"
import * as z from "zod"
import { liveView, startPubSub } from "../fixtures/app.ts"
import { component, handlerSlow, liveComponents, on, props, renderSlow } from "./index.ts"
import { mount } from "./testing.ts"

const scope = { name: "ada" }
const spoken = topic("spoken", z.string())

/** Keeps the process from everybody else. */
function compute(): void {
  const end = performance.now() + 5
  while (performance.now() < end);
}

const Board = liveComponents<typeof scope>()({
  props: props<{}>(),
  events: { draw: {} },
  mount: () => ({}),
  handleEvent: { draw: () => compute() },
  render: (_, { draw }) => html`<button phx-click="${draw}">draw</button>`,
})
const Busy = liveView({
  public: true,
  components: [Board],
  events: { think: {} },
  mount: () => {
    compute()
    return {}
  },
  handleParams: () => compute(),
  handleEvent: {
    async think() {
      compute()
      await Promise.resolve()
    },
  },
  subscribe: (_) => [
    on(spoken, (socket) => {
      compute()
      return socket
    }),
  ],
  render: (_, { think }) => html`<a phx-click="${think}"></a>${component(Board, { id: "board" })}`,
})

function heard<T>(event: Event<T>): T[] {
  const told: T[] = []
  const listening = event.subscribe((payload) => told.push(payload))
  onTestFinished(() => listening[Symbol.dispose]())
  return told
}

function warnings() {
  const spy = vi.spyOn(process, "emitWarning").mockReturnValue()
  onTestFinished(() => spy.mockRestore())
  return (word: string) => spy.mock.calls.filter(([said]) => String(said).includes(word))
}

describe("a render budget", () => {
  const Slow = liveView({
    public: true,
    render: () => {
      compute()
      return html`<p></p>`
    },
  })

  it("names the view whose rendering took longer, and tells for how long others waited", async () => {
    const warned = warnings()
    const told = heard(renderSlow)
    await using _slow = await mount(Slow, { scope, renderBudget: 1 })
    await vi.waitUntil(() => told.length > 0)
    const { duration = 0, delay = 0, ...rest } = told[0] ?? {}
    expect(rest).toEqual({ view: "test", budget: 1 })
    expect(duration).toBeGreaterThanOrEqual(5)
    expect(delay).toBeGreaterThanOrEqual(duration)
    expect(warned("rendering test took")).toHaveLength(1)
  })

  it("is none when it is false", async () => {
    const told = heard(renderSlow)
    await using _fine = await mount(Slow, { scope, renderBudget: false })
    await new Promise(setImmediate)
    expect(told).toEqual([])
  })
})

describe("a handler budget", () => {
  it("names the callback that kept the process busy, of the view and of its components", async () => {
    const warned = warnings()
    const told = heard(handlerSlow)
    const pubsub = await startPubSub()
    await using view = await mount(Busy, { scope, pubsub, handlerBudget: 1 })
    await view.element("a").click()
    await view.element("button").click()
    await pubsub.broadcast(spoken, "hello")
    const names = () => told.map(({ callback }) => callback)
    const all = ["mount", "handleParams", "think", "draw", "spoken"]
    await vi.waitUntil(() => all.every((name) => names().includes(name)))
    const { duration = 0, delay = 0, ...rest } = told[0] ?? {}
    expect(rest).toEqual({ view: "test", callback: "mount", budget: 1 })
    expect(duration).toBeGreaterThanOrEqual(5)
    expect(delay).toBeGreaterThanOrEqual(duration)
    // on the terminal once a view, however many of its callbacks are slow
    expect(warned("of test took")).toHaveLength(1)
  })

  it("is none when it is false", async () => {
    const told = heard(handlerSlow)
    await using view = await mount(Busy, { scope, handlerBudget: false })
    await view.element("a").click()
    await new Promise(setImmediate)
    expect(told).toEqual([])
  })
})
