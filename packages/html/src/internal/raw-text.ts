import type { State } from "./advice.ts"
import { Problem } from "./problem.ts"

export const isSpace = (character: string): boolean => " \n\t\r\f".includes(character)
export const isLetter = (character: string): boolean => /^[a-z]$/i.test(character)

/** The state after what follows `<!` so far: a doctype, a comment or, in SVG and MathML, CDATA. */
export function stateIn(state: State, content: string, foreign: boolean): State {
  if (state === "declaration") {
    if (content === "--") return "comment"
    if (content === "[CDATA[" && foreign) return "cdata"
    if ("--".startsWith(content) || "[CDATA[".startsWith(content)) return "declaration"
    return content.endsWith(">") ? "text" : "bogus"
  }
  if (state === "bogus") return content.endsWith(">") ? "text" : "bogus"
  if (state === "cdata") return content.endsWith("]]>") ? "text" : "cdata"
  return /^--(>|->)$|--!?>$/.test(content) && content.length > 2 ? "text" : "comment"
}

/**
 * Whether the `<` at a position begins the end tag of the element, such as `</script>`.
 * @param content What the element contains so far.
 * @throws {Problem} when a browser would read the content otherwise than it looks.
 */
export function endsRawText(
  part: string,
  at: number,
  tag: string,
  content: string,
  foreign: boolean,
): boolean {
  const end = `</${tag}`
  const after = part[at + end.length] ?? ""
  const ends =
    part.slice(at, at + end.length).toLowerCase() === end &&
    (after === "" || isSpace(after) || after === "/" || after === ">")
  if (!ends && foreign) {
    throw new Problem(
      0,
      `a <${tag}> inside of <svg> or <math> contains <`,
      "A browser reads markup there; move the element out.",
    )
  }
  if (ends && tag === "script" && hidesItsEnd(content.toLowerCase())) {
    throw new Problem(
      0,
      "a <script> contains <!-- and <script",
      "A browser reads on after its end; write these words in two parts.",
    )
  }
  return ends
}

/** The script data double escaped state: HTML Standard §13.2.5.28. */
function hidesItsEnd(content: string): boolean {
  const comment = content.indexOf("<!--")
  return comment !== -1 && content.includes("<script", comment)
}
