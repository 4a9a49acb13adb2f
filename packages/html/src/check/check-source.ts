import { parseSync } from "oxc-parser"
import { type CompiledJsx, compileJsx } from "../jsx/compile-jsx.ts"
import { checkTemplate, type TemplateProblem } from "./check-template.ts"
import { lineCounter, type SyntaxNode } from "./syntax.ts"
import { templatesIn } from "./templates-in.ts"

/** A problem with the line on which it stands, from 1. */
export interface SourceProblem {
  readonly rule: TemplateProblem["rule"] | "syntax"
  readonly message: string
  readonly line: number
}

export interface SourceReport {
  readonly problems: readonly SourceProblem[]
  /** How many templates there are. */
  readonly templates: number
  /** The lines on which `raw` is called: whoever reviews the safety of markup reads these. */
  readonly raws: readonly number[]
}

export interface CheckOptions {
  /**
   * Whether JSX in the module is ours (when it imports from `@bennu/html`, or says so in a `@jsxImportSource` comment).
   */
  readonly jsx?: boolean | undefined
}

/**
 * Finds every `html` template of a TypeScript or JavaScript module, wherever it is imported from `@bennu/html` or
 * passed on by a module of one's own, and TSX, and checks them without running the module.
 * @param file Its name, whose ending tells the language.
 */
export function checkSource(
  file: string,
  code: string,
  { jsx = code.includes("@bennu/html") }: CheckOptions = {},
): SourceReport {
  const { program, errors } = parseSync(file, code)
  const lineAt = lineCounter(code)
  if (errors.length > 0) {
    const problems = errors.map(({ message, labels }) => {
      return { rule: "syntax" as const, message, line: lineAt(labels[0]?.start ?? 0) }
    })
    return { problems, templates: 0, raws: [] }
  }
  const compiled = jsx && file.endsWith("x") ? compileJsx(file, code) : null
  if (compiled === null) return checkProgram(program, lineAt)
  return checkProgram(parseSync(file, compiled.code).program, originalLines(compiled))
}

function checkProgram(program: unknown, lineAt: (offset: number) => number): SourceReport {
  // proof: the parser gives ESTree nodes; each is read through guards
  const { templates, raws } = templatesIn(program as SyntaxNode)
  const problems = templates.flatMap(({ start, quasis }) =>
    checkTemplate(quasis.map(({ cooked }) => cooked)).map(({ rule, message, at }) => {
      const quasi = quasis[at.part]
      const lines = (quasi?.cooked ?? "").slice(0, at.offset).split("\n").length - 1
      return { rule, message, line: lineAt(quasi?.start ?? start) + lines }
    }),
  )
  return { problems, templates: templates.length, raws: raws.map(lineAt) }
}

/** The lines of the source from which a module was compiled, by offsets in what it was compiled to. */
function originalLines({ code, source }: CompiledJsx): (offset: number) => number {
  const { mappings } = source.generateDecodedMap({ hires: true })
  const lineAt = lineCounter(code)
  return (offset) => {
    const line = lineAt(offset) - 1
    const column = offset - (code.lastIndexOf("\n", offset - 1) + 1)
    const segment = mappings[line]?.findLast(([at]) => at <= column)
    return (segment?.[2] ?? line) + 1
  }
}
