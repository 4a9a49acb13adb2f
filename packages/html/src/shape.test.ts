import { readFileSync } from "node:fs"
import fc from "fast-check"
import { type DefaultTreeAdapterTypes, parseFragment } from "parse5"
import { afterEach, describe, expect, it, vi } from "vitest"
import {
  attrs,
  classes as classNames,
  each,
  form,
  HoleError,
  type Html,
  hidden,
  html,
  jsonScript,
  link,
  options,
  TemplateError,
} from "./index.ts"

// An independent parser reads what was printed. Elements, the names of their attributes and where text stands are the
// shape of a page; it has to be the same for all data.

type Node = DefaultTreeAdapterTypes.ChildNode

/** Elements and attribute names; text is noted by its presence only. */
function shapeOf(nodes: readonly Node[]): unknown[] {
  return nodes.map((node) => {
    if (!("tagName" in node)) return node.nodeName
    const content = node.nodeName === "template" && "content" in node ? node.content : node
    return [node.tagName, node.attrs.map(({ name }) => name), shapeOf(content.childNodes)]
  })
}

const parsed = (markup: Html, scriptingEnabled = true): readonly Node[] =>
  parseFragment(String(markup), { scriptingEnabled }).childNodes

/** The value of an attribute, or the text, found first. */
function found(nodes: readonly Node[], name: string): string | null {
  for (const node of nodes) {
    if (node.nodeName === "#text" && name === "#text" && "value" in node) return node.value
    if (!("tagName" in node)) continue
    const attribute = node.attrs.find((attribute) => attribute.name === name)
    const value = attribute?.value ?? found(node.childNodes, name)
    if (value !== null) return value
  }
  return null
}

// What has broken out of places before, by the classes of the OWASP XSS filter evasion sheet.
// proof: our own file
const classes = JSON.parse(
  readFileSync(new URL("./fixtures/xss-corpus.json", import.meta.url), "utf8"),
) as Readonly<Record<string, readonly string[]>>
const corpus = Object.values(classes).flat()

const data = fc
  .oneof(
    fc.constantFrom(...corpus),
    fc
      .array(
        fc.constantFrom(
          "<",
          ">",
          '"',
          "'",
          "&",
          "/",
          "=",
          "`",
          "!",
          "-",
          ";",
          " ",
          "\n",
          "a",
          "b",
          "script",
          "title",
          "textarea",
        ),
        { minLength: 1, maxLength: 8 },
      )
      .map((all) => all.join("")),
    fc.string({ minLength: 1, maxLength: 12, unit: "binary" }),
  )
  // a parser drops U+0000, so that a text of nothing else is none
  .filter((text) => text.replaceAll("\0", "") !== "")

