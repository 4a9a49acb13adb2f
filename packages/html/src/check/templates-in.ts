import { isNode, nameOf, type SyntaxNode, walk } from "./syntax.ts"

/** A template of ours in a module, with its static parts. */
export interface FoundTemplate {
  readonly start: number
  readonly quasis: readonly Quasi[]
}

/** The `html` templates of a module, and where it calls `raw`. */
export function templatesIn(program: SyntaxNode): {
  readonly templates: readonly FoundTemplate[]
  readonly raws: readonly number[]
} {
  const templates: FoundTemplate[] = []
  const raws: number[] = []
  const names = importedNames(program)
  walk(program, (node) => {
    if (node.type === "CallExpression" && names.is(node["callee"], "raw")) raws.push(node.start)
    if (node.type === "TaggedTemplateExpression" && names.is(node["tag"], "html")) {
      templates.push({ start: node.start, quasis: quasisOf(node["quasi"]) })
    }
    return true
  })
  return { templates, raws }
}

export interface Quasi {
  readonly cooked: string
  /** Where its text begins and ends in the module. */
  readonly start: number
  readonly end: number
}

function quasisOf(literal: unknown): readonly Quasi[] {
  const quasis = isNode(literal) ? literal["quasis"] : []
  if (!Array.isArray(quasis)) return []
  return quasis.filter(isNode).map((quasi) => {
    const value = quasi["value"]
    const cooked =
      typeof value === "object" && value !== null && "cooked" in value ? value.cooked : ""
    // in TypeScript a part has its delimiters with it: "`" or "}" before, "${" or "`" behind
    const raw = typeof value === "object" && value !== null && "raw" in value ? value.raw : ""
    const bare = typeof raw === "string" && raw.length === quasi.end - quasi.start
    const start = bare ? quasi.start : quasi.start + 1
    const end = bare ? quasi.end : quasi.end - (quasi["tail"] === true ? 1 : 2)
    return { cooked: typeof cooked === "string" ? cooked : "", start, end }
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
