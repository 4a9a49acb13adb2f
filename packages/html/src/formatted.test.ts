import { type DefaultTreeAdapterTypes, parseFragment } from "parse5"
import { format } from "prettier"
import { describe, expect, it } from "vitest"
import { checkSource } from "./check/index.ts"
import { attrs, each, html } from "./index.ts"

// As people write them in one line, with @ for the sign of a hole.
const templates = [
  '<section class="card @{name}"><h2>@{text}</h2><p>a <b>@{text}</b>, c</p></section>',
  '<ul>@{each(rows, (row) => row, (row) => html`<li id="row-@{row}">@{row} <i>@{text}</i></li>`)}</ul>',
  '<form action="/a?b=@{name}"><input @{attrs({ type: "text", name })} disabled="@{true}"><textarea>@{text}</textarea></form>',
  "<pre>  @{text}\n  kept  as it is </pre>",
  '<style nonce="@{name}">p { color: @{name}; }</style><p>@{text}</p>',
  '<p><a href="/posts/@{name}" class="very-long-@{name}">@{text}</a> <a href="/">home</a>, <b>@{text}</b><i>@{name}</i></p>',
  "<table><thead><tr><th>@{text}</th></tr></thead><tbody><tr><td>@{name}</td></tr></tbody></table>",
  '<svg viewBox="0 0 1 1"><path d="M0 0L1 1"/><text>@{text}</text></svg>',
  "<p>@{[1, 2].map((n) => html`<b>@{n}</b> `)}@{null} <b>@{text}</b><b>@{text}</b> and <i>@{name}</i></p>",
]
const moduleOf = (template: string) =>
  `import { attrs, each, html } from "@bennu/html"\nexport default html\`${template.replaceAll("@{", "${")}\`\n`

/** What a module's template prints. */
function printed(code: string): string {
  const [, expression = ""] = code.split("export default ")
  const run = new Function("html", "attrs", "each", "text", "name", "rows", `return ${expression}`)
  return String(run(html, attrs, each, "<script>a  b</script>", "red", ["1", "2"]))
}

const INLINE = ["a", "b", "i"]
const KEPT = ["pre", "textarea"]

/** As a browser shows it: white space is one space, and none at the edges of what is no part of a line. */
function shown(nodes: readonly DefaultTreeAdapterTypes.ChildNode[]): string {
  return nodes
    .map((node) => {
      if (node.nodeName === "#text" && "value" in node) return node.value.replace(/\s+/g, " ")
      if (!("tagName" in node)) return node.nodeName
      const { tagName, attrs, childNodes } = node
      const edge = INLINE.includes(tagName) ? "" : "\n"
      const start = `<${tagName} ${JSON.stringify(attrs)}>`
      const content = KEPT.includes(tagName)
        ? JSON.stringify(childNodes.map((child) => "value" in child && child.value))
        : shown(childNodes)
      return `${edge}${start}${edge}${content}${edge}</${tagName}>${edge}`
    })
    .join("")
    .replace(/\s*\n\s*/g, "\n")
}
const shownBy = (code: string) => shown(parseFragment(printed(code)).childNodes).trim()

describe("a template that Prettier formatted", () => {
  it.each(templates)("has nothing wrong with it, and shows the same: %s", async (template) => {
    const code = moduleOf(template)
    const formatted = await format(code, { parser: "typescript", semi: false })
    expect(formatted).not.toBe(code)
    expect(checkSource("a.ts", formatted).problems).toEqual([])
    expect(shownBy(formatted)).toBe(shownBy(code))
  })
})
