import { type Html, isHtml } from "@bennu/html"
import {
  demandDistinct,
  dynamicOf,
  type Hole,
  type Key,
  type ListTree,
  type RawTree,
  type SlotPlan,
  type Template,
  type TemplateTree,
  treeOf,
  wrapped,
  wrapper,
} from "@bennu/html/tree"
import type { StreamRows } from "../stream/stream-rows.ts"
import {
  type Child,
  forgotten,
  hasStreams,
  isLive,
  isPlain,
  keptHoles,
  type ListMemory,
  type TemplateMemory,
} from "./memory.ts"
import type { Message } from "./message.ts"
import { streamMemory, streamOf, told } from "./streams.ts"
import type { WireNode, WirePart, WireRows } from "./wire.ts"

// A template without holes is smaller as text than as a node, and nothing in it ever changes. Longer ones stay nodes:
// the client need not print those again.
const SHORT = 48

/** What goes into a slot, and what the client holds once it is there. */
export interface FullyPlaced {
  readonly part: WirePart
  readonly memory: Child
}

/**
 * Writes every dynamic of a template into a node.
 * @param like What the client holds of another evaluation, whose statics the node may take over.
 */
export function fill(
  node: WireNode,
  tree: TemplateTree,
  message: Message,
  like: TemplateMemory | null = null,
): TemplateMemory {
  const { template, holes } = tree
  let children: Child[] | null = null
  let live = false
  let streams = false
  for (let i = 0; i < template.slots.length; i++) {
    const slot = template.slots[i]
    if (slot === undefined) break
    const hole = holes[i]
    const { part, memory: child } = placeHole(slot, hole, message, like?.children?.[i])
    node[i] = part
    if (child === undefined) continue
    children ??= new Array<Child>(template.slots.length).fill(undefined)
    children[i] = child
    live ||= isLive(child)
    streams ||= hasStreams(child)
  }
  const kept = streams && children !== null ? keptHoles(holes, children) : holes
  return { kind: "template", template, holes: kept, children, live, streams }
}

function placeHole(slot: SlotPlan, hole: Hole, message: Message, like: Child): FullyPlaced {
  const section = message.sectionIn(slot, hole)
  if (section !== null) return section.full
  const dynamic = dynamicOf(slot, hole, message.resolve)
  if (typeof dynamic === "object") return place(dynamic, message, like)
  return { part: dynamic, memory: isPlain(hole) ? undefined : dynamic }
}

/** Markup in a slot of which the client holds nothing, or, in a node that takes over another's statics, something like it. */
export function place(html: Html, message: Message, like?: Child): FullyPlaced {
  const tree = treeOf(html)
  if (tree.kind === "list") return placeList(tree, message, like)
  if (tree.kind === "raw") return { part: tree.markup, memory: tree.markup }
  const text = textOf(tree)
  return text === null ? placeTemplate(tree, message, like) : { part: text, memory: text }
}

function placeTemplate(tree: TemplateTree, message: Message, like: Child): FullyPlaced {
  const { template } = tree
  const model =
    typeof like === "object" && like.kind === "template" && like.template === template ? like : null
  const node: WireNode = {}
  const memory = fill(node, tree, message, model)
  message.needs(node, template, model !== null)
  if (template.root) node.r = 1
  return { part: node, memory }
}

/** Markup that goes as text; `null` when it goes as a node. */
export function textOf(tree: TemplateTree | RawTree): string | null {
  if (tree.kind === "raw") return tree.markup
  const { slots, tail } = tree.template
  return slots.length === 0 && tail.length <= SHORT ? tail : null
}

/** A list in a slot of which the client holds none. */
export function placeList(list: ListTree, message: Message, like?: Child): FullyPlaced {
  const stream = streamOf(list)
  if (stream !== null) {
    const known = typeof like === "object" && like.kind === "stream" ? like.template : null
    return placeStream(list, stream, message, known, true)
  }
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
  const same = typeof like === "object" && like.kind === "list" && like.template === template
  message.needs(node, template, same)
  return { part: node, memory: listMemory(list, template, keys, entries) }
}

/**
 * A stream is a node even when there is nothing to tell: the page may have rows of it, which it keeps. Its rows are
 * always written in full, since the client forgets them; only their statics stay.
 * @param known The template whose statics the client has for the rows.
 * @param placed Whether the client holds no stream there.
 */
export function placeStream(
  list: ListTree,
  stream: StreamRows,
  message: Message,
  known: Template | null,
  placed: boolean,
): FullyPlaced {
  message.changed = true
  const trees = treesOf(list)
  const k: WireRows = { kc: trees.length }
  for (const [i, tree] of trees.entries()) {
    const row: WireNode = {}
    fill(row, tree, message)
    k[i] = row
  }
  const node: WireNode = { k, stream: told(stream) }
  const template = trees[0]?.template ?? known
  if (template === null) {
    // no rows to know the statics by, and none that are printed
    if (placed) node.s = []
  } else if (placed || template !== known) message.needs(node, template, template === known)
  return { part: node, memory: streamMemory(stream, template) }
}

/** What the client holds of a list. The array is copied, because it may be changed by those whose it is. */
export function listMemory(
  list: ListTree,
  template: Template,
  keys: readonly Key[],
  entries: readonly TemplateMemory[],
): ListMemory {
  let live = false
  let streams = false
  for (const entry of entries) {
    live ||= entry.live
    streams ||= entry.streams
  }
  const rows = streams
    ? list.rows.map((row, i) => (hasStreams(entries[i]) ? forgotten : row))
    : list.rows.slice()
  // a function may hold on to the streams that it shows
  const render = streams ? null : list.render
  return { kind: "list", template, render, rows, keys, entries, live, streams }
}

function keysOf(list: ListTree): Key[] {
  const keys = list.rows.map((_, i) => list.keyAt(i))
  demandDistinct(keys)
  return keys
}

/** The rows as evaluations of one template: their own, or the wrapper when they differ. */
export function treesOf(list: ListTree): TemplateTree[] {
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
