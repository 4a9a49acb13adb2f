import type { Html } from "@bennu/html"
import {
  dynamicOf,
  type Hole,
  type ListTree,
  type SlotPlan,
  type TemplateTree,
  treeOf,
} from "@bennu/html/tree"
import { fill, isLive, place, placeList, textOf } from "./full.ts"
import { type Change, type Child, isPlain, type ListMemory, type TemplateMemory } from "./memory.ts"
import type { Message } from "./message.ts"
import { changedTrees, match, wireOf } from "./rows.ts"
import type { WireNode, WirePart, WireRows } from "./wire.ts"

/** What changed in a template of which the client holds an earlier evaluation. */
export function change(
  memory: TemplateMemory,
  tree: TemplateTree,
  message: Message,
): Change<WireNode, TemplateMemory> {
  const { template, holes } = tree
  let node: WireNode | null = null
  let children: Child[] | null = null
  for (let i = 0; i < template.slots.length; i++) {
    const slot = template.slots[i]
    if (slot === undefined) break
    const hole = holes[i]
    const before = memory.holes[i]
    const held = memory.children?.[i]
    if (hole === before && held === undefined) continue
    const { part, memory: child } = changeSlot(slot, held, before, hole, message)
    if (part !== null) {
      node ??= {}
      node[i] = part
    }
    if (child === held) continue
    children ??= copyOf(memory, template.slots.length)
    children[i] = child
  }
  const kept = children ?? memory.children
  const live = children === null ? memory.live : children.some(isLive)
  return { part: node, memory: { kind: "template", template, holes, children: kept, live } }
}

function copyOf(memory: TemplateMemory, length: number): Child[] {
  return memory.children === null ? new Array(length).fill(undefined) : [...memory.children]
}

function changeSlot(
  slot: SlotPlan,
  held: Child,
  before: Hole,
  hole: Hole,
  message: Message,
): Change<WirePart, Child> {
  const dynamic = dynamicOf(slot, hole, message.resolve)
  if (typeof dynamic === "object") return changeMarkup(slot, held, before, dynamic, message)
  const child = isPlain(hole) ? undefined : dynamic
  const same = dynamic === textHeld(slot, held, before, message)
  return { part: same ? null : dynamic, memory: child }
}

/** The text or number that the client holds, if it does; text of a plain hole follows from the hole. */
function textHeld(slot: SlotPlan, held: Child, before: Hole, message: Message): unknown {
  return held === undefined ? dynamicOf(slot, before, message.resolve) : held
}

function changeMarkup(
  slot: SlotPlan,
  held: Child,
  before: Hole,
  html: Html,
  message: Message,
): Change<WirePart, Child> {
  const tree = treeOf(html)
  if (tree.kind === "list") {
    if (typeof held === "object" && held.kind === "list") return changeList(held, tree, message)
  } else {
    const text = textOf(tree)
    if (text !== null) {
      const same = text === textHeld(slot, held, before, message)
      return { part: same ? null : text, memory: text }
    }
    if (tree.kind === "template" && typeof held === "object" && held.kind === "template") {
      if (held.template === tree.template) return change(held, tree, message)
    }
  }
  const placed = place(html, message)
  // an empty list where the client holds no text either
  const same = placed.part === "" && textHeld(slot, held, before, message) === ""
  return same ? { part: null, memory: placed.memory } : placed
}

/** What changed in a list of which the client holds an earlier state. */
function changeList(memory: ListMemory, list: ListTree, message: Message): Change<WirePart, Child> {
  const { keys, before } = match(memory, list)
  const trees = changedTrees(memory, list, before)
  // a row of another template: the client gets the list anew
  if (trees === null) return placeList(list, message)
  const k: WireRows = { kc: keys.length }
  const entries: TemplateMemory[] = []
  let changed = keys.length !== memory.keys.length
  let live = false
  for (let i = 0; i < keys.length; i++) {
    const j = before[i] ?? -1
    const { part, memory: entry } = changeRow(memory.entries[j], trees[i] ?? null, message)
    const wire = wireOf(part, i, j)
    if (wire !== undefined) {
      k[i] = wire
      changed = true
      if (typeof wire === "number" || Array.isArray(wire)) k.km = true
    }
    entries.push(entry)
    live ||= entry.live
  }
  const { template } = memory
  const { render } = list
  const rows = [...list.rows]
  return {
    part: changed ? { k } : null,
    memory: { kind: "list", template, render, rows, keys, entries, live },
  }
}

function changeRow(
  held: TemplateMemory | undefined,
  tree: TemplateTree | null,
  message: Message,
): Change<WireNode, TemplateMemory> {
  if (held !== undefined) {
    return tree === null ? { part: null, memory: held } : change(held, tree, message)
  }
  if (tree === null) throw new TypeError("a new row was not rendered")
  const part: WireNode = {}
  return { part, memory: fill(part, tree, message) }
}
