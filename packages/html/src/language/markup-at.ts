import { parseSync } from "oxc-parser"
import type { SyntaxNode } from "../check/syntax.ts"
import { templatesIn } from "../check/templates-in.ts"

/**
 * A module in which all is blank but the markup of the template around a place, so that what knows HTML can be asked about it with the
 * same offsets. Holes are blank too. `null` outside of templates.
 * @param file A name whose ending tells the language.
 */
export function markupAt(file: string, code: string, offset: number): string | null {
  const { program } = parseSync(file, code)
  // proof: the parser gives ESTree nodes; each is read through guards
  const { templates } = templatesIn(program as unknown as SyntaxNode)
  const around = templates.findLast(({ quasis }) =>
    quasis.some(({ start, end }) => start <= offset && offset <= end),
  )
  if (around === undefined) return null
  let markup = ""
  for (const { start, end } of around.quasis) {
    markup += blank(code.slice(markup.length, start)) + code.slice(start, end)
  }
  return markup + blank(code.slice(markup.length))
}

/** Lines stay where they are. */
const blank = (code: string): string => code.replace(/[^\r\n]/g, " ")
