import type { Node } from "oxc-parser"

/** The names in `a`, `a.b`, `a.b.c`; null for what is computed. */
export function pathOf(node: Node): readonly string[] | null {
  if (node.type === "Identifier") return [node.name]
  if (node.type !== "MemberExpression" || node.computed) return null
  const before = pathOf(node.object)
  return before === null || node.property.type !== "Identifier"
    ? null
    : [...before, node.property.name]
}
