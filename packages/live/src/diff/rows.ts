import { demandDistinct, type Key, type ListTree, type TemplateTree } from "@bennu/html/tree"
import { rowOf } from "./full.ts"
import type { ListMemory } from "./memory.ts"
import type { WireNode, WireRows } from "./wire.ts"

/** The keys of the rows, and where each was before; -1 for new ones. */
export interface Matching {
  readonly keys: readonly Key[]
  readonly before: readonly number[]
}

/** The rows to be rendered, when every row is where it was; `null` when some came, went or moved. */
export function stillInPlace(memory: ListMemory, list: ListTree): readonly number[] | null {
  const { rows } = list
  const { rows: held, keys } = memory
  if (rows.length !== keys.length) return null
  // what a hoisted function makes of the same row is the same, but for components
  const kept = list.render === memory.render
  const asked: number[] = []
  for (let i = 0; i < rows.length; i++) {
    if (rows[i] === held[i]) {
      if (kept && !(memory.live && memory.entries[i]?.live)) continue
    } else if (list.keyAt(i) !== keys[i]) return null
    asked.push(i)
  }
  return asked
}

/** Matches rows of which some came, went or moved. */
export function match(memory: ListMemory, list: ListTree): Matching {
  const keys: Key[] = []
  const before: number[] = []
  const elsewhere: number[] = []
  for (let i = 0; i < list.rows.length; i++) {
    const held = memory.keys[i]
    const kept = held !== undefined && list.rows[i] === memory.rows[i]
    const key = kept ? held : list.keyAt(i)
    keys.push(key)
    before.push(key === held ? i : -1)
    if (key !== held) elsewhere.push(i)
  }
  const places = placesOf(memory, before)
  let fresh = false
  for (const i of elsewhere) {
    const j = places.get(keys[i] ?? "")
    if (j === undefined) fresh = true
    else before[i] = j
    // a key that comes twice is found once
    places.delete(keys[i] ?? "")
  }
  if (fresh) demandDistinct(keys)
  return { keys, before }
}

/** Where the keys were that are not where they were. */
function placesOf(memory: ListMemory, before: readonly number[]): Map<Key, number> {
  const places = new Map<Key, number>()
  for (let j = 0; j < memory.keys.length; j++) {
    if (before[j] !== j) places.set(memory.keys[j] ?? "", j)
  }
  return places
}

/** What stands for the rows that are asked for; `null` when one is of another template. */
export function treesAt(
  memory: ListMemory,
  list: ListTree,
  asked: readonly number[],
): readonly TemplateTree[] | null {
  const trees: TemplateTree[] = []
  for (const i of asked) {
    const tree = rowOf(list.rowAt(i), memory.template)
    if (tree === null) return null
    trees.push(tree)
  }
  return trees
}

/** The rows to be rendered: those that are new or not what they were. */
export function changedRows(
  memory: ListMemory,
  list: ListTree,
  before: readonly number[],
): readonly number[] {
  const kept = list.render === memory.render
  const asked: number[] = []
  for (let i = 0; i < before.length; i++) {
    const j = before[i] ?? -1
    const same = kept && j !== -1 && list.rows[i] === memory.rows[j]
    if (!same || (memory.live && memory.entries[j]?.live)) asked.push(i)
  }
  return asked
}

/** A row that is new, changed, moved or both; `undefined` when it is as it was. */
export function wireOf(part: WireNode | null, i: number, j: number): WireRows[number] | undefined {
  if (j === -1 || j === i) return part ?? undefined
  return part === null ? j : [j, part]
}
