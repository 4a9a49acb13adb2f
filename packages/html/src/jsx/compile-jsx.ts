import MagicString from "magic-string"
import { parseSync } from "oxc-parser"
import { lineCounter, type SyntaxNode } from "../check/syntax.ts"
import { JsxWriter } from "./jsx-writer.ts"

export interface CompiledJsx {
  readonly code: string
  readonly source: MagicString
}

/**
 * TSX with each JSX expression written as an `html` template, types left in place; `null` when there is none, or when
 * a `@jsxImportSource` comment names somebody else's.
 * @throws {SyntaxError} for a module that cannot be read, with the line.
 */
export function compileJsx(file: string, code: string): CompiledJsx | null {
  const other = /@jsxImportSource\s+(\S+)/.exec(code)?.[1]
  if (other !== undefined && other !== "@bennu/html") return null
  const { program, errors } = parseSync(file, code)
  const [error] = errors
  if (error !== undefined) throw new SyntaxError(`${file}: ${error.codeframe ?? error.message}`)
  const source = new MagicString(code)
  const writer = new JsxWriter(source, code)
  try {
    // proof: the parser gives ESTree nodes; each is read through guards
    writer.replaceIn(program as unknown as SyntaxNode)
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new SyntaxError(`${file}:${lineCounter(code)(writer.tagAt)}: ${error.message}`)
  }
  if (!writer.used) return null
  source.prepend(
    'import { html as _bennuHtml } from "@bennu/html";import { jsx as _bennuJsx } from "@bennu/html/jsx-runtime";',
  )
  return { code: source.toString(), source }
}
