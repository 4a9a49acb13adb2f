/** Whether writing `next` over `previous` would change nothing: dates, bytes, arrays and JSON by content. */
export function same(previous: unknown, next: unknown, depth = 0): boolean {
  if (Object.is(previous, next)) return true
  if (typeof previous !== "object" || typeof next !== "object") return false
  // deeper than anyone stores: to call it a change is always safe
  if (previous === null || next === null || depth > MAX_DEPTH) return false
  if (previous instanceof Date || next instanceof Date) {
    return previous instanceof Date && next instanceof Date && +previous === +next
  }
  if (previous instanceof Uint8Array || next instanceof Uint8Array) {
    return (
      previous instanceof Uint8Array &&
      next instanceof Uint8Array &&
      previous.length === next.length &&
      previous.every((byte, index) => byte === next[index])
    )
  }
  if (Array.isArray(previous) !== Array.isArray(next)) return false
  const keys = Object.keys(previous)
  return (
    keys.length === Object.keys(next).length &&
    keys.every(
      (key) =>
        Object.hasOwn(next, key) &&
        same(Reflect.get(previous, key), Reflect.get(next, key), depth + 1),
    )
  )
}

const MAX_DEPTH = 64
