import { type Node, visitorKeys } from "oxc-parser"

const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && "type" in value && typeof value.type === "string"

/** The nodes right below one. */
export function childrenOf(node: Node): Node[] {
  const values = (visitorKeys[node.type] ?? []).map((key): unknown => Reflect.get(node, key))
  return values.flat().filter(isNode)
}

/** Calls `visit` for a node and all below it. */
export function walk(node: Node, visit: (node: Node) => void): void {
  visit(node)
  for (const child of childrenOf(node)) walk(child, visit)
}
