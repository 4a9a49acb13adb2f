import { describe, it } from "vitest"
import {
  type Attrs,
  attrs,
  each,
  type Html,
  html,
  type Keyed,
  type Renderable,
  raw,
} from "./index.ts"

declare const parsed: { readonly statics: TemplateStringsArray; readonly dynamics: unknown[] }
declare const stream: Keyed<{ readonly name: string }>
declare const event: Renderable
declare const unknown: unknown

describe("types", () => {
  it("let no object pass for markup", () => {
    // @ts-expect-error something shaped like a template is not one
    html`${parsed}`
    // @ts-expect-error nor is any object
    html`${{ toString: () => "<b>" }}`
    // @ts-expect-error nor is what nobody looked at
    html`${unknown}`
    // @ts-expect-error a component returns Html
    const fake: Html = parsed
    // @ts-expect-error nobody else makes attributes
    const other: Attrs = { entries: [] }
    // @ts-expect-error raw takes text
    raw(html`x`)
    return [fake, other]
  })

  it("take what a hole may hold", () => {
    html`${1}${"a"}${null}${undefined}${true}${[1, [html`x`]]}${event}${attrs({ a: event })}`
  })

  it("know the rows of lists that bring their own keys, and let those stand nowhere else", () => {
    each(stream, ({ name }, id) => html`<li id="${id.toUpperCase()}">${name.toUpperCase()}</li>`)
    // @ts-expect-error rows are rendered by each
    html`${stream}`
    // @ts-expect-error rows without keys need a key
    each([{ name: "a" }], ({ name }) => html`${name}`)
    const text = (n: number) => String(n)
    // @ts-expect-error a row is markup
    each([1], text, text)
  })

  it("take no objects as attributes", () => {
    // @ts-expect-error a style is text
    attrs({ style: { color: "red" } })
    // @ts-expect-error attributes hold no markup
    attrs({ title: html`x` })
  })
})
