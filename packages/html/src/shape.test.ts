import fc from "fast-check"
import { type DefaultTreeAdapterTypes, parseFragment } from "parse5"
import { describe, expect, it } from "vitest"
import { attrs, each, type Html, html, jsonScript, options } from "./index.ts"

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

const parsed = (markup: Html): readonly Node[] => parseFragment(String(markup)).childNodes

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

// What has broken out of places before: the OWASP filter evasion sheet, mutation XSS and template injection.
const corpus = [
  `"><script>alert(1)</script>`,
  `'><img src=x onerror=alert(1)>`,
  "<svg/onload=alert(1)>",
  "</title><script>alert(1)</script>",
  "</textarea><script>alert(1)</script>",
  "</textarea ><b>",
  "/textarea ><b>",
  "</script><script>alert(1)</script>",
  "<!--",
  "-->",
  "--!><img src=x onerror=alert(1)>",
  "]]><b>",
  "<![CDATA[<b>]]>",
  "<?xml?><b>",
  '" onmouseover="alert(1)',
  "' onmouseover='alert(1)",
  "` onmouseover=`alert(1)",
  "onload=alert(1) x=",
  "a=b c=d",
  "/><b>",
  'x\u0000"><b>',
  "\u00a0\u2028\u2029\ufeff",
  "&lt;b&gt;&quot;&#34;&#x22;&quot",
  "&#60script&#62",
  "+ADw-script+AD4-",
  "%3Cscript%3E",
  "\u02b9\u02ba\uff02\uff07\uff1c\uff1e",
  "\ud800<b>\udc00",
  "<b",
  "<",
  "</",
  "<!",
  "<a href='",
  `\${alert(1)}`,
  "{{constructor.constructor('alert(1)')()}}",
  "javascript:alert(1)",
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  "<select><template><b>",
  "\n",
  "\r\n",
  "\f\v\t",
]

const data = fc.oneof(
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
  ["preformatted", (a) => html`<pre>x${a}</pre>`],
  ["comments around", (a, b) => html`<!-- a --><p>x${a}</p><!-- b --><i title="${b}"></i>`],
]
let keys = 0

describe("a page that was printed", () => {
  it.each(pages)("has the same shape for all data: %s", (_, page) => {
    const shape = shapeOf(parsed(page("a", "b", "c")))
    expect(JSON.stringify(shape)).not.toBe("[]")
    for (const value of corpus)
      expect(shapeOf(parsed(page(value, value, value))), value).toEqual(shape)
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
