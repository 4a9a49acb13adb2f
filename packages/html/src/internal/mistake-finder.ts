import { textlessElements, voidElements } from "./elements.ts"
import { misplacement } from "./nesting.ts"
import type { Outline, Position, StartTag } from "./outline.ts"

/** Something in a template that a browser would read otherwise than it looks. */
export interface Mistake {
  /** Stable, for filters. */
  readonly rule: "unclosed" | "unmatched" | "nesting" | "duplicate-id" | "duplicate-attribute"
  readonly what: string
  readonly at: Position
}

interface Open {
  readonly name: string
  readonly foreign: boolean
  readonly at: Position
  told: boolean
}

/**
 * Looks for mistakes that escape a parser's mercy: tags that do not match, elements where they have no place, ids and
 * attributes said twice. Every element has to be closed in its template, those too whose end tag HTML lets be omitted.
 */
export class MistakeFinder implements Outline {
  readonly #open: Open[] = []
  readonly #ids = new Set<string>()
  readonly #found: Mistake[] = []

  start(tag: StartTag, at: Position): void {
    const { name, foreign, selfClosing } = tag
    this.#checkAttributes(tag, at)
    if (!foreign || name === "svg" || name === "math") {
      const what = misplacement(
        tag,
        this.#open.map((open) => open.name),
      )
      if (what !== null) this.#tell("nesting", what, at)
    }
    if (voidElements.has(name) || (selfClosing && foreign)) return
    if (selfClosing) {
      this.#tell("unclosed", `<${name}/> opens an element: HTML closes it with </${name}> only`, at)
      return
    }
    this.#open.push({ name, foreign, at, told: false })
  }

  end(name: string, at: Position): void {
    if (voidElements.has(name)) {
      this.#tell("unmatched", `</${name}> ends nothing: <${name}> has no content`, at)
      return
    }
    if (!this.#open.some((open) => open.name === name)) {
      const inside = this.#open.at(-1)
      const where = inside === undefined ? "" : ` in <${inside.name}>`
      this.#tell("unmatched", `</${name}>${where} has no start tag in this template`, at)
      return
    }
    for (;;) {
      const open = this.#open.pop()
      if (open === undefined || open.name === name) return
      this.#tell("unclosed", `<${open.name}> is not closed before </${name}>`, open.at)
    }
  }

  text(at: Position): void {
    const parent = this.#open.at(-1)
    if (parent === undefined || parent.told || parent.foreign) return
    if (!textlessElements.has(parent.name)) return
    parent.told = true
    this.#tell("nesting", `a browser moves text out of <${parent.name}>`, at)
  }

  hole(): void {}

  /** All that was found, once the template was read to its end. */
  get mistakes(): readonly Mistake[] {
    const unclosed = this.#open.map(
      ({ name, at }): Mistake => ({ rule: "unclosed", what: `<${name}> is not closed`, at }),
    )
    return [...this.#found, ...unclosed]
  }

  #checkAttributes({ name: tag, attributes }: StartTag, at: Position): void {
    const seen = new Set<string>()
    for (const { name, value } of attributes) {
      if (name === "") continue
      if (seen.has(name)) {
        this.#tell("duplicate-attribute", `<${tag}> has "${name}" twice; the second is ignored`, at)
      }
      seen.add(name)
      if (name !== "id" || value === null || value === "") continue
      if (this.#ids.has(value)) this.#tell("duplicate-id", `the id "${value}" is given twice`, at)
      this.#ids.add(value)
    }
  }

  #tell(rule: Mistake["rule"], what: string, at: Position): void {
    this.#found.push({ rule, what, at })
  }
}