const pages: [string, (a: string, b: string, c: string) => Html][] = [
  ["text", (a, b, c) => html`<p>${a}x<b>${b}</b>y${c}z</p>`],
  ["text after static that looks like markup", (a, b) => html`<p>1 < 2 &${a} & ${b};</p>`],
  ["whole attributes", (a, b, c) => html`<a title="${a}" lang='${b}' class="${c}" hidden>x</a>`],
  ["parts of attributes", (a, b, c) => html`<a title="x${a}${b}y" lang='${c} z'>x</a>`],
  [
    "a title and a textarea",
    (a, b) => html`<div><title>x${a}</title><textarea>x${b}</textarea></div>`,
  ],
  [
    "urls and styles",
    (a, b, c) => html`<a href="${a}" style="${b}"><img src="/${b}" style="color: ${c}"></a>`,
  ],
  ["lists of urls", (a, b) => html`<img srcset="${a}, /x 2x" ping="${b}">`],
  [
    "spread attributes",
    (a, b, c) => html`<input ${attrs({ value: a, title: b, href: c, style: a })} x="y">`,
  ],
  [
    "lists",
    (a, b, c) =>
      html`<ul>${each(
        [a, b, c],
        (_) => keys++,
        (row) => html`<li title="${row}">x${row}</li>`,
      )}</ul>`,
  ],
  ["arrays", (a, b, c) => html`<p>x${[a, [b, html`<i>y${c}</i>`]]}</p>`],
  ["options", (a, b, c) => html`<select>${options([`x${a}`, [`y${b}`, c]], c)}</select>`],
  ["json", (a, b, c) => html`<div>${jsonScript(a, { [b]: c })}</div>`],
  ["srcdoc", (a, b) => html`<iframe srcdoc="${html`<p title="${a}">${b}</p>`}"></iframe>`],
  [
    "noscript and template",
    (a, b) => html`<noscript><p title="${a}">x${b}</p></noscript><template><i>x${a}</i></template>`,
  ],
  [
    "foreign elements",
    (a, b, c) =>
      html`<svg><title>x${a}</title><a xlink:href="${b}"><text x="${c}">x${a}</text></a></svg>`,
  ],
  ["a table", (a, b) => html`<table><tr><td title="${a}">x${b}</td></tr></table>`],
  ["preformatted", (a, b) => html`<div><pre>x${a}</pre><pre title="${b}">x${b}</pre></div>`],
  [
    "what is read otherwise with and without scripts",
    (a, b) => html`<noscript><a title='x${a}' href="${b}">x${b}</a></noscript>`,
  ],
  ["metas", (a, b) => html`<meta name="${a}" content="${b}"><meta name="a" content="x ${a}">`],
  [
    "animations",
    (a, b, c) => html`<svg><animate values="${a};${b}${c}" to="${b}"/><set to="x${a}"/></svg>`,
  ],
  [
    "integration points",
    (a, b) => html`<svg><foreignObject><p title="${a}">x${b}</p></foreignObject></svg>`,
  ],
  [
    "forms",
    (a, b, c) =>
      html`<form action="${a}" method="post"><button formaction="${b}" value='${c}'>x${a}</button></form>`,
  ],
  [
    "helpers",
    (a, b, c) =>
      form(
        { action: a, method: "put", attrs: { class: classNames(a, [b]) } },
        html`${hidden(a, b)}${link({ href: b, method: "delete", attrs: { title: c } }, `x${c}`)}
          <select>${options([{ label: a, options: [{ label: `x${b}`, value: c }] }], c)}</select>`,
      ),
  ],
  [
    "a style sheet",
    (a, b, c) =>
      html`<style>p { color: ${a}; margin: ${b} ${c}px }</style><p title="${b}">x${a}</p>`,
  ],
  ["comments around", (a, b) => html`<!-- a --><p>x${a}</p><!-- b --><i title="${b}"></i>`],
]
let keys = 0

afterEach(() => void vi.unstubAllEnvs())

