import { type Clock, milliseconds } from "@bennu/core"
import { LeaseLimitError } from "../errors.ts"
import type { Lease } from "../lease.ts"

interface Held {
  readonly token: number
  expires: number
}

/** Leases of one process. They are never evicted: that would let two hold the same. */
export function memoryLeases(maxLeases: number, now: Clock) {
  const held = new Map<string, Held>()
  // tokens must grow across restarts too, for what outlives this process compares them
  let last = Math.floor(now()) * 1000

  function lease(name: string, ttl: number): Lease | null {
    const holder = held.get(name)
    if (holder !== undefined && holder.expires > now()) return null
    if (!held.has(name) && held.size >= maxLeases) sweep()
    last += 1
    const own: Held = { token: last, expires: now() + ttl }
    held.set(name, own)
    return handOut(name, own, ttl)
  }

  function sweep(): void {
    for (const [name, { expires }] of held) if (expires <= now()) held.delete(name)
    if (held.size >= maxLeases) throw new LeaseLimitError(maxLeases)
  }

  function handOut(name: string, own: Held, first: number): Lease {
    const release = async () => {
      if (held.get(name) === own) held.delete(name)
    }
    return {
      name,
      token: own.token,
      async renew({ ttl = first } = {}) {
        if (held.get(name) !== own || own.expires <= now()) return false
        own.expires = now() + milliseconds(ttl)
        return true
      },
      release,
      [Symbol.asyncDispose]: release,
    }
  }

  return { lease, clear: () => held.clear() }
}
