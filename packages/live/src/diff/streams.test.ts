import { each, type Html, html } from "@bennu/html"
import { describe, expect, it } from "vitest"
import { StreamRows } from "../stream/stream-rows.ts"
import { renderDiff, renderFull } from "./diff.ts"

interface Row {
  readonly id: string
}
/** A stream that inserts rows at its end. */
const inserted = (version: number, ...ids: string[]): StreamRows<Row> =>
  new StreamRows("0", version, {
    inserts: ids.map((id) => ({ id, row: { id }, at: -1, limit: null, updateOnly: false })),
    deletes: [],
    reset: false,
  })
const list = (rows: StreamRows<Row>, odd = false) =>
  html`<ul>${each(rows, ({ id }) => (odd ? html`<li class="odd">${id}</li>` : html`<li>${id}</li>`))}</ul>`

/** Everything that can be reached from a value. */
function* reached(value: unknown, seen = new Set<unknown>()): Generator<unknown> {
  if (typeof value !== "object" || value === null || seen.has(value)) return
  seen.add(value)
  yield value
  for (const key of Reflect.ownKeys(value)) yield* reached(Reflect.get(value, key), seen)
}

describe("what is remembered of a stream", () => {
  it.each<[string, (rows: StreamRows<Row>) => Html]>([
    ["in a view", list],
    ["in markup in it", (rows) => html`<p>${html`<b>${list(rows)}</b>`}</p>`],
    ["in an array", (rows) => html`<p>${[list(rows), "x"]}</p>`],
    ["in a list", (rows) => html`${each(["a"], String, () => list(rows))}`],
  ])("is nothing of its rows: %s", (_, view) => {
    const first = inserted(1, "a", "b")
    const second = inserted(2, "c")
    const { memory } = renderFull(view(first))
    const { memory: next } = renderDiff(memory, view(second))
    for (const [held, rows] of [
      [memory, first],
      [next, second],
    ] as const) {
      const objects = new Set(reached(held))
      for (const { row } of rows.inserts) expect(objects.has(row)).toBe(false)
      expect(objects.has(rows)).toBe(false)
    }
  })

  it("is the template of its rows, and what was told last", () => {
    const { memory } = renderFull(list(inserted(1, "a")))
    expect(renderDiff(memory, list(inserted(1, "a"))).diff).toBeNull()
    expect(renderDiff(memory, list(inserted(1))).diff).toBeNull()
    const { diff, memory: next } = renderDiff(memory, list(inserted(2, "b")))
    expect(diff).toEqual({
      0: { k: { 0: { 0: "b" }, kc: 1 }, stream: ["0", [["b", -1, null, null]], []] },
    })
    expect(renderDiff(next, list(inserted(3, "c"), true)).diff).toEqual({
      0: {
        k: { 0: { 0: "c" }, kc: 1 },
        stream: ["0", [["c", -1, null, null]], []],
        s: [`<li class="odd">`, "</li>"],
      },
    })
  })

  it("tells rows with their statics when there were none to know them by", () => {
    const { tree, memory } = renderFull(list(inserted(0)))
    expect(tree).toMatchObject({ 0: { k: { kc: 0 }, stream: ["0", [], []], s: [] } })
    expect(renderDiff(memory, list(inserted(1, "a"))).diff).toMatchObject({
      0: { s: ["<li>", "</li>"] },
    })
  })
})