describe("a page that was printed", () => {
  it.each(pages)("has the same shape for all data: %s", (_, page) => {
    const shape = shapeOf(parsed(page("a", "b", "c")))
    const scriptless = shapeOf(parsed(page("a", "b", "c"), false))
    expect(JSON.stringify(shape)).not.toBe("[]")
    for (const value of corpus) {
      expect(shapeOf(parsed(page(value, value, value))), value).toEqual(shape)
      expect(shapeOf(parsed(page(value, value, value), false)), value).toEqual(scriptless)
    }
    fc.assert(
      fc.property(data, data, data, (a, b, c) => {
        expect(shapeOf(parsed(page(a, b, c)))).toEqual(shape)
      }),
      { numRuns: 300 },
    )
  })

  it("shows the very text that it was given", () => {
    // a parser reads line breaks as \n, and drops or replaces U+0000
    const readable = data
      .map((text) => text.replace(/[\r\0]/g, "").toWellFormed())
      .filter((text) => text !== "")
    fc.assert(
      fc.property(readable, (text) => {
        expect(found(parsed(html`<p title="${text}">${text}</p>`), "#text")).toBe(text)
        expect(found(parsed(html`<p title="${text}"></p>`), "title")).toBe(text)
        expect(found(parsed(html`<p title='x${text}'></p>`), "title")).toBe(`x${text}`)
        expect(found(parsed(html`<textarea>${text}</textarea>`), "#text")).toBe(text)
        expect(found(parsed(html`<title>${text}</title>`), "#text")).toBe(text)
      }),
      { numRuns: 1000 },
    )
  })

  it("has only the attributes whose values say so, and its elements always", () => {
    const given = fc.constantFrom<(string | number | boolean | null | undefined)[]>(
      "",
      "a",
      0,
      1,
      true,
      false,
      null,
      undefined,
    )
    fc.assert(
      fc.property(given, given, (a, b) => {
        const [element] = parsed(html`<input value="${a}" title="x${b}" name="n" disabled="${b}">`)
        const left = (value: unknown) => value !== false && value !== null && value !== undefined
        expect(
          element && "attrs" in element ? element.attrs.map(({ name }) => name) : null,
        ).toEqual(
          ["value", "title", "name", "disabled"].filter(
            (name) => (name !== "value" || left(a)) && (name !== "disabled" || left(b)),
          ),
        )
      }),
    )
  })
})

// Whatever a template consists of: either it is refused, or its shape is the same for all data.
const pieces = fc.constantFrom(
  ..."< </ > /> <a <A <p> </p> <img <!-- --> --! <!doctype <![CDATA[ ]]> <? title src onclick href style = \" ' \u0020 \n / x & &lt; -".split(
    " ",
  ),
  ..."<svg> </svg> <math> <style> </style> <script> </script> <textarea> </textarea> <title> </title> <pre> <table> <tr> <td> </table> <select> <option> <template> </template> <noscript> </noscript> <b> </b> <iframe> </iframe> <foreignObject> <xmp> </xmp>".split(
    " ",
  ),
  ' title="',
  " title='",
  ' href="',
  ' style="',
  "a { b: ",
  " title=",
  " ",
)
const hole = Symbol("hole")
const statics = fc
  .array(fc.oneof({ weight: 3, arbitrary: pieces }, { weight: 1, arbitrary: fc.constant(hole) }), {
    minLength: 2,
    maxLength: 14,
  })
  .map((all) => {
    const parts = [""]
    for (const piece of all) {
      if (typeof piece === "string") parts.push((parts.pop() ?? "") + piece)
      else parts.push("")
    }
    return parts
  })
  .filter((parts) => parts.length > 1)

/** The markup, or `null` when the template or a value in it is refused. */
function accepted(parts: readonly string[], value: string): string | null {
  const strings = Object.freeze(Object.assign([...parts], { raw: Object.freeze([...parts]) }))
  try {
    return String(html(strings, ...parts.slice(1).map(() => value)))
  } catch (error) {
    if (error instanceof TemplateError || error instanceof HoleError) return null
    throw error
  }
}

describe("any template that is accepted", () => {
  it("gives pages whose shape depends on the template alone", () => {
    // most of them have mistakes to be told of
    vi.stubEnv("NODE_ENV", "production")
    let judged = 0
    fc.assert(
      fc.property(statics, data, (parts, text) => {
        // text that is all white space, or starts with a line break, is moved elsewhere by a parser
        const value = `x${text}`
        const [plain, hostile] = [accepted(parts, "x"), accepted(parts, value)]
        if (plain === null || hostile === null) return
        judged++
        for (const scriptingEnabled of [true, false]) {
          const [expected, found] = [plain, hostile].map((page) =>
            shapeOf(parseFragment(page, { scriptingEnabled }).childNodes),
          )
          expect(found).toEqual(expected)
        }
      }),
      { numRuns: 4000 },
    )
    expect(judged).toBeGreaterThan(200)
  })
})
