import { DuplicateKeyError } from "@bennu/html"
import type { Key, ListTree, TemplateTree } from "@bennu/html/tree"
import { rowOf } from "./full.ts"
import type { ListMemory } from "./memory.ts"
import type { WireNode, WireRows } from "./wire.ts"

/** The keys of the rows, and where each was before; -1 for new ones. */
export function match(
  memory: ListMemory,
  list: ListTree,
): { readonly keys: readonly Key[]; readonly before: readonly number[] } {
  const { length } = list.rows
  const keys: Key[] = []
  const before: number[] = []
  // rows mostly stay where they are
  while (keys.length < length) {
    const i = keys.length
    const kept = i < memory.keys.length && list.rows[i] === memory.rows[i]
    const key = kept ? memory.keys[i] : list.keyAt(i)
    if (key === undefined || key !== memory.keys[i]) break
    keys.push(key)
    before.push(i)
  }
  if (keys.length === length) return { keys, before }
  const places = new Map<Key, number>()
  for (const [j, key] of memory.keys.entries()) places.set(key, j)
  const seen = new Set(keys)
  for (let i = keys.length; i < length; i++) {
    const key = list.keyAt(i)
    seen.add(key)
    if (seen.size === i) throw new DuplicateKeyError(key)
    keys.push(key)
    before.push(places.get(key) ?? -1)
  }
  return { keys, before }
}

/** What stands for each row, without those that are as they were; `null` when one is of another template. */
export function changedTrees(
  memory: ListMemory,
  list: ListTree,
  before: readonly number[],
): (TemplateTree | null)[] | null {
  const sameRender = list.render === memory.render
  const trees: (TemplateTree | null)[] = []
  for (let i = 0; i < list.rows.length; i++) {
    const j = before[i] ?? -1
    if (sameRender && j !== -1 && list.rows[i] === memory.rows[j] && !memory.entries[j]?.live) {
      trees.push(null)
      continue
    }
    const tree = rowOf(list.rowAt(i), memory.template)
    if (tree === null) return null
    trees.push(tree)
  }
  return trees
}

/** A row that is new, changed, moved or both; `undefined` when it is as it was. */
export function wireOf(part: WireNode | null, i: number, j: number): WireRows[number] | undefined {
  if (j === -1 || j === i) return part ?? undefined
  return part === null ? j : [j, part]
}
