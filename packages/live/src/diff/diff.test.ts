import { DuplicateKeyError, each, type Html, html, raw, rendered } from "@bennu/html"
import { describe, expect, it } from "vitest"
import { renderDiff, renderFull } from "./diff.ts"
import { Message } from "./message.ts"

/** What is sent for the states of a view: the tree for the first, then the changes. */
function sent(...states: readonly [Html, ...Html[]]): unknown[] {
  const [first, ...rest] = states
  let { tree, memory } = renderFull(first)
  const frames: unknown[] = [tree]
  for (const state of rest) {
    const { diff, memory: next } = renderDiff(memory, state)
    memory = next
    frames.push(diff)
  }
  return frames
}
const changes = (...states: readonly [Html, ...Html[]]): unknown[] => sent(...states).slice(1)

describe("renderFull", () => {
  it("sends dynamics by index, and statics of which there is one more", () => {
    expect(sent(html`<p title="${1}">${"<"}</p>`)).toEqual([
      { 0: ` title="1"`, 1: "&lt;", s: ["<p", ">", "</p>"] },
    ])
  })

  it("never marks the outermost node as a root, because its r is a reply", () => {
    expect(sent(html`<p>${1}</p>`)[0]).not.toHaveProperty("r")
  })

  it("marks inner nodes that are one element", () => {
    expect(sent(html`<i>${html`<b>${1}</b>`}${html`${1}!`}</i>`)[0]).toEqual({
      0: { 0: "1", s: ["<b>", "</b>"], r: 1 },
      1: { 0: "1", s: ["", "!"] },
      s: ["<i>", "", "</i>"],
    })
  })

  it("sends short markup without holes as text, and long markup as a node", () => {
    const long = html`<footer>a footer with so many words that text would cost more</footer>`
    expect(sent(html`${html`<b>x</b>`}${raw("<i>&</i>")}${long}`)[0]).toMatchObject({
      0: "<b>x</b>",
      1: "<i>&</i>",
      2: { s: [String(long)], r: 1 },
    })
  })

  it("sends a list as rows with the statics that they share, an empty one as nothing", () => {
    const list = (rows: readonly string[]) =>
      html`<ul>${each(
        rows,
        (row) => row,
        (row) => html`<li>${row}</li>`,
      )}</ul>`
    expect(sent(list(["a", "b"]))[0]).toEqual({
      0: { k: { 0: { 0: "a" }, 1: { 0: "b" }, kc: 2 }, s: ["<li>", "</li>"] },
      s: ["<ul>", "</ul>"],
    })
    expect(sent(list([]))[0]).toEqual({ 0: "", s: ["<ul>", "</ul>"] })
  })

  it("sends rows of several templates as nodes of their own", () => {
    const list = html`${[html`<b>${1}</b>`, html`<i>${2}</i>`, "text"]}`
    expect(sent(list)[0]).toEqual({
      0: {
        k: {
          0: { 0: { 0: "1", s: ["<b>", "</b>"], r: 1 } },
          1: { 0: { 0: "2", s: ["<i>", "</i>"], r: 1 } },
          2: { 0: "text" },
          kc: 3,
        },
        s: ["", ""],
      },
      s: ["", ""],
    })
  })

  it("shares statics where that makes the message smaller", () => {
    const cell = (n: number) => html`<td class="number">${n}</td>`
    expect(sent(html`<tr>${cell(1)}${cell(2)}</tr>`)[0]).toEqual({
      0: { 0: "1", s: 0, r: 1 },
      1: { 0: "2", s: 0, r: 1 },
      s: ["<tr>", "", "</tr>"],
      p: { 0: [`<td class="number">`, "</td>"] },
    })
  })

  it("takes a view that is a list, or vouched markup, for the only hole of a template", () => {
    expect(sent(raw("<hr>"))[0]).toEqual({ 0: "<hr>", s: ["", ""] })
    expect(
      sent(
        each(
          [1],
          (n) => n,
          (n) => html`${n},`,
        ),
      )[0],
    ).toEqual({
      0: { k: { 0: { 0: "1" }, kc: 1 }, s: ["", ","] },
      s: ["", ""],
    })
  })

  it("asks for what renders itself, with the slot, and takes a number for a component's", () => {
    const part = { [rendered]: () => "itself" }
    const asked: string[] = []
    const { tree } = renderFull(
      html`<p title="${part}">${part}</p>`,
      new Message((_, { kind, name }) => {
        asked.push(`${kind} ${name}`)
        return kind === "text" ? 3 : "t"
      }),
    )
    expect({ tree, asked }).toEqual({
      tree: { 0: ` title="t"`, 1: 3, s: ["<p", ">", "</p>"] },
      asked: ["attribute title", "text "],
    })
  })

  it("throws for equal keys", () => {
    expect(() =>
      sent(
        each(
          [1, 1],
          (n) => n,
          (n) => html`${n}`,
        ),
      ),
    ).toThrow(DuplicateKeyError)
  })
})

