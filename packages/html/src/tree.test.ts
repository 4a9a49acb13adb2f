import { describe, expect, it } from "vitest"
import { each, type Html, html, raw, rendered } from "./index.ts"
import { dynamicOf, type TemplateTree, treeOf } from "./tree.ts"

const direct = () => "asked"

function template(markup: Html): TemplateTree {
  const tree = treeOf(markup)
  if (tree.kind !== "template") throw new Error(tree.kind)
  return tree
}

const dynamics = (markup: Html) => {
  const {
    template: { slots },
    holes,
  } = template(markup)
  return slots.map((slot, index) => dynamicOf(slot, holes[index], direct))
}

describe("treeOf", () => {
  it("gives one template for all evaluations of a literal, and another for an equal literal", () => {
    const make = (n: number) => html`<p>${n}</p>`
    expect(template(make(1)).template).toBe(template(make(2)).template)
    expect(template(html`<p>${1}</p>`).template).not.toBe(template(make(1)).template)
  })

  it("has one static more than holes, and gives whole attributes to their holes", () => {
    const made = html`<p class="a"   title="${"t"}" lang='${null}' id="a-${1}">${"x"}</p>`
    expect(template(made).template.statics).toEqual([`<p class="a"`, "", ` id="a-`, `">`, "</p>"])
    expect(dynamics(made)).toEqual([` title="t"`, "", "1", "x"])
  })

  it("keeps a string that needs no escaping by reference", () => {
    const text = "plain"
    expect(dynamics(html`<p>${text}</p>`)[0]).toBe(text)
  })

  it("leaves markup to the engine, and arrays of it as lists by position", () => {
    const inner = html`<b></b>`
    const [first, second, third] = dynamics(html`${inner}${[inner, "a"]}${["a", 1, "<"]}`)
    expect(first).toBe(inner)
    const list = treeOf(second as Html)
    expect(list).toMatchObject({ kind: "list", rows: [inner, "a"] })
    expect(list.kind === "list" && [list.keyAt(0), list.keyAt(1)]).toEqual([0, 1])
    expect(third).toBe("a1&lt;")
  })

  it("prints what stands in a title or textarea, because no engine can take that apart", () => {
    const [title] = dynamics(html`<title>${["<", html`a ${"&"}`]}</title>`)
    expect(title).toBe("&lt;a &amp;")
  })

  it("gives an empty array as a list, so that an engine may remember its rows", () => {
    const [empty] = dynamics(html`${[]}`)
    expect(treeOf(empty as Html)).toMatchObject({ kind: "list", rows: [] })
  })

  it("renders a row when asked, not before", () => {
    const asked: number[] = []
    const render = (n: number) => {
      asked.push(n)
      return html`<li>${n}</li>`
    }
    const rows = [1, 2]
    const list = treeOf(each(rows, (n) => n, render))
    expect(list).toMatchObject({ kind: "list", rows, render, source: rows })
    expect(asked).toEqual([])
    if (list.kind === "list") list.rowAt(1)
    expect(asked).toEqual([2])
  })

  it("asks the engine for what renders itself, which may answer with the number of a part of its own", () => {
    const part = { [rendered]: () => "itself" }
    const {
      template: { slots },
      holes,
    } = template(html`<p title="${part}">${part}</p>`)
    const kinds: string[] = []
    const seen = slots.map((slot, index) =>
      dynamicOf(slot, holes[index], (_, { kind }) => {
        kinds.push(kind)
        return kind === "text" ? 7 : "<"
      }),
    )
    expect({ kinds, seen }).toEqual({ kinds: ["attribute", "text"], seen: [` title="&lt;"`, 7] })
  })

  it("tells vouched markup apart", () => {
    expect(treeOf(raw("<b>"))).toMatchObject({ kind: "raw", markup: "<b>" })
  })
})

describe("a template's root flag", () => {
  const id = "x"
  const roots: [string, Html][] = [
    ["an element", html`<p>${1}</p>`],
    [
      "an element between spaces and a comment of one line",
      html`
      <!-- a note --> <p>${1}</p>
    `,
    ],
    ["an element without content", html`<input value="${1}">`],
    ["nested elements", html`<div><p>${1}</p><br><i></i></div>`],
    ["an element with spread attributes", html`<p ${null}></p>`],
    ["an element with its id after a space", html`<p id="a-${id}"></p>`],
    [
      "an element whose id has a line of its own, as the whole of a hole",
      html`<p
      id="${id}"></p>`,
    ],
    ["an svg", html`<svg><path d="${id}"/></svg>`],
    ["an element with > in a value", html`<p title="a > ${id}"></p>`],
  ]
  const others: [string, Html][] = [
    ["text", html`a ${1}`],
    ["an element and text", html`<p></p>a`],
    ["an element and a hole", html`<p></p>${1}`],
    ["two elements", html`<p></p><p></p>`],
    ["nothing", html``],
    ["an open element", html`<div>`],
    ["an element closed by another's tag", html`<div></p>`],
    ["an element that is left open inside", html`<ul><li></ul>`],
    [
      "a comment of two lines before it",
      html`<!-- a
      b --><p></p>`,
    ],
    ["a document", html`<!doctype html><html></html>`],
    ["a body", html`<body></body>`],
    ["a tag in capitals", html`<P></P>`],
    ["a div that is closed like an XML element", html`<div/>`],
    [
      "an id that the client cannot find",
      html`<p
id="a-${id}"></p>`,
    ],
    ["an unquoted id", html`<p id=a></p>`],
  ]

  it.each(roots)("is set for %s", (_, markup) => {
    expect(template(markup).template.root).toBe(true)
  })

  it.each(others)("is not set for %s", (_, markup) => {
    expect(template(markup).template.root).toBe(false)
  })
})
