import type { StartTag } from "./outline.ts"

const words = (text: string): ReadonlySet<string> => new Set(text.split(" "))

/** Elements that have a place only directly in some others: the content models of HTML Standard §4. */
const parents: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["li", words("ul ol menu")],
  ["dt", words("dl div")],
  ["dd", words("dl div")],
  ["caption", words("table")],
  ["colgroup", words("table")],
  ["col", words("colgroup")],
  ["thead", words("table")],
  ["tbody", words("table")],
  ["tfoot", words("table")],
  ["tr", words("table thead tbody tfoot")],
  ["td", words("tr")],
  ["th", words("tr")],
  ["optgroup", words("select div")],
  ["option", words("select optgroup datalist div")],
  ["legend", words("fieldset optgroup")],
  ["summary", words("details")],
  ["figcaption", words("figure")],
  ["source", words("picture video audio")],
  ["track", words("video audio")],
  ["rt", words("ruby rtc")],
  ["rp", words("ruby rtc")],
  ["head", words("html")],
  ["body", words("html")],
])

/** Elements that take only some others; a parser moves the rest out of tables and of the head. */
const children: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ["ul", words("li")],
  ["ol", words("li")],
  ["menu", words("li")],
  ["dl", words("dt dd div")],
  ["table", words("caption colgroup thead tbody tfoot tr")],
  ["thead", words("tr")],
  ["tbody", words("tr")],
  ["tfoot", words("tr")],
  ["tr", words("td th")],
  ["colgroup", words("col")],
  ["html", words("head body")],
  ["head", words("base link meta noscript script style template title")],
])
const scripting = words("script template")

/** Elements whose start tag ends a paragraph: HTML Standard §13.2.6.4.7. */
const endsParagraph = words(
  "address article aside blockquote center details dialog dir div dl fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p pre search section summary table ul xmp",
)
/** Elements that a paragraph outside of them is not ended from: "has an element in button scope". */
const scopes = words("applet button caption foreignobject html marquee object table td template th")

const headings = words("h1 h2 h3 h4 h5 h6")
const interactive = words("a button details embed iframe input label select textarea")
/** What interactive elements may not stand in. */
const activated = words("a button")
/** Elements that a parser does not put into their like. */
const unnested = words("form label")

/**
 * Why an element has no place where its tag stands, or `null`.
 * @param open The names of the elements around it, the innermost last; what is around the template is not known.
 */
export function misplacement(
  { name, attributes }: StartTag,
  open: readonly string[],
): string | null {
  const parent = open.at(-1)
  if (parent === undefined) return null
  const allowed = parents.get(name)
  if (allowed !== undefined && !allowed.has(parent) && parent !== "template" && !isOwn(parent)) {
    return `<${name}> stands in <${parent}>, but belongs directly in <${[...allowed].join(">, <")}>`
  }
  const taken = children.get(parent)
  if (taken !== undefined && !taken.has(name) && !scripting.has(name)) {
    return `<${parent}> takes <${[...taken].join(">, <")}> and not <${name}>`
  }
  if (endsParagraph.has(name) && inParagraph(open)) {
    return `<${name}> ends the <p> that it stands in`
  }
  if (headings.has(name) && headings.has(parent))
    return `<${name}> ends the <${parent}> it stands in`
  if (unnested.has(name) && open.includes(name)) return `<${name}> stands in another <${name}>`
  if (interactive.has(name) && !isHidden(attributes)) {
    const around = open.find((each) => activated.has(each))
    if (around !== undefined) return `<${name}> stands in <${around}>: which of them is clicked?`
  }
  return null
}

const isOwn = (name: string): boolean => name.includes("-")

const isHidden = (attributes: StartTag["attributes"]): boolean =>
  attributes.some(({ name, value }) => name === "type" && value === "hidden")

function inParagraph(open: readonly string[]): boolean {
  for (let i = open.length - 1; i >= 0; i--) {
    const name = open[i] ?? ""
    if (name === "p") return true
    if (scopes.has(name)) return false
  }
  return false
}
