import { describe, expect, it } from "vitest"
import {
  attrs,
  each,
  HoleError,
  html,
  toString as printed,
  raw,
  rendered,
  TemplateError,
} from "./index.ts"

const hostile = `<b>"'&`
const escaped = "&lt;b&gt;&quot;&#39;&amp;"

/** The error that a template throws when it is first evaluated. */
function refusal(evaluate: () => unknown): TemplateError {
  try {
    evaluate()
  } catch (error) {
    if (error instanceof TemplateError) return error
    throw error
  }
  throw new Error("the template was accepted")
}

describe("html", () => {
  it("escapes text", () => {
    expect(String(html`<p>${hostile}</p>`)).toBe(`<p>${escaped}</p>`)
  })

  it("escapes whole attributes and parts of them, in either kind of quotes", () => {
    expect(
      String(html`<p title="${hostile}" class="a ${hostile} b" lang='${"x'y"}' id='a${"'"}'></p>`),
    ).toBe(`<p title="${escaped}" class="a ${escaped} b" lang="x&#39;y" id='a&#39;'></p>`)
  })

  it("prints numbers, and nothing for null, undefined and booleans in text", () => {
    expect(String(html`${1}|${2n}|${null}|${undefined}|${true}|${false}`)).toBe("1|2||||")
  })

  it("leaves an attribute out for false, null and undefined, and writes it bare for true", () => {
    expect(
      String(
        html`<input a="${false}" b="${null}" c="${undefined}" d="${true}" e="${""}" f="${0}">`,
      ),
    ).toBe(`<input d e="" f="0">`)
  })

  it("writes aria attributes as words, because they have no bare form", () => {
    expect(
      String(html`<a aria-expanded="${false}" aria-busy="${true}" aria-label="${null}"></a>`),
    ).toBe(`<a aria-expanded="false" aria-busy="true"></a>`)
  })

  it("prints nothing for null and booleans in a part of an attribute", () => {
    expect(String(html`<a class="a ${false} b${null}"></a>`)).toBe(`<a class="a  b"></a>`)
  })

  it("nests markup and arrays of anything that text may hold", () => {
    const items = ["<", 1, null, html`<i>${hostile}</i>`, ["a", ["b"]]]
    expect(String(html`<p>${items}</p>`)).toBe(`<p>&lt;1<i>${escaped}</i>ab</p>`)
  })

  it("spreads attributes in a tag, with one space before each", () => {
    const given = attrs({ id: "a", title: hostile, required: true, hidden: false, max: 3 })
    expect(String(html`<input ${given} ${null} ${attrs({ x: 1 })}>`)).toBe(
      `<input id="a" title="${escaped}" required max="3" x="1">`,
    )
  })

  it("takes a spread right after an attribute", () => {
    expect(String(html`<input type="text"${attrs({ id: "a" })}>`)).toBe(
      `<input type="text" id="a">`,
    )
  })

  it("never takes an object for markup, whatever its shape", () => {
    const shapes: unknown[] = [
      JSON.parse(`{"kind":"raw","markup":"<b>"}`),
      { kind: "template", template: { statics: ["<b>"], slots: [], tail: "<b>" }, holes: [] },
      { toString: () => "<b>" },
      Object.create(Object.getPrototypeOf(raw("<b>"))),
      { ...raw("<b>") },
    ]
    for (const shape of shapes) {
      expect(() => String(html`<p>${shape as string}</p>`)).toThrow(HoleError)
      expect(() => String(html`<p title="${shape as string}"></p>`)).toThrow(HoleError)
      expect(() => String(html`<p ${shape as string}></p>`)).toThrow(HoleError)
    }
  })

  it("refuses functions, symbols, arrays in attributes, and markup in attributes", () => {
    expect(() => String(html`${(() => 1) as never}`)).toThrow(HoleError)
    expect(() => String(html`${Symbol("a") as never}`)).toThrow(HoleError)
    expect(() => String(html`<p class="${["a"]}"></p>`)).toThrow(HoleError)
    expect(() => String(html`<p class="${html`a`}"></p>`)).toThrow(HoleError)
    expect(() => String(html`<p class="a ${html`a`}"></p>`)).toThrow(HoleError)
    expect(() => String(html`<p>${attrs({ a: 1 })}</p>`)).toThrow(HoleError)
  })

  it("escapes the text of a title and of a textarea, and takes no elements there", () => {
    expect(String(html`<title>${hostile} ${html`a ${"&"}`}</title>`)).toBe(
      `<title>${escaped} a &amp;</title>`,
    )
    expect(() => String(html`<title>${html`<b></b>`}</title>`)).toThrow(HoleError)
    expect(() => String(html`<textarea>${raw("</textarea>")}</textarea>`)).toThrow(HoleError)
  })

  it("keeps the line break that a textarea's text starts with", () => {
    expect(String(html`<textarea>${"\na"}</textarea>`)).toBe("<textarea>\n\na</textarea>")
  })

  it("keeps the line break that preformatted text starts with", () => {
    expect(String(html`<pre class="${"a"}">${"\na"}</pre>`)).toBe('<pre class="a">\n\na</pre>')
    expect(String(html`<pre>a${"\na"}</pre>`)).toBe("<pre>a\na</pre>")
  })

  it("refuses text directly in a table, which a browser would move out of it", () => {
    expect(() => String(html`<table><tr>${"a"}</tr></table>`)).toThrow(HoleError)
    expect(String(html`<table>${null} ${html`<tr></tr>`}</table>`)).toBe(
      "<table> <tr></tr></table>",
    )
  })

  it("asks what stands in a hole for its text, its markup or the attributes instead", () => {
    const event = {
      [rendered]: ({ name }: { name: string }) =>
        name === "phx-click" ? attrs({ "phx-click": "go", "phx-target": 1 }) : "<go>",
    }
    expect(
      String(html`<a phx-click="${event}" title="${event}" class="a ${event}">${event}</a>`),
    ).toBe(
      `<a phx-click="go" phx-target="1" title="&lt;go&gt;" class="a &lt;go&gt;">&lt;go&gt;</a>`,
    )
    expect(String(html`${{ [rendered]: () => html`<i></i>` }}`)).toBe("<i></i>")
  })

  it("prints with an answer of the caller's for what is asked", () => {
    const part = { [rendered]: () => "itself" }
    expect(printed(html`<p>${[html`${part}`]}</p>`, () => html`<b></b>`)).toBe("<p><b></b></p>")
  })

  it("reads statics as they are meant, escapes included", () => {
    expect(String(html`<p title="a > b">1 < 2 &amp; \u0033</p><br/>`)).toBe(
      `<p title="a > b">1 < 2 &amp; 3</p><br/>`,
    )
  })

  it("is a tag and nothing else", () => {
    expect(() => html(JSON.parse(`["<b>"]`))).toThrow(TypeError)
    expect(() => html(Object.assign(["<b>"], { raw: ["<b>"] }))).toThrow(TypeError)
  })

  describe("refuses, when first evaluated, a hole", () => {
    const x = "x"
    it.each<[string, () => unknown]>([
      ["in an unquoted value", () => html`<a title=${x}>`],
      ["after the beginning of an unquoted value", () => html`<a title=a${x}>`],
      ["in the name of a tag", () => html`<${x}>`],
      ["at the end of the name of a tag", () => html`<a${x}>`],
      ["in an end tag", () => html`<a></${x}>`],
      ["after the name of an end tag", () => html`<a></a ${x}>`],
      ["in the name of an attribute", () => html`<a data-${x}="1">`],
      ["for the name of an attribute", () => html`<a ${x}="1">`],
      ["before the rest of an attribute's name", () => html`<a ${x}y="1">`],
      ["in a comment", () => html`<!-- ${x} -->`],
      ["in a doctype", () => html`<!doctype ${x}>`],
      ["in a processing instruction", () => html`<?php ${x} ?>`],
      ["in CDATA", () => html`<svg><![CDATA[ ${x} ]]></svg>`],
      ["in a script", () => html`<script>const a = "${x}"</script>`],
      ["in a script with attributes, in capitals", () => html`<SCRIPT type="module">${x}</SCRIPT>`],
      ["in a style", () => html`<style>${x} { color: red }</style>`],
      ["in an iframe", () => html`<iframe>${x}</iframe>`],
      ["in noframes", () => html`<noframes>${x}</noframes>`],
      ["in xmp", () => html`<xmp>${x}</xmp>`],
      ["in an event handler", () => html`<a onclick="${x}">`],
      ["in a part of an event handler, in capitals", () => html`<a OnClick="go(${x})">`],
      ["that could end a textarea", () => html`<textarea><${x}</textarea>`],
      ["behind half an end tag of a textarea", () => html`<textarea></text${x}</textarea>`],
      ["in a part of srcdoc", () => html`<iframe srcdoc="a${x}"></iframe>`],
      ["in a script address", () => html`<a href="javascript:${x}">`],
      ["in a script address with odd spelling", () => html`<a href=" JaVa${x}script:go">`],
      ["in a script address with references", () => html`<a href="java&#115;cript:${x}">`],
      ["before a colon of a URL", () => html`<a href="${x}:alert(1)">`],
      [
        "in a list of addresses, after a script address",
        () => html`<img srcset="/a, javascript:${x}">`,
      ],
      ["before a colon in a list", () => html`<svg><animate values="${x}:alert(1)"/></svg>`],
      ["in a part of a refresh", () => html`<meta http-equiv="refresh" content="0;url=${x}">`],
      [
        "in a part of a refresh, told after",
        () => html`<meta content="0;url=${x}" HTTP-EQUIV=refresh>`,
      ],
      ["in a part of what may be a refresh", () => html`<meta content="0;url=${x}" ${attrs({})}>`],
      ["in data", () => html`<img src="data:image/svg+xml,${x}">`],
    ])("%s", (_, evaluate) => {
      expect(refusal(evaluate).hole).toBeGreaterThan(0)
    })
  })

  describe("refuses a template that ends", () => {
    it.each<[string, () => unknown]>([
      ["in a tag", () => html`<a `],
      ["in a value", () => html`<a title="`],
      ["in a comment", () => html`<!-- `],
      ["in a script", () => html`<script>`],
      ["behind a script that hides its end", () => html`<script>a = "<!-- <SCRIPT>"</script>`],
      [
        "after a style in an svg that contains markup",
        () => html`<svg><style><b></b></style></svg>`,
      ],
      ["in plaintext, which never ends", () => html`<plaintext>`],
      ["in a title", () => html`<title>`],
      ["after <", () => html`<`],
    ])("%s", (_, evaluate) => {
      expect(refusal(evaluate).hole).toBe(0)
    })
  })

  it("takes a script that holds the beginning of a comment, or the name of a script before it", () => {
    for (const page of [
      html`<script>a = "<!-- script"</script>`,
      html`<script>a = "<script"; b = "<!--"</script>`,
    ]) {
      expect(String(page)).toMatch(/^<script>a = .*<\/script>$/)
    }
  })

  it("says file, line, hole and remedy of a refused template", () => {
    const error = refusal(() => html`<a title="${1}" class=${2}>`)
    const line = Number(/html\.test\.ts:(\d+)/.exec(new Error("here").stack ?? "")?.[1]) - 1
    expect(error).toMatchObject({ code: "ERR_HTML_TEMPLATE", hole: 2, line })
    expect(error.file).toMatch(/html\.test\.ts$/)
    expect(error.message).toContain(`html.test.ts:${line}`)
    expect(error.hint).toContain("quotes")
  })

  it("refuses it at each evaluation, not only at the first", () => {
    const evaluate = () => html`<a title=${1}>`
    refusal(evaluate)
    refusal(evaluate)
  })

  it("prints lists where they stand", () => {
    expect(
      String(
        html`<ul>${each(
          [1, 2],
          (n) => n,
          (n) => html`<li>${n}</li>`,
        )}</ul>`,
      ),
    ).toBe("<ul><li>1</li><li>2</li></ul>")
  })
})
