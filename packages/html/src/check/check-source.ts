import { parseSync } from "oxc-parser"
import { type CompiledJsx, compileJsx } from "../jsx/compile-jsx.ts"
import { checkTemplate, type TemplateProblem } from "./check-template.ts"
import { isNode, lineCounter, nameOf, type SyntaxNode, walk } from "./syntax.ts"

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
  const root = program as SyntaxNode
  const problems: SourceProblem[] = []
  const raws: number[] = []
  let templates = 0
  const names = importedNames(root)
  walk(root, (node) => {
    if (node.type === "CallExpression" && names.is(node["callee"], "raw"))
      raws.push(lineAt(node.start))
    if (node.type !== "TaggedTemplateExpression" || !names.is(node["tag"], "html")) return true
    templates++
    const quasis = quasisOf(node["quasi"])
    for (const { rule, message, at } of checkTemplate(quasis.map(({ cooked }) => cooked))) {
      const { cooked = "", start = node.start } = quasis[at.part] ?? {}
      const lines = cooked.slice(0, at.offset).split("\n").length - 1
      problems.push({ rule, message, line: lineAt(start) + lines })
    }
    return true
  })
  return { problems, templates, raws }
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

interface Quasi {
  readonly cooked: string
  readonly start: number
}

function quasisOf(literal: unknown): readonly Quasi[] {
  const quasis = isNode(literal) ? literal["quasis"] : []
  if (!Array.isArray(quasis)) return []
  return quasis.filter(isNode).map((quasi) => {
    const value = quasi["value"]
    const cooked =
      typeof value === "object" && value !== null && "cooked" in value ? value.cooked : ""
    return { cooked: typeof cooked === "string" ? cooked : "", start: quasi.start }
  })
}

/** By which names a module knows what this package exports. */
function importedNames(program: SyntaxNode) {
  const local = new Map<string, string>()
  const namespaces = new Set<string>()
  walk(program, (node) => {
    if (node.type === "Program") return true
    if (node.type !== "ImportDeclaration") return false
    const source = isNode(node["source"]) ? String(node["source"]["value"]) : ""
    if (source !== "@bennu/html" && !source.startsWith(".") && !source.startsWith("#")) return false
    const specifiers = Array.isArray(node["specifiers"]) ? node["specifiers"] : []
    for (const specifier of specifiers.filter(isNode)) {
      const name = nameOf(specifier["local"]) ?? ""
      const imported = nameOf(specifier["imported"])
      if (specifier.type === "ImportNamespaceSpecifier") namespaces.add(name)
      else if (imported !== null) local.set(name, imported)
    }
    return false
  })
  return {
    is(node: unknown, exported: "html" | "raw"): boolean {
      if (!isNode(node)) return false
      if (node.type === "MemberExpression") {
        return namespaces.has(nameOf(node["object"]) ?? "") && nameOf(node["property"]) === exported
      }
      return local.get(nameOf(node) ?? "") === exported
    },
  }
}
