import { HoleError } from "./errors.ts"
import { escapeHtml } from "./escape.ts"
import type { Html } from "./markup.ts"
import { RawHtml } from "./raw.ts"

// `<` could end the script or begin a comment in it; U+2028 and U+2029 end lines in older JavaScript.
const unsafe = /[<>&\u2028\u2029]/g

export interface JsonScriptOptions {
  /** `"application/ld+json"` tells search engines what a page is about (`"application/json"`). */
  readonly type?: "application/json" | "application/ld+json" | undefined
}

/**
 * Data for the page's own scripts: `<script type="application/json" id="…">`, to be read with
 * `JSON.parse(document.getElementById(id).textContent)`. It is never run, so that no policy stands in its way.
 */
export function jsonScript(
  id: string,
  value: unknown,
  { type = "application/json" }: JsonScriptOptions = {},
): Html {
  const json: string | undefined = JSON.stringify(value)
  if (json === undefined) throw new HoleError(value, "jsonScript()", "Give it what JSON can say.")
  const safe = json.replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  )
  return new RawHtml(`<script type="${escapeHtml(type)}" id="${escapeHtml(id)}">${safe}</script>`)
}
