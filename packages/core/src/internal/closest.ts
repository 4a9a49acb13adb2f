/** The candidate that `name` was probably meant to be, or undefined when none is near. */
export function closest(name: string, candidates: Iterable<string>): string | undefined {
  const given = name.slice(0, MAX_LENGTH).toLowerCase()
  let best: string | undefined
  let least = Math.max(1, Math.floor(given.length / 3)) + 1
  for (const candidate of candidates) {
    const steps = distance(given, candidate.slice(0, MAX_LENGTH).toLowerCase())
    if (steps < least) {
      least = steps
      best = candidate
    }
  }
  return best
}

// the work grows with the product of both lengths, and nobody mistypes a name this long
const MAX_LENGTH = 64

/** Insertions, deletions and replacements that turn `a` into `b` (Levenshtein); two swapped letters count as one. */
function distance(a: string, b: string): number {
  let older: number[] = []
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      let steps = Math.min(
        (row[j] ?? 0) + 1,
        (next[j - 1] ?? 0) + 1,
        (row[j - 1] ?? 0) + (same ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        steps = Math.min(steps, (older[j - 2] ?? 0) + 1)
      }
      next.push(steps)
    }
    older = row
    row = next
  }
  return row[b.length] ?? 0
}
