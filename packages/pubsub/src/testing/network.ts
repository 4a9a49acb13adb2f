import type { Adapter } from "../adapter.ts"

/** Nodes in one process, joined by a network that delivers at once, unless it is cut. */
export function network(size: number) {
  const ends = new Map<number, (topic: string, message: string) => void>()
  const cut = new Set<number>()
  const sent = new Map<number, number>()
  const adapter = (own: number): Adapter => ({
    async connect(deliver) {
      ends.set(own, deliver)
    },
    async broadcast(topic, message) {
      sent.set(own, (sent.get(own) ?? 0) + message.length)
      if (cut.has(own)) return
      for (const [other, deliver] of ends) {
        if (other !== own && !cut.has(other)) deliver(topic, message)
      }
    },
    async [Symbol.asyncDispose]() {
      ends.delete(own)
    },
  })
  return {
    adapters: Array.from({ length: size }, (_, own) => adapter(own)),
    /** Nothing gets to this node or away from it any more. */
    cut: (node: number) => void cut.add(node),
    heal: () => cut.clear(),
    /** Characters that a node has sent. */
    sent: (node: number) => sent.get(node) ?? 0,
  }
}
