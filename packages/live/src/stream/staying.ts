import type { StreamKey } from "./ordered-stream.ts"

/**
 * Places in `keys` of those that can stay where they are while all others come, go or move around them: a longest increasing
 * subsequence of the places that they have now, so that as few as can be are moved.
 */
export function staying(
  held: readonly StreamKey[],
  keys: readonly StreamKey[],
): ReadonlySet<number> {
  if (held === keys) return new Set(keys.keys())
  const places = new Map(held.map((key, at) => [`${key}`, at]))
  const now = keys.map((key) => places.get(`${key}`) ?? -1)
  // ends[n]: of all increasing runs of n + 1, the place in keys where the one ends that ends lowest
  const ends: number[] = []
  const before: number[] = []
  for (const [at, place] of now.entries()) {
    if (place === -1) continue
    const length = lowest(ends.length, (n) => (now[ends[n] ?? -1] ?? -1) >= place)
    before[at] = ends[length - 1] ?? -1
    ends[length] = at
  }
  const stay = new Set<number>()
  for (let at = ends.at(-1) ?? -1; at !== -1; at = before[at] ?? -1) stay.add(at)
  return stay
}

/** The lowest number below `end` for which it holds, and for all above; `end` where there is none. */
function lowest(end: number, holds: (n: number) => boolean): number {
  let from = 0
  let to = end
  while (from < to) {
    const middle = (from + to) >> 1
    if (holds(middle)) to = middle
    else from = middle + 1
  }
  return from
}
