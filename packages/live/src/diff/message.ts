import type { Resolve, Template } from "@bennu/html/tree"
import type { WireNode } from "./wire.ts"

// Statics are constants of the program: how long they are in JSON is found once.
const lengths = new WeakMap<Template, number>()

function lengthOf(template: Template): number {
  let length = lengths.get(template)
  if (length === undefined) {
    length = JSON.stringify(template.statics).length
    lengths.set(template, length)
  }
  return length
}

/** One message on its way: it knows which of its nodes need statics. */
export class Message {
  readonly resolve: Resolve
  readonly #needs = new Map<Template, WireNode[]>()

  constructor(resolve: Resolve) {
    this.resolve = resolve
  }

  /** Gives a node its statics, which the client lacks. */
  needs(node: WireNode, template: Template): void {
    node.s = template.statics
    const nodes = this.#needs.get(template)
    if (nodes === undefined) this.#needs.set(template, [node])
    else nodes.push(node)
  }

  /** Puts statics that several nodes have into `p` of the outermost node, where that is shorter. */
  share(outermost: WireNode): void {
    let shared: Record<number, readonly string[]> | null = null
    let next = 0
    for (const [template, nodes] of this.#needs) {
      const length = lengthOf(template)
      const digits = next < 10 ? 1 : 2
      // `"0":` and a comma around it, and `"p":{}` with a comma around the first
      const frame = digits + 4 + (next === 0 ? 7 : 0)
      if (nodes.length * length <= nodes.length * digits + length + frame) continue
      shared ??= {}
      shared[next] = template.statics
      for (const node of nodes) node.s = next
      next++
    }
    if (shared !== null) outermost.p = shared
  }
}
