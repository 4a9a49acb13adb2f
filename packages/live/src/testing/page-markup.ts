/** What a page holds. */
export class PageMarkup {
  #text: string
  constructor(tree: Readonly<Record<string, unknown>>) {
    this.#text = String(tree["0"])
  }
  merge(diff: Readonly<Record<string, unknown>>): void {
    this.#text = String(diff["0"])
  }
  toString(): string {
    return this.#text
  }
}
