import { html } from "@bennu/html"
import { scope } from "@bennu/plug"
import { paths, router } from "@bennu/router"
import { describe, expect, it } from "vitest"
import { browser, liveView, root, type Scope } from "../../fixtures/app.ts"
import { get } from "../../fixtures/wire.ts"
import { component, live, liveComponents, props } from "../index.ts"
import { mount } from "../testing.ts"

const liveComponent = liveComponents<Scope>()
const queries: string[][] = []
/** What a database would be asked for. */
const named = async (ids: readonly string[]) => {
  queries.push([...ids])
  return new Map(ids.map((id) => [id, id.toUpperCase()]))
}

const Name = liveComponent({
  props: props<{ of: string }>(),
  mount: () => ({ name: "", updates: 0 }),
  async updateMany(sockets) {
    const names = await named(sockets.map(({ props }) => props.of))
    return sockets.map((socket) =>
      socket
        .assign({ name: names.get(socket.props.of) ?? "" })
        .update("updates", (n) => n + 1)
        .pushEvent("named", { id: socket.id }),
    )
  },
  render: ({ name, updates }) => html`<b>${name} ${updates}</b>`,
})
const Names = liveView({
  public: true,
  components: [Name],
  events: { rename: {}, add: {}, one: {} },
  mount: () => ({ names: ["a", "b", "c"] }),
  handleEvent: {
    rename: (socket) => socket.assign({ names: ["a", "x", "y"] }),
    add: (socket) => socket.update("names", (names) => [...names, "d"]),
    one: (socket) => socket.sendUpdate(Name, "0", { of: "z" }),
  },
  render: ({ names }) => html`${names.map((of, id) => component(Name, { id: `${id}`, of }))}`,
})
const text = (markup: string) => markup.replaceAll(/<[^>]*>/g, "|")

describe("a live component with updateMany", () => {
  it("is asked once for all that were given props, the first ones included", async () => {
    queries.length = 0
    await using page = await mount(Names, { scope: { name: "ada" } })
    expect(text(page.html())).toBe("|A 1||B 1||C 1|")
    expect(page.events.map(({ payload }) => payload)).toEqual([
      { id: "0" },
      { id: "1" },
      { id: "2" },
    ])
    await page.push("rename")
    expect(text(page.html())).toBe("|A 1||X 2||Y 2|")
    await page.push("add")
    await page.push("one")
    expect(text(page.html())).toBe("|Z 2||X 2||Y 2||D 1|")
    expect(queries).toEqual([["a", "b", "c"], ["x", "y"], ["d"], ["z"]])
  })

  it("is asked once for a page's first answer", async () => {
    queries.length = 0
    const app = router(
      scope("/", browser, { layout: root }, [live(paths({ page: "/" }).page, Names)]),
    )
    expect((await get(app, "/")).html).toContain("<b>A 1</b><b>B 1</b><b>C 1</b>")
    expect(queries).toEqual([["a", "b", "c"]])
  })

  it("has no update beside it", () => {
    expect(() =>
      liveComponent({ update() {}, updateMany: async (all) => all, render: () => html`<b></b>` }),
    ).toThrow("both update and updateMany")
  })

  it("is told in development of sockets that it did not give back", async () => {
    const Lost = liveComponent({
      mount: () => ({ n: 0 }),
      async updateMany(sockets) {
        for (const socket of sockets) socket.assign({ n: 1 })
        return []
      },
      render: ({ n }) => html`<b>${n}</b>`,
    })
    const view = liveView({
      public: true,
      components: [Lost],
      render: () => html`${component(Lost, { id: "1" })}`,
    })
    await expect(mount(view, { scope: { name: "ada" } })).rejects.toThrow("updateMany")
  })
})
