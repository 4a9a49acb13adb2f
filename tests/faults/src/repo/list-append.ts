/** A transaction that was committed: what it read of each list, and what it appended to it. */
export interface Committed {
  readonly reads: readonly { readonly key: number; readonly list: readonly number[] }[]
  readonly appends: readonly { readonly key: number; readonly value: number }[]
}

/**
 * Looks for what no order of the transactions one after the other explains, as Elle does for lists that are only appended to:
 * each value is appended once, so a list tells the order of its writers, and who read it stands behind one and before the
 * next. @see Kingsbury and Alvaro, "Elle: Inferring Isolation Anomalies", VLDB 2020.
 * @param final Each list at the end.
 */
export function anomaliesOf(
  history: readonly Committed[],
  final: ReadonlyMap<number, readonly number[]>,
) {
  const found = { "lost appends": 0, "values of nobody": 0, "reads out of order": 0, cycles: 0 }
  const writers = new Map<number, number>()
  for (const [at, { appends }] of history.entries())
    for (const { value } of appends) writers.set(value, at)
  const kept = new Set([...final.values()].flat())
  for (const value of writers.keys()) if (!kept.has(value)) found["lost appends"] += 1
  for (const value of kept) if (!writers.has(value)) found["values of nobody"] += 1
  const after = history.map(() => new Set<number>())
  const edge = (from: number | undefined, to: number | undefined) => {
    if (from !== undefined && to !== undefined && from !== to) after[from]?.add(to)
  }
  for (const list of final.values())
    for (const [at, value] of list.entries()) {
      const next = list[at + 1]
      if (next !== undefined) edge(writers.get(value), writers.get(next))
    }
  for (const [reader, { reads }] of history.entries())
    for (const { key, list } of reads) {
      const whole = final.get(key) ?? []
      if (list.some((value, at) => whole[at] !== value)) found["reads out of order"] += 1
      const [last, next] = [list.at(-1), whole[list.length]]
      if (last !== undefined) edge(writers.get(last), reader)
      if (next !== undefined) edge(reader, writers.get(next))
    }
  found.cycles = cyclesIn(after)
  return found
}

/** How many transactions are not in any order: what is left when who has nobody before it is taken away, again and again. */
function cyclesIn(after: readonly ReadonlySet<number>[]): number {
  const before = after.map(() => 0)
  for (const others of after) for (const other of others) before[other] = (before[other] ?? 0) + 1
  const free = before.flatMap((count, at) => (count === 0 ? [at] : []))
  let ordered = 0
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    ordered += 1
    for (const other of after[at] ?? []) {
      const left = (before[other] ?? 0) - 1
      before[other] = left
      if (left === 0) free.push(other)
    }
  }
  return after.length - ordered
}