describe("renderDiff", () => {
  it("sends changed dynamics only, and nothing when there are none", () => {
    const view = (a: string, b: number | null) => html`<p title="${b}">${a}</p>`
    expect(changes(view("a", 1), view("b", 1), view("b", null), view("b", null))).toEqual([
      { 1: "b" },
      { 0: "" },
      null,
    ])
  })

  it("does not send a value anew that prints what it printed before", () => {
    const view = (a: string | number | boolean | null) => html`<p>${a}</p>`
    expect(changes(view(1), view("1"), view(null), view(false), view(""))).toEqual([
      null,
      { 0: "" },
      null,
      null,
    ])
  })

  it("sends statics when the client lacks them, and again after text stood there", () => {
    const view = (n: number | null) => html`<div>${n === null ? "" : html`<b>${n}</b>`}</div>`
    expect(changes(view(null), view(1), view(2), view(null), view(2))).toEqual([
      { 0: { 0: "1", s: ["<b>", "</b>"], r: 1 } },
      { 0: { 0: "2" } },
      { 0: "" },
      { 0: { 0: "2", s: ["<b>", "</b>"], r: 1 } },
    ])
  })

  it("takes equal statics of another template for what the client lacks", () => {
    const view = (one: boolean) => html`<div>${one ? html`<b>${1}</b>` : html`<b>${1}</b>`}</div>`
    expect(changes(view(true), view(false))).toEqual([{ 0: { 0: "1", s: ["<b>", "</b>"], r: 1 } }])
  })

  it("sends everything when the view is of another template", () => {
    expect(changes(html`<p>${1}</p>`, html`<h1>${1}</h1>`)).toEqual([
      { 0: "1", s: ["<h1>", "</h1>"] },
    ])
  })

  it("sends both directions of the worked example of the protocol", () => {
    const row = ({ name }: { name: string }) => html`<li>${name}</li>`
    const view = (show: boolean, n: number, rows: readonly { id: string; name: string }[]) =>
      html`<div>${"T"}${show ? html`<b>${n}</b>` : ""}<ul>${each(rows, ({ id }) => id, row)}</ul></div>`
    const ab = [
      { id: "a", name: "A" },
      { id: "b", name: "B" },
    ]
    const ca = [
      { id: "c", name: "C" },
      { id: "a", name: "A2" },
    ]
    expect(
      changes(
        view(false, 0, ab),
        view(true, 1, ab),
        view(true, 2, ab),
        view(false, 2, ab),
        view(false, 2, ca),
      ),
    ).toEqual([
      { 1: { 0: "1", s: ["<b>", "</b>"], r: 1 } },
      { 1: { 0: "2" } },
      { 1: "" },
      { 2: { k: { 0: { 0: "C" }, 1: [0, { 0: "A2" }], kc: 2, km: true } } },
    ])
  })

  describe("of a list", () => {
    const view = (rows: string) =>
      html`${each(
        [...rows],
        (row) => row.toLowerCase(),
        (row) => html`<li>${row}</li>`,
      )}`

    it.each([
      ["appends", "ab", "abc", { 2: { 0: "c" }, kc: 3 }],
      ["drops the last", "abc", "ab", { kc: 2 }],
      ["moves what follows a dropped row", "abc", "bc", { 0: 1, 1: 2, kc: 2, km: true }],
      ["moves what follows a new row", "ab", "cab", { 0: { 0: "c" }, 1: 0, 2: 1, kc: 3, km: true }],
      ["swaps", "abc", "cba", { 0: 2, 2: 0, kc: 3, km: true }],
      ["changes in place", "abc", "aBc", { 1: { 0: "B" }, kc: 3 }],
      [
        "moves and changes",
        "ab",
        "BA",
        { 0: [1, { 0: "B" }], 1: [0, { 0: "A" }], kc: 2, km: true },
      ],
      ["replaces", "ab", "cd", { 0: { 0: "c" }, 1: { 0: "d" }, kc: 2 }],
      ["empties", "ab", "", { kc: 0 }],
    ])("%s", (_, before, after, k) => {
      expect(changes(view(before), view(after))).toEqual([{ 0: { k } }])
    })

    it("keeps the statics of an emptied list, but has none of one that never had rows", () => {
      expect(changes(view("a"), view(""), view(""), view("b"))).toEqual([
        { 0: { k: { kc: 0 } } },
        null,
        { 0: { k: { 0: { 0: "b" }, kc: 1 } } },
      ])
      expect(changes(view(""), view("b"))).toEqual([
        { 0: { k: { 0: { 0: "b" }, kc: 1 }, s: ["<li>", "</li>"] } },
      ])
    })

    it("never moves rows that are known by their position", () => {
      const list = (...rows: string[]) => html`${rows.map((row) => html`<li>${row}</li>`)}`
      expect(changes(list("a", "b"), list("b", "a"), list("b", "a", "c"), list("b"))).toEqual([
        { 0: { k: { 0: { 0: "b" }, 1: { 0: "a" }, kc: 2 } } },
        { 0: { k: { 2: { 0: "c" }, kc: 3 } } },
        { 0: { k: { kc: 1 } } },
      ])
    })

    it("sends nested statics with each new row, and keeps those of a moved row", () => {
      const list = (rows: string) =>
        html`${each(
          [...rows],
          (row) => row,
          (row) => html`<li>${html`<b>${row}</b>`}</li>`,
        )}`
      expect(changes(list("a"), list("ba"))).toEqual([
        { 0: { k: { 0: { 0: { 0: "b", s: ["<b>", "</b>"], r: 1 } }, 1: 0, kc: 2, km: true } } },
      ])
    })

    it("is sent anew when a row is of another template", () => {
      const list = (mixed: boolean) => html`${[html`<b>${1}</b>`, mixed ? "x" : html`<b>${1}</b>`]}`
      expect(JSON.stringify(changes(list(true), list(false))[0])).toContain(
        '"1":{"0":{"0":"1","s":',
      )
      const same = () => html`<b>${1}</b>`
      const direct = (mixed: boolean) => html`${[same(), mixed ? html`<i>${1}</i>` : same()]}`
      expect(changes(direct(false), direct(true))).toEqual([
        {
          0: {
            k: {
              0: { 0: { 0: "1", s: ["<b>", "</b>"], r: 1 } },
              1: { 0: { 0: "1", s: ["<i>", "</i>"], r: 1 } },
              kc: 2,
            },
            s: ["", ""],
          },
        },
      ])
    })

    it("skips a row when the row and what renders it are those of last time", () => {
      const asked: string[] = []
      const hoisted = ({ id }: { id: string }) => {
        asked.push(id)
        return html`<li>${id}</li>`
      }
      const list = (rows: readonly { id: string }[], inline = false) =>
        html`${each(rows, ({ id }) => id, inline ? (row) => hoisted(row) : hoisted)}`
      const rows = [{ id: "a" }, { id: "b" }, { id: "c" }]
      expect(changes(list(rows), list(rows), list([...rows.slice(1), { id: "a" }]))).toEqual([
        null,
        { 0: { k: { 0: 1, 1: 2, 2: 0, kc: 3, km: true } } },
      ])
      expect(asked.join("")).toBe("abca")
      expect(changes(list(rows), list(rows, true))).toEqual([null])
      expect(asked.join("")).toBe("abcaabcabc")
    })

    it("sees what was changed in the very array that it was given", () => {
      const rows = [{ id: "a" }]
      const hoisted = ({ id }: { id: string }) => html`<li>${id}</li>`
      const list = () => html`${each(rows, ({ id }) => id, hoisted)}`
      const { memory } = renderFull(list())
      rows.unshift({ id: "b" })
      expect(renderDiff(memory, list()).diff).toEqual({
        0: { k: { 0: { 0: "b" }, 1: 0, kc: 2, km: true } },
      })
    })

    it("asks for the components in a row at each rendering", () => {
      let asked = 0
      const part = { [rendered]: () => "" }
      const hoisted = () => html`<li>${part}</li>`
      const list = () => html`${each([1, 2], (n) => n, hoisted)}`
      const resolve = () => ++asked % 2
      const { memory } = renderFull(list(), new Message(resolve))
      expect(renderDiff(memory, list(), new Message(resolve)).diff).toBeNull()
      expect(asked).toBe(4)
    })

    it("throws for equal keys", () => {
      expect(() => changes(view("ab"), view("aab"))).toThrow(DuplicateKeyError)
    })

    it("takes any key, those of Object.prototype included", () => {
      const list = (keys: readonly string[]) =>
        html`${each(
          keys,
          (key) => key,
          (key) => html`<li>${key}</li>`,
        )}`
      const keys = ["__proto__", "constructor", "kc", "km"]
      expect(changes(list(keys), list(keys.toReversed()))).toEqual([
        { 0: { k: { 0: 3, 1: 2, 2: 1, 3: 0, kc: 4, km: true } } },
      ])
    })
  })

  it("shares statics of what is new in a change", () => {
    const item = (n: number) => html`<section class="item">${n}</section>`
    const view = (...all: number[]) =>
      html`${all[0] ? item(all[0]) : ""}${all[1] ? item(all[1]) : ""}`
    expect(changes(view(), view(1, 2))).toEqual([
      {
        0: { 0: "1", s: 0, r: 1 },
        1: { 0: "2", s: 0, r: 1 },
        p: { 0: [`<section class="item">`, "</section>"] },
      },
    ])
  })

  it("leaves the memory that it was given as it is, so that a change need not be sent", () => {
    const view = (rows: string) =>
      html`${each(
        [...rows],
        (row) => row,
        (row) => html`<li>${row}</li>`,
      )}`
    const { memory } = renderFull(view("ab"))
    const first = renderDiff(memory, view("bca")).diff
    renderDiff(memory, view(""))
    expect(renderDiff(memory, view("bca")).diff).toEqual(first)
  })
})
