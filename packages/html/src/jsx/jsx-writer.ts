import type MagicString from "magic-string"
import { isNode, nameOf, type SyntaxNode, walk } from "../check/syntax.ts"
import { voidElements } from "../internal/elements.ts"
import { asHtml, asString, cleanText, inTemplate } from "./jsx-text.ts"

const nodes = (value: unknown): readonly SyntaxNode[] =>
  Array.isArray(value) ? value.filter(isNode) : []
const isJsx = ({ type }: SyntaxNode): boolean => type === "JSXElement" || type === "JSXFragment"

/** Rewrites JSX in place, so that what is not JSX keeps its position for source maps. */
export class JsxWriter {
  readonly #source: MagicString
  readonly #code: string
  /** Up to where the source is rewritten, and what is to stand there next. */
  #cursor = 0
  #next = ""
  used = false
  /** Where the tag starts that was written last. */
  tagAt = 0

  constructor(source: MagicString, code: string) {
    this.#source = source
    this.#code = code
  }

  /** Rewrites each JSX expression within a node. */
  replaceIn(node: SyntaxNode): void {
    walk(node, (inner) => {
      if (!isJsx(inner)) return true
      this.used = true
      const outer = { cursor: this.#cursor, next: this.#next }
      this.#cursor = inner.start
      this.#next = ""
      this.#expression(inner)
      this.#writeUpTo(inner.end)
      this.#cursor = outer.cursor
      this.#next = outer.next
      return false
    })
  }

  #writeUpTo(end: number): void {
    if (end > this.#cursor) this.#source.update(this.#cursor, end, this.#next)
    else this.#source.appendLeft(end, this.#next)
    this.#next = ""
    this.#cursor = end
  }

  /** Leaves an expression of the program as it is, but for JSX in it. */
  #keep(node: SyntaxNode): void {
    this.#writeUpTo(node.start)
    this.replaceIn(node)
    this.#cursor = node.end
  }

  /** Where an expression may stand: a template of its own, or a call. */
  #expression(node: SyntaxNode): void {
    if (isCall(node)) this.#call(node)
    else {
      this.#next += "_bennuHtml`"
      this.#inTemplate(node)
      this.#next += "`"
    }
  }

  #inTemplate(node: SyntaxNode): void {
    if (node.type === "JSXFragment") this.#children(node)
    else if (isCall(node)) {
      this.#next += "${"
      this.#call(node)
      this.#next += "}"
    } else this.#element(node)
  }

  #element(node: SyntaxNode): void {
    const tag = tagOf(node)
    this.tagAt = node.start
    this.#next += `<${tag}`
    for (const attribute of attributesOf(node)) {
      this.#next += ` ${nameIn(attribute["name"])}`
      const { value } = attribute
      if (!isNode(value)) continue
      this.#next += '="'
      if (value.type === "Literal") {
        this.#next += inTemplate(asHtml(String(value["value"])).replaceAll('"', "&quot;"))
      } else this.#hole(value)
      this.#next += '"'
    }
    this.#next += ">"
    if (voidElements.has(tag.toLowerCase())) {
      if (childrenOf(node).length > 0) throw new SyntaxError(`<${tag}> has no content`)
      return
    }
    this.#children(node)
    this.#next += `</${tag}>`
  }

  #children(node: SyntaxNode): void {
    for (const child of childrenOf(node)) {
      if (child.type === "JSXText") this.#next += inTemplate(asHtml(cleanText(this.#textOf(child))))
      else if (isJsx(child)) this.#inTemplate(child)
      else this.#hole(child)
    }
  }

  #hole(container: SyntaxNode): void {
    this.#next += "${"
    this.#value(container)
    this.#next += "}"
  }

  /** What stands in braces, or JSX as the value of an attribute. */
  #value(container: SyntaxNode): void {
    if (isJsx(container)) {
      this.#expression(container)
      return
    }
    const { expression } = container
    if (isNode(expression)) this.#keep(expression)
  }

  /** A component, or an element whose attributes are known only when it is written. */
  #call(node: SyntaxNode): void {
    const tag = tagOf(node)
    this.tagAt = node.start
    this.#next += isComponent(tag) ? `${tag}({` : `_bennuJsx(${JSON.stringify(tag)}, {`
    for (const attribute of attributesOf(node)) {
      if (attribute.type === "JSXSpreadAttribute") {
        this.#next += " ...("
        if (isNode(attribute["argument"])) this.#keep(attribute["argument"])
        this.#next += "),"
        continue
      }
      this.#next += ` ${JSON.stringify(nameIn(attribute["name"]))}: (`
      const { value } = attribute
      if (!isNode(value)) this.#next += "true"
      else if (value.type === "Literal") {
        this.#next += JSON.stringify(asString(String(value["value"])))
      } else this.#value(value)
      this.#next += "),"
    }
    this.#only(childrenOf(node), node)
    this.#next += " })"
  }

  /** One child is handed on as it is, so that it may be a function; several are a template. */
  #only(children: readonly SyntaxNode[], node: SyntaxNode): void {
    const [only, ...others] = children
    if (only === undefined) return
    this.#next += " children: ("
    if (others.length > 0) {
      this.#next += "_bennuHtml`"
      this.#children(node)
      this.#next += "`"
    } else if (only.type === "JSXText") {
      this.#next += JSON.stringify(asString(cleanText(this.#textOf(only))))
    } else this.#value(only)
    this.#next += "),"
  }

  #textOf(text: SyntaxNode): string {
    return this.#code.slice(text.start, text.end)
  }
}

const isComponent = (tag: string): boolean => tag.includes(".") || !/^[a-z]/.test(tag)

function isCall(node: SyntaxNode): boolean {
  if (node.type === "JSXFragment") return false
  return (
    isComponent(tagOf(node)) || attributesOf(node).some(({ type }) => type === "JSXSpreadAttribute")
  )
}

const tagOf = ({ openingElement }: SyntaxNode): string =>
  isNode(openingElement) ? nameIn(openingElement["name"]) : ""

const attributesOf = ({ openingElement }: SyntaxNode): readonly SyntaxNode[] =>
  isNode(openingElement) ? nodes(openingElement["attributes"]) : []

/** Children that print something. */
const childrenOf = (node: SyntaxNode): readonly SyntaxNode[] =>
  nodes(node["children"]).filter((child) => {
    if (child.type === "JSXText") return cleanText(String(child["value"])) !== ""
    return !isNode(child["expression"]) || child["expression"].type !== "JSXEmptyExpression"
  })

/** `a`, `ui.card` or `xlink:href`. */
function nameIn(name: unknown): string {
  const simple = nameOf(name)
  if (simple !== null || !isNode(name)) return simple ?? ""
  if (name.type === "JSXMemberExpression")
    return `${nameIn(name["object"])}.${nameIn(name["property"])}`
  return `${nameIn(name["namespace"])}:${nameIn(name["name"])}`
}
