import { selectAll, selectOne } from "css-select"
import { parseDocument } from "htmlparser2"
import { TestViewError } from "./errors.ts"

type Document = ReturnType<typeof parseDocument>
type Child = Document["children"][number]
/** An element as the parser gives it. */
export type DomElement = Extract<Child, { readonly attribs: unknown }>

/** The markup of a page, to look things up in. */
export const parse = (markup: string): Document => parseDocument(markup)

export const isElement = (node: Child | null | undefined): node is DomElement =>
  node !== null && node !== undefined && "attribs" in node

/**
 * The one element that a selector means.
 * @throws {TestViewError} when there is none, or more than one.
 */
export function oneOf(markup: string, selector: string): DomElement {
  const found = selectAll<Child, DomElement>(selector, parse(markup))
  const [first, second] = found
  if (first && !second) return first
  const many = first ? `${found.length} elements match` : "nothing matches"
  throw new TestViewError(`${many} ${selector}`, { hint: `The page is: ${markup}` })
}

export const isThere = (markup: string, selector: string): boolean =>
  selectOne(selector, parse(markup)) !== null

export const allOf = (within: DomElement, selector: string): readonly DomElement[] =>
  selectAll<Child, DomElement>(selector, within)

export const firstOf = (within: DomElement, selector: string): DomElement | null =>
  selectOne<Child, DomElement>(selector, within)

/** The form that an element belongs to. */
export function formOf(element: DomElement): DomElement | null {
  let { parent } = element
  while (parent && !(isElement(parent) && parent.name === "form")) ({ parent } = parent)
  return isElement(parent) ? parent : null
}

/** The number of the live component that an element is in, or is. */
export function componentAround(element: DomElement): string | null {
  let node: Child | Document | null = element
  while (node) {
    const cid: string | null = "attribs" in node ? attributeOf(node, "data-phx-component") : null
    if (cid !== null) return cid
    node = "parent" in node ? (node.parent as Child | Document | null) : null
  }
  return null
}

export const attributeOf = ({ attribs }: DomElement, name: string): string | null =>
  Object.hasOwn(attribs, name) ? (attribs[name] ?? null) : null

/** What can be read of it. */
export function textOf(node: Child): string {
  if ("data" in node && node.type === "text") return node.data
  return "children" in node ? node.children.map((child) => textOf(child as Child)).join("") : ""
}
