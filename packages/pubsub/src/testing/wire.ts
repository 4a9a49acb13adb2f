import type { Adapter } from "../adapter.ts"

/** Two nodes in one process, joined by a wire that delivers at once. */
export function wire(): readonly [Adapter, Adapter] {
  const ends: (((topic: string, message: string) => void) | null)[] = [null, null]
  const node = (own: 0 | 1): Adapter => ({
    async connect(deliver) {
      ends[own] = deliver
    },
    async broadcast(topic, message) {
      if (ends[own] !== null) ends[1 - own]?.(topic, message)
    },
    async [Symbol.asyncDispose]() {
      ends[own] = null
    },
  })
  return [node(0), node(1)]
}
