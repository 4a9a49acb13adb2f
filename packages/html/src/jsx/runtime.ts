import { type Attrs, type AttrValues, attrs } from "../attrs.ts"
import { TemplateError } from "../errors.ts"
import type { Hole, Renderable } from "../hole.ts"
import { TemplateHtml } from "../html.ts"
import { callerOf } from "../internal/caller.ts"
import { Compiler } from "../internal/compile.ts"
import { voidElements } from "../internal/elements.ts"
import { Problem } from "../internal/problem.ts"
import type { Html } from "../markup.ts"
import { Template } from "../template.ts"
import { wrapped } from "../tree.ts"
import type { Children, Elements } from "./attributes.ts"

/** What a component is to JSX: a function of its properties. */
export type Component<P> = (props: P) => Html | Renderable

type Props = Readonly<Record<string, Hole>>

// Names are those that a program writes; one that is made while running is read anew each time beyond this.
const LIMIT = 1_000
const templates = new Map<string, Template>()

/**
 * An element or a component, as TSX calls it when nothing compiled it before: each element is a template of its own.
 * The plugin of `@bennu/html/jsx-plugin` makes one template of all that stands together.
 */
export function jsx<P>(type: string | Component<P>, props: P): Html | Renderable {
  if (typeof type === "function") return type(props)
  // proof: TypeScript checked them against Elements; what is wrong all the same is refused by the holes
  const { children, ...rest } = props as Props
  return element(type, rest, children)
}

/** The same with several children. */
export const jsxs: typeof jsx = jsx
/** The same as the development transform calls it. */
export const jsxDEV: typeof jsx = jsx

/** `<>…</>`: what stands in it and nothing around. */
export const Fragment = ({ children }: Children): Html => fragment(children)

// proof: wrapped makes markup
const fragment = (children: Hole): Html => wrapped(children) as TemplateHtml

function element(tag: string, values: Props, children: Hole): Html {
  const given = attributesOf(values)
  if (children === undefined) return new TemplateHtml(templateOf(tag, false), [given])
  return new TemplateHtml(templateOf(tag, true), [given, children])
}

// proof: attrs checks names; what a value may be is checked where it is written, `srcdoc` takes markup there
const attributesOf = (values: Props): Attrs => attrs(values as AttrValues)

function templateOf(tag: string, filled: boolean): Template {
  const key = filled ? `${tag}>` : tag
  const known = templates.get(key)
  if (known !== undefined) return known
  const template = compile(tag, filled)
  if (templates.size < LIMIT) templates.set(key, template)
  return template
}

function compile(tag: string, filled: boolean): Template {
  try {
    if (!/^[a-z][\w.:-]*$/i.test(tag)) {
      throw new Problem(
        0,
        `${JSON.stringify(tag)} is not the name of an element`,
        "Names have letters, digits, - and :.",
      )
    }
    const hollow = voidElements.has(tag.toLowerCase())
    if (hollow && filled) throw new Problem(0, `<${tag}> has no content`, "Put it beside.")
    const end = hollow ? "" : `</${tag}>`
    const parts = filled ? [`<${tag} `, ">", end] : [`<${tag} `, `>${end}`]
    const { statics, slots, root } = new Compiler(parts).compile()
    return new Template(statics, slots, root)
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    throw new TemplateError(problem.what, problem.hole, callerOf(jsx), problem.hint)
  }
}

/** What TypeScript asks about TSX. */
export declare namespace JSX {
  type Element = Html
  type ElementType = keyof Elements | ((props: never) => Html | Renderable)
  interface ElementChildrenAttribute {
    children: unknown
  }
  type IntrinsicElements = Elements
}
