/** A node of the tree that the client keeps, as it came over the wire; marks of the client's own are added to it. */
export interface Node {
  [key: string]: unknown
}

export const isNode = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** The node at a key, which the message takes for granted. */
export function nodeAt(node: Node, key: string | number): Node {
  const found = node[key]
  if (!isNode(found)) throw new MergeError(`there is no node at ${JSON.stringify(String(key))}`)
  return found
}

/** Rows, components and templates are maps of nodes. */
export const isShared = (statics: unknown): statics is number => typeof statics === "number"

/** A message that the official client could not merge or print. */
export class MergeError extends Error {
  override readonly name = "MergeError"
}
