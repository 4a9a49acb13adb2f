import type { Html } from "@bennu/html"
import {
  dynamicOf,
  type Hole,
  type ListTree,
  type SlotPlan,
  type TemplateTree,
  treeOf,
} from "@bennu/html/tree"
import { fill, listMemory, place, placeList, placeStream, textOf } from "./full.ts"
import {
  type Change,
  type Child,
  hasStreams,
  isLive,
  isPlain,
  keptHoles,
  type ListMemory,
  type TemplateMemory,
} from "./memory.ts"
import type { Message } from "./message.ts"
import { changedRows, match, stillInPlace, treesAt, wireOf } from "./rows.ts"
import type { Section } from "./sections.ts"
import { streamOf } from "./streams.ts"
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
  const now = children ?? memory.children
  const live = children === null ? memory.live : children.some(isLive)
  const streams = children === null ? memory.streams : children.some(hasStreams)
  const kept = streams && now !== null ? keptHoles(holes, now) : holes
  return {
    part: node,
    memory: { kind: "template", template, holes: kept, children: now, live, streams },
  }
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
  const section = message.sectionIn(slot, hole)
  if (section !== null) return changeSection(section, held, message)
  const dynamic = dynamicOf(slot, hole, message.resolve)
  if (typeof dynamic === "object") return changeMarkup(slot, held, before, dynamic, message)
  const child = isPlain(hole) ? undefined : dynamic
  if (dynamic !== textHeld(slot, held, before, message)) message.changed = true
  else if (typeof dynamic === "string" || !message.repeats(dynamic)) {
    return { part: null, memory: child }
  }
  return { part: dynamic, memory: child }
}

function changeSection(section: Section, held: Child, message: Message): Change<WirePart, Child> {
  const isTemplate = typeof held === "object" && held.kind === "template"
  const placed = isTemplate ? section.after(held) : section.full
  message.changed ||= placed.part !== null
  return placed
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
    const stream = streamOf(tree)
    if (typeof held === "object") {
      if (stream !== null) {
        if (held.kind === "stream" && held.ref === stream.ref) {
          if (stream.isEmpty || stream.version === held.version) return { part: null, memory: held }
          return placeStream(tree, stream, message, held.template, false)
        }
      } else if (held.kind === "list") return changeList(held, tree, message)
    }
  } else {
    const text = textOf(tree)
    if (text !== null) {
      const same = text === textHeld(slot, held, before, message)
      message.changed ||= !same
      return { part: same ? null : text, memory: text }
    }
    if (tree.kind === "template" && typeof held === "object" && held.kind === "template") {
      if (held.template === tree.template) {
        return tree.template.root
          ? message.inRoot(() => change(held, tree, message))
          : change(held, tree, message)
      }
    }
  }
  const placed = place(html, message)
  // an empty list where the client holds no text either
  const same = placed.part === "" && textHeld(slot, held, before, message) === ""
  message.changed ||= !same
  return same ? { part: null, memory: placed.memory } : placed
}

/** What changed in a list of which the client holds an earlier state. */
function changeList(memory: ListMemory, list: ListTree, message: Message): Change<WirePart, Child> {
  const inPlace = stillInPlace(memory, list)
  if (inPlace !== null) return changeInPlace(memory, list, inPlace, message)
  const { keys, before } = match(memory, list)
  const asked = changedRows(memory, list, before)
  const trees = treesAt(memory, list, asked)
  if (trees === null) return placedAnew(list, message)
  const k: WireRows = { kc: keys.length }
  message.changed ||= keys.length !== memory.keys.length
  const entries: TemplateMemory[] = []
  let changed = keys.length !== memory.keys.length
  let next = 0
  for (let i = 0; i < before.length; i++) {
    const j = before[i] ?? -1
    let entry = memory.entries[j]
    let part: WireNode | null = null
    if (asked[next] === i) {
      const row = changeRow(entry, trees[next++], message)
      entry = row.memory
      part = row.part
    }
    if (entry === undefined) throw new TypeError("a new row was not rendered")
    entries.push(entry)
    const wire = wireOf(part, i, j)
    if (wire === undefined) continue
    k[i] = wire
    changed = true
    if (j !== i) message.changed = true
    if (j !== -1 && j !== i) k.km = true
  }
  return { part: changed ? { k } : null, memory: listMemory(list, memory.template, keys, entries) }
}

/** A row is of another template: the client gets the list anew. */
function placedAnew(list: ListTree, message: Message): Change<WirePart, Child> {
  message.changed = true
  return placeList(list, message)
}

function changeInPlace(
  memory: ListMemory,
  list: ListTree,
  asked: readonly number[],
  message: Message,
): Change<WirePart, Child> {
  if (asked.length === 0) return { part: null, memory }
  const trees = treesAt(memory, list, asked)
  if (trees === null) return placedAnew(list, message)
  const k: WireRows = { kc: memory.keys.length }
  const entries = memory.entries.slice()
  let changed = false
  for (const [n, i] of asked.entries()) {
    const { part, memory: entry } = changeRow(entries[i], trees[n], message)
    entries[i] = entry
    if (part === null) continue
    k[i] = part
    changed = true
  }
  return {
    part: changed ? { k } : null,
    memory: listMemory(list, memory.template, memory.keys, entries),
  }
}

function changeRow(
  held: TemplateMemory | undefined,
  tree: TemplateTree | undefined,
  message: Message,
): Change<WireNode, TemplateMemory> {
  if (tree === undefined) throw new TypeError("a row was not rendered")
  if (held !== undefined) return change(held, tree, message)
  const part: WireNode = {}
  return { part, memory: fill(part, tree, message) }
}
