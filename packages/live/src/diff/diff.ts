import type { Html } from "@bennu/html"
import { type TemplateTree, treeOf, wrapped } from "@bennu/html/tree"
import { change } from "./change.ts"
import { fill } from "./full.ts"
import type { Change, Memory } from "./memory.ts"
import { Message } from "./message.ts"
import type { WireNode } from "./wire.ts"

/** A view in full, and what the client holds once it has it. */
export interface Rendering {
  readonly tree: WireNode
  readonly memory: Memory
}

/** What changed in a view, `null` when nothing did, and what the client holds once it knows. */
export interface Difference {
  readonly diff: WireNode | null
  readonly memory: Memory
}

/**
 * A view for a client that holds nothing of it.
 * @param message Its `resolve` answers for events and components; a number is that of a component, printed from elsewhere.
 */
export function renderFull(html: Html, message = new Message()): Rendering {
  return full(rootOf(html), message)
}

/** Whether the markup is of another template, so that the client gets all anew and forgets its components. */
export const replaces = (memory: Memory, html: Html): boolean =>
  rootOf(html).template !== memory.template

/**
 * What to send so that a client that holds `memory` shows `html`. The memory that was given stays as it is: when the
 * message is not sent, go on with that.
 */
export function renderDiff(memory: Memory, html: Html, message = new Message()): Difference {
  const tree = rootOf(html)
  if (tree.template !== memory.template) {
    const { tree: diff, memory: fresh } = full(tree, message)
    return { diff, memory: fresh }
  }
  const { part, memory: next }: Change<WireNode, Memory> = change(memory, tree, message)
  // numbers alone need not be sent: without other changes the client patches the components by themselves
  if (part === null || !message.changed) return { diff: null, memory: next }
  message.share(part)
  return { diff: part, memory: next }
}

function full(root: TemplateTree, message: Message): Rendering {
  const tree: WireNode = {}
  const memory = fill(tree, root, message)
  message.needs(tree, root.template)
  message.share(tree)
  return { tree, memory }
}

/** A view is a template; what is none becomes the only hole of one. */
export function rootOf(html: Html): TemplateTree {
  const tree = treeOf(html)
  return tree.kind === "template" ? tree : wrapped(html)
}
