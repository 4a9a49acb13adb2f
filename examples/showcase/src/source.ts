import { readFileSync } from "node:fs"
import { createRequire } from "node:module"
import { join } from "node:path"
import { type Html, html, raw } from "@bennu/html"

/** All that we ask of highlight.js. */
interface Highlighter {
  registerLanguage(name: string, language: unknown): void
  highlight(code: string, options: { readonly language: string }): { readonly value: string }
}
// required, not imported: its types would bring those of browsers along, for every file of the program
const require = createRequire(import.meta.url)
const highlighter: Highlighter = require("highlight.js/lib/core")
// css and xml for what stands in html`…`
for (const name of ["typescript", "xml", "css"]) {
  highlighter.registerLanguage(name, require(`highlight.js/lib/languages/${name}`))
}

/** A file of this example, as it is shown beside its page. */
export interface Source {
  /** From `src/`. */
  readonly file: string
  readonly code: Html
}

export function sourceOf(file: string): Source {
  const text = readFileSync(join(import.meta.dirname, file), "utf8")
  // highlight.js escapes what it is given, and adds spans with classes
  return { file, code: html`${raw(highlighter.highlight(text, { language: "typescript" }).value)}` }
}
