import { each, html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { topic } from "@bennu/pubsub"
import { paths, router } from "@bennu/router"
import { afterEach, describe, expect, it, vi } from "vitest"
import * as z from "zod"
import { browser, liveView, root, type Scope, secret, startPubSub } from "../fixtures/app.ts"
import { get, joinPayload, Wire } from "../fixtures/wire.ts"
import { component, live, liveComponents, liveRender, liveSocket, on, shared } from "./index.ts"
import { Rendered } from "./testing/rendered/rendered.ts"
import { mount } from "./testing.ts"

const scope_ = { name: "ada" }
const Board = z.object({ version: z.number(), names: z.array(z.string()) })
type Board = z.output<typeof Board>
const changed = topic("board", Board)
const drawn = vi.fn()
const draw = ({ version, names }: Board) => {
  drawn()
  return html`<h2>Board ${version}</h2><ul>${each(
    names,
    (name) => name,
    (name) => html`<li class="row">${name}</li>`,
  )}</ul>`
}
const BoardLive = liveView({
  public: true,
  params: z.object({ name: z.string().default("ada") }),
  events: { hide: {} },
  mount: ({ params }) => ({
    name: params.name,
    shown: true,
    board: { version: 1, names: ["a", "b"] } as Board,
  }),
  handleEvent: { hide: (socket) => socket.update("shown", (shown) => !shown) },
  subscribe: (_) => [on(changed, (socket, board) => socket.assign({ board }))],
  render: ({ name, shown, board }) =>
    html`<h1>${name}</h1>${shown && shared(`board ${board.version}`, () => draw(board))}`,
})

const app = router(
  scope("/", browser, { layout: root }, [live(paths({ page: "/" }).page, BoardLive)]),
)
const pubsub = await startPubSub()
const handler = liveSocket({ router: app, pubsub, secret })
const wires: Wire[] = []
afterEach(() => {
  for (const wire of wires.splice(0)) wire.close()
})

/** A page over a socket, which merges what it gets as the official client does. */
async function open(name: string) {
  const page = await get(app, `/?name=${name}`)
  const wire = await Wire.open(handler, page)
  wires.push(wire)
  const topic = `lv:${page.id}`
  const { response } = await wire.ask(topic, "phx_join", joinPayload(page, `/?name=${name}`))
  const rendered = new Rendered("page")
  rendered.receive((response as { rendered: object }).rendered)
  let read = wire.frames.length
  return {
    page,
    hide: () => wire.ask(topic, "event", { type: "click", event: "hide", value: {} }, "1"),
    /** What came since, and what is shown then. */
    async told() {
      await expect.poll(() => wire.frames.length, { interval: 1 }).toBeGreaterThan(read)
      const frames = wire.frames.slice(read).map(([, , , event, payload]) => {
        if (event === "diff") return payload
        return (payload["response"] as { diff: object }).diff
      })
      read = wire.frames.length
      for (const frame of frames) rendered.receive(structuredClone(frame))
      return frames
    },
    html: () => rendered.page(),
  }
}
const board = (version: number, ...names: string[]) => pubsub.broadcast(changed, { version, names })
const whole = (name: string, markup: string) => `<h1>${name}</h1>${markup}`
const list = (version: number, ...names: string[]) =>
  `<h2>Board ${version}</h2><ul>${names.map((name) => `<li class="row">${name}</li>`).join("")}</ul>`

describe("a shared section", () => {
  it("is rendered once for all pages, and each gets what it lacks", async () => {
    vi.stubEnv("NODE_ENV", "production")
    try {
      const [ada, bob] = [await open("ada"), await open("bob")]
      expect([ada.html(), bob.html()]).toEqual([
        whole("ada", list(1, "a", "b")),
        whole("bob", list(1, "a", "b")),
      ])
      drawn.mockClear()
      await board(2, "b", "c")
      const change = { 1: { 0: "2", 1: { k: { 0: 1, 1: { 0: "c" }, kc: 2, km: true } } } }
      expect(await ada.told()).toEqual([change])
      expect(await bob.told()).toEqual([change])
      expect(drawn).toHaveBeenCalledOnce()
      expect(bob.html()).toBe(whole("bob", list(2, "b", "c")))

      await bob.hide()
      expect(await bob.told()).toEqual([{ 1: "" }])
      await board(3, "c")
      await ada.told()
      const cy = await open("cy")
      await bob.hide()
      const [back] = await bob.told()
      expect(back).toHaveProperty("1.s")
      expect(bob.html()).toBe(whole("bob", list(3, "c")))
      // whoever came in between holds what the others hold
      await board(4, "d", "c")
      for (const page of [ada, bob, cy]) await page.told()
      expect(drawn).toHaveBeenCalledTimes(3 + 1)
      expect(cy.html()).toBe(whole("cy", list(4, "d", "c")))
      expect(ada.html()).toBe(whole("ada", list(4, "d", "c")))
    } finally {
      vi.unstubAllEnvs()
    }
  })

  it("stands in a page's first answer", async () => {
    expect((await get(app, "/")).html).toContain(list(1, "a", "b"))
  })

  it("sends nothing to those who are shown the same", async () => {
    await using page = await mount(BoardLive, { scope: scope_, pubsub })
    await pubsub.broadcast(changed, { version: 1, names: ["a", "b"] })
    await page.settled()
    expect(page.frames).toEqual([])
  })

  it("is an error in development when somebody else is shown something else", async () => {
    const Mine = liveView({
      public: true,
      mount: ({ scope }) => ({ name: scope.name }),
      render: ({ name }) => html`${shared("mine", () => html`<b>${name}</b>`)}`,
    })
    await using _ = await mount(Mine, { scope: { name: "ada" } })
    await expect(mount(Mine, { scope: { name: "bob" } })).rejects.toThrow(/shows different things/)
  })

  it("holds nothing that belongs to one page", async () => {
    const Part = liveComponents<Scope>()({ render: () => html`<b></b>` })
    const Inner = liveView({ public: true, render: () => html`` })
    const of = (render: Parameters<typeof shared>[1]) =>
      liveView({
        public: true,
        components: [Part],
        views: [Inner],
        render: () => html`${shared("it", render)}`,
      })
    const tried = (render: Parameters<typeof shared>[1]) => mount(of(render), { scope: scope_ })
    await expect(tried(() => html`${component(Part, { id: "1" })}`)).rejects.toThrow(
      /live component/,
    )
    await expect(tried(() => html`${liveRender(Inner, { id: "inner" })}`)).rejects.toThrow(
      /outside of a live view/,
    )
    const Streaming = liveView({
      public: true,
      streams: { rows: (row: string) => row },
      render: (_, __, { streams }) =>
        html`${shared("rows", () => html`${each(streams.rows, (row) => html`<li>${row}</li>`)}`)}`,
    })
    await expect(mount(Streaming, { scope: scope_ })).rejects.toThrow(/a stream stands in a shared/)
  })

  it("is text where no element can stand, and may stand in rows and in one another", async () => {
    const Odd = liveView({
      public: true,
      events: { next: {} },
      mount: () => ({ n: 1 }),
      handleEvent: { next: (socket) => socket.update("n", (n) => n + 1) },
      render: ({ n }) =>
        html`<title>${shared(`t${n}`, () => html`T ${n}`)}</title>${each(
          [n, 9],
          (row) => row,
          (row) =>
            shared(`row ${row}`, () => html`<i>${shared("in", () => html`<b>in</b>`)} ${row}</i>`),
        )}`,
    })
    await using page = await mount(Odd, { scope: scope_ })
    await page.push("next")
    expect(page.html()).toBe("<title>T 2</title><i><b>in</b> 2</i><i><b>in</b> 9</i>")
  })

  it("knows of each page what it holds, also where that depends on what was there before", async () => {
    const rows = topic("rows", z.array(z.tuple([z.string(), z.boolean()])))
    const Mixed = liveView({
      public: true,
      mount: () => ({
        rows: [
          ["a", true],
          ["b", false],
        ] as [string, boolean][],
      }),
      subscribe: (_) => [on(rows, (socket, all) => socket.assign({ rows: all }))],
      render: ({ rows }) =>
        html`${shared(
          JSON.stringify(rows),
          () =>
            html`<ul>${each(
              rows,
              ([key]) => key,
              ([key, odd]) => (odd ? html`<li><b>${key}</b></li>` : html`<li>${key}</li>`),
            )}</ul>`,
        )}`,
    })
    const told = (...all: [string, boolean][]) => pubsub.broadcast(rows, all)
    await using early = await mount(Mixed, { scope: scope_, pubsub })
    await told(["a", false], ["b", false])
    await early.settled()
    await told(["a", false], ["c", false])
    await early.settled()
    expect(early.html()).toBe("<ul><li>a</li><li>c</li></ul>")
  })
})
