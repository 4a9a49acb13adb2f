import { documentElements, voidElements } from "./elements.ts"

/**
 * Follows the tags of a template to tell whether it is exactly one element whose tags are all static, with nothing
 * around it but white space and comments of one line.
 */
export class RootFinder {
  readonly #open: string[] = []
  #roots = 0
  #possible = true

  /** The innermost element that the template itself opened, or `""`. */
  get parent(): string {
    return this.#open.at(-1) ?? ""
  }

  /** Whether the tag that starts now is that of a root. */
  get atTop(): boolean {
    return this.#open.length === 0
  }

  startTag(name: string, written: string, selfClosing: boolean, foreign: boolean): void {
    if (this.atTop) {
      this.#roots++
      // the client looks tags up in lower case
      if (documentElements.has(name) || written !== name) this.#possible = false
    }
    if (!voidElements.has(name) && !(selfClosing && foreign)) this.#open.push(name)
  }

  endTag(name: string): void {
    if (this.#open.at(-1) === name) {
      this.#open.pop()
      return
    }
    this.#possible = false
    const at = this.#open.lastIndexOf(name)
    if (at !== -1) this.#open.length = at
  }

  text(character: string): void {
    if (this.atTop && !" \n\t\r\f".includes(character)) this.#possible = false
  }

  comment(content: string): void {
    // the client skips comments with an expression that ends at a line break
    if (this.atTop && /[\n\r<>]/.test(content)) this.#possible = false
  }

  hole(): void {
    if (this.atTop) this.#possible = false
  }

  /** Something that the client could not find its way around in, such as a doctype. */
  refuse(): void {
    this.#possible = false
  }

  get found(): boolean {
    return this.#possible && this.#roots === 1 && this.#open.length === 0
  }
}
