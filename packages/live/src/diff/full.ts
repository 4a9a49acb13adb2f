import { type Html, isHtml } from "@bennu/html"
import {
  demandDistinct,
  dynamicOf,
  type Hole,
  type Key,
  type ListTree,
  type RawTree,
  type Template,
  type TemplateTree,
  treeOf,
  wrapped,
  wrapper,
} from "@bennu/html/tree"
import { type Child, isPlain, type TemplateMemory } from "./memory.ts"
import type { Message } from "./message.ts"
import type { WireNode, WirePart, WireRows } from "./wire.ts"

// A template without holes is smaller as text than as a node, and nothing in it ever changes. Longer ones stay nodes:
// the client need not print those again.
const SHORT = 48

/** What goes into a slot, and what the client holds once it is there. */
export interface FullyPlaced {
  readonly part: WirePart
  readonly memory: Child
}

/** Writes every dynamic of a template into a node. */
export function fill(node: WireNode, tree: TemplateTree, message: Message): TemplateMemory {
  const { template, holes } = tree
  let children: Child[] | null = null
  let live = false
  for (let i = 0; i < template.slots.length; i++) {
    const slot = template.slots[i]
    if (slot === undefined) break
    const hole = holes[i]
    const dynamic = dynamicOf(slot, hole, message.resolve)
    let child: Child
    if (typeof dynamic === "object") {
      const placed = place(dynamic, message)
      node[i] = placed.part
      child = placed.memory
    } else {
      node[i] = dynamic
      child = isPlain(hole) ? undefined : dynamic
    }
    if (child === undefined) continue
    children ??= new Array<Child>(template.slots.length).fill(undefined)
    children[i] = child
    live ||= isLive(child)
  }
  return { kind: "template", template, holes, children, live }
}

/** Whether a component stands in it. */
export const isLive = (child: Child): boolean =>
  typeof child === "number" || (typeof child === "object" && child.live)

/** Markup in a slot of which the client holds nothing. */
export function place(html: Html, message: Message): FullyPlaced {
  const tree = treeOf(html)
  if (tree.kind === "list") return placeList(tree, message)
  if (tree.kind === "raw") return { part: tree.markup, memory: tree.markup }
  const text = textOf(tree)
  return text === null ? placeTemplate(tree, message) : { part: text, memory: text }
}

function placeTemplate(tree: TemplateTree, message: Message): FullyPlaced {
  const node: WireNode = {}
  const memory = fill(node, tree, message)
  message.needs(node, tree.template)
  if (tree.template.root) node.r = 1
  return { part: node, memory }
}

/** Markup that goes as text; `null` when it goes as a node. */
export function textOf(tree: TemplateTree | RawTree): string | null {
  if (tree.kind === "raw") return tree.markup
  const { slots, tail } = tree.template
  return slots.length === 0 && tail.length <= SHORT ? tail : null
}

/** A list in a slot of which the client holds none. */
export function placeList(list: ListTree, message: Message): FullyPlaced {
  if (list.rows.length === 0) return { part: "", memory: "" }
  const keys = keysOf(list)
  const trees = treesOf(list)
  // proof: there is a first row
  const { template } = trees[0] as TemplateTree
  const k: WireRows = { kc: trees.length }
  const entries: TemplateMemory[] = []
  for (let i = 0; i < trees.length; i++) {
    const row: WireNode = {}
    // proof: i counts up to the length
    entries.push(fill(row, trees[i] as TemplateTree, message))
    k[i] = row
  }
  const node: WireNode = { k }
  message.needs(node, template)
  const { render } = list
  const live = entries.some((entry) => entry.live)
  const rows = [...list.rows]
  return { part: node, memory: { kind: "list", template, render, rows, keys, entries, live } }
}

function keysOf(list: ListTree): Key[] {
  const keys = list.rows.map((_, i) => list.keyAt(i))
  demandDistinct(keys)
  return keys
}

/** The rows as evaluations of one template: their own, or the wrapper when they differ. */
function treesOf(list: ListTree): TemplateTree[] {
  const holes = list.rows.map((_, i) => list.rowAt(i))
  const trees: TemplateTree[] = []
  for (const hole of holes) {
    const tree = rowOf(hole, trees[0]?.template)
    if (tree === null) return holes.map(wrapped)
    trees.push(tree)
  }
  return trees
}

/** A row as an evaluation of a template, of any when none is given; `null` when it is none of it. */
export function rowOf(hole: Hole, template: Template | undefined): TemplateTree | null {
  if (template === wrapper) return wrapped(hole)
  if (!isHtml(hole)) return null
  const tree = treeOf(hole)
  if (tree.kind !== "template") return null
  return template === undefined || tree.template === template ? tree : null
}
