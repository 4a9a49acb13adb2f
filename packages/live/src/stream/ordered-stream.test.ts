import { each, html } from "@bennu/html"
import * as fc from "fast-check"
import { describe, expect, it } from "vitest"
import * as z from "zod"
import { liveView } from "../../fixtures/app.ts"
import { mount } from "../testing.ts"

interface Bird {
  readonly id: number
  readonly name: string
}
const bird = (id: number, name = `b${id}`): Bird => ({ id, name })
const Keys = z.object({ keys: z.array(z.number()), renamed: z.array(z.number()).default([]) })

/** A view that shows what it is told to, and writes down which rows it had to load. */
function birds(loaded: (readonly number[])[] = []) {
  return liveView({
    public: true,
    streams: { birds: ({ id }: Bird) => id, named: { domId: (name: string) => name } },
    events: { show: Keys, none: Keys, twice: Keys, add: {}, named: {}, count: {} },
    mount({ streamKeys }) {
      streamKeys(
        "birds",
        [1, 2, 3],
        [1, 2, 3].map((id) => bird(id)),
      )
      return { count: 0 }
    },
    handleEvent: {
      show(socket, { keys, renamed }) {
        const lacking = socket.streamLacks("birds", keys)
        loaded.push(lacking)
        const rows = lacking.map((id) => bird(id))
        return socket.streamKeys("birds", keys, [...rows, ...renamed.map((id) => bird(id, "new"))])
      },
      none: (socket, { keys }) => socket.streamKeys("birds", keys),
      twice: (socket, { keys }) =>
        socket.streamKeys("birds", [5, 1], [bird(5), bird(1)]).streamKeys(
          "birds",
          keys,
          keys.map((id) => bird(id)),
        ),
      add: (socket) => socket.streamInsert("birds", bird(4)),
      named: (socket) => socket.streamKeys("named", ["x"], ["x"]),
      count: (socket) => socket.update("count", (count) => count + 1),
    },
    render: ({ count }, _, { streams }) =>
      html`<b>${count}</b><ul id="birds" phx-update="stream">${each(
        streams.birds,
        ({ name }, id) => html`<li id="${id}">${name}</li>`,
      )}</ul><p id="named" phx-update="stream">${each(streams.named, (name, id) => html`<i id="${id}">${name}</i>`)}</p>`,
  })
}
const scope = { name: "ada" }
const shown = (markup: string) =>
  [...markup.matchAll(/<li id="birds-(\d+)">/g)].map(([, id]) => Number(id))

describe("a stream that is shown by keys", () => {
  it("is told which rows to load: the new ones, and as few as can be of those that move", async () => {
    const loaded: (readonly number[])[] = []
    await using view = await mount(birds(loaded), { scope })
    expect(shown(view.html())).toEqual([1, 2, 3])
    await view.push("show", { keys: [4, 1, 2, 3] })
    await view.push("show", { keys: [3, 4, 1, 2] })
    await view.push("show", { keys: [3, 2] })
    expect(shown(view.html())).toEqual([3, 2])
    expect(loaded).toEqual([[4], [3], []])
    expect(view.frames).toMatchObject([
      { 1: { stream: ["0", [["birds-4", 0, null, null]], []] } },
      { 1: { stream: ["0", [["birds-3", 0, null, null]], ["birds-3"]] } },
      { 1: { stream: ["0", [], ["birds-4", "birds-1"]] } },
    ])
  })

  it("shows any keys in their order, whatever was shown before, and loads none that stayed", async () => {
    const some = fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { maxLength: 12 })
    await fc.assert(
      fc.asyncProperty(fc.array(some, { minLength: 1, maxLength: 8 }), async (lists) => {
        const loaded: (readonly number[])[] = []
        await using view = await mount(birds(loaded), { scope })
        let before = [1, 2, 3]
        for (const keys of lists) {
          await view.push("show", { keys })
          expect(shown(view.html())).toEqual(keys)
          const lacking = new Set(loaded.at(-1))
          const stayed = keys.filter((key) => !lacking.has(key))
          expect(before.filter((key) => stayed.includes(key))).toEqual(stayed)
          expect(keys.length - stayed.length).toBe(keys.length - longestCommon(before, keys))
          before = keys
        }
      }),
      { numRuns: 200 },
    )
  })

  it("shows what several changes in one callback come to", async () => {
    await using view = await mount(birds(), { scope })
    await view.push("twice", { keys: [3, 5, 2] })
    expect(shown(view.html())).toEqual([3, 5, 2])
    expect(view.frames).toHaveLength(1)
  })

  it("updates rows that have changed where they are, and says nothing when something else changed", async () => {
    await using view = await mount(birds(), { scope })
    await view.push("show", { keys: [1, 2, 3], renamed: [2] })
    expect(view.html()).toContain(
      `<li id="birds-1">b1</li><li id="birds-2">new</li><li id="birds-3">b3</li>`,
    )
    await view.push("count")
    expect(view.frames.at(-1)).toEqual({ 0: "1" })
  })

  it.each([
    ["none", { keys: [1, 7, 8] }, `"birds" has no row for 7, 8`],
    ["none", { keys: [1, 1] }, `a key stands twice in "birds"`],
    ["add", {}, `"birds" is shown by keys`],
    ["named", {}, `"named" cannot be shown by keys`],
  ])("refuses what cannot be shown: %s %o", async (event, payload, message) => {
    await using view = await mount(birds(), { scope })
    await expect(view.push(event, payload)).rejects.toThrow(message)
  })
})

/** How many of them can stay: the length of a longest common subsequence, found the slow way. */
function longestCommon(before: readonly number[], after: readonly number[]): number {
  const [first, ...rest] = after
  if (first === undefined) return 0
  const at = before.indexOf(first)
  const without = longestCommon(before, rest)
  return at === -1 ? without : Math.max(without, 1 + longestCommon(before.slice(at + 1), rest))
}
