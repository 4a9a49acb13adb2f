import { type Html, html, type Renderable, raw, rendered } from "@bennu/html"
import { DefinitionError } from "./errors.ts"

/** Style rules that stand beside their markup: `<section data-style="${Card}">`. */
export interface ClientStyle extends Renderable {
  readonly name: string
}

class ScopedStyle implements ClientStyle {
  readonly name: string
  readonly css: string
  constructor(name: string, css: string) {
    this.name = name
    this.css = css
  }
  [rendered](): string {
    return this.name
  }
}

function cssOf(style: ClientStyle): string {
  if (style instanceof ScopedStyle) return style.css
  throw new DefinitionError(`"${style.name}" was not made by clientStyle`)
}

/**
 * Rules for a component, beside its markup. They hold inside of elements with `data-style="${…}"` and nowhere else (CSS `@scope`); name
 * them in `styles` of the view or component, and give the bundler what `styleSheet` makes of them.
 * @example const card = clientStyle("Card", ":scope { padding: 1rem } h2 { margin: 0 }")
 * @throws {DefinitionError} for a name that is no simple word, and for rules whose braces do not match.
 */
export function clientStyle(name: string, css: string): ClientStyle {
  if (!/^[A-Za-z][\w-]*$/.test(name)) {
    const hint = 'Call it after what it styles: clientStyle("Card", …).'
    throw new DefinitionError(`${JSON.stringify(name)} is no name for a style`, { hint })
  }
  if (!isClosed(css)) {
    throw new DefinitionError(`the rules of "${name}" do not close what they open`, {
      hint: "Look for a brace too many or too few (in strings, too): what comes after it would hold elsewhere.",
    })
  }
  return new ScopedStyle(name, css)
}

function isClosed(css: string): boolean {
  let depth = 0
  for (const char of css) {
    if (char === "{") depth++
    if (char === "}") depth--
    if (depth < 0) return false
  }
  return depth === 0
}

/**
 * A style sheet of these rules, for the bundler of the page.
 * @example await writeFile("app/components.css", styleSheet(clientStyles(router)))
 * @throws {DefinitionError} when two of them have one name.
 */
export function styleSheet(styles: readonly ClientStyle[]): string {
  const known = new Map<string, string>()
  for (const style of styles) {
    const css = cssOf(style)
    if (known.has(style.name) && known.get(style.name) !== css) {
      const hint = "Rename one of them: the page knows styles by their names."
      throw new DefinitionError(`two styles are called "${style.name}"`, { hint })
    }
    known.set(style.name, css)
  }
  return [...known].map(([name, css]) => `@scope ([data-style="${name}"]) {\n${css}\n}\n`).join("")
}

/**
 * The same in the page itself, for pages without a bundler: put it into the root layout's head.
 * @param options `nonce`, the page's own, under a Content-Security-Policy that asks for one.
 */
export function inlineStyles(
  styles: readonly ClientStyle[],
  { nonce }: { readonly nonce?: string | undefined } = {},
): Html {
  const css = styleSheet(styles)
  if (css.toLowerCase().includes("</style")) {
    throw new DefinitionError("a style has text in it that ends its element")
  }
  const open = String(html`<i nonce="${nonce ?? null}"></i>`)
  return raw(`<style${open.slice("<i".length, -"></i>".length)}>${css}</style>`)
}
