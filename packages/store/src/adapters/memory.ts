import { milliseconds } from "@bennu/core"
import { StoreClosedError, ValueSizeError } from "../errors.ts"
import { Lru } from "../internal/lru.ts"
import { memoryLeases } from "../internal/memory-leases.ts"
import type { Keeping } from "../key-value.ts"
import { type MemoryStoreOptions, resolve } from "../options.ts"
import type { Store } from "../store.ts"
import { gcra, resolveRate } from "../take.ts"
import { evicted } from "../telemetry.ts"

interface Kept {
  readonly value: Uint8Array
  /** When it is no more, in milliseconds since 1970. */
  readonly expires: number
}

// about what a Map's entry, an object and an array's header take besides the bytes themselves
const OVERHEAD = 200

/**
 * Keeps everything in this process, within bounds: the default, and what tests want. Other processes do not see it,
 * and it is gone after a restart.
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  const { maxBytes, maxRates, maxLeases, now } = resolve(options)
  const values = new Lru<Kept>(maxBytes, (key, { expires }) => {
    if (expires > now()) evicted.emit(() => ({ what: "value", key }))
  })
  const rates = new Lru<number>(maxRates, (key, paidOff) => {
    if (paidOff > now()) evicted.emit(() => ({ what: "rate", key }))
  })
  const leases = memoryLeases(maxLeases, now)
  let closed = false
  const open = () => {
    if (closed) throw new StoreClosedError()
  }

  function read(key: string): Uint8Array | null {
    open()
    const kept = values.get(key)
    if (kept === undefined) return null
    if (kept.expires > now()) return kept.value
    values.delete(key)
    return null
  }

  function write(key: string, value: Uint8Array | null, { ttl }: Keeping): void {
    open()
    if (value === null) {
      values.delete(key)
      return
    }
    const size = value.byteLength + 2 * key.length + OVERHEAD
    if (size > maxBytes) throw new ValueSizeError(key, size, maxBytes)
    const expires = ttl === undefined ? Number.POSITIVE_INFINITY : now() + milliseconds(ttl)
    values.set(key, { value: new Uint8Array(value), expires }, size)
  }

  return {
    // callers may write to what they get and to what they gave: the store keeps its own bytes
    async get(key) {
      const value = read(key)
      return value && new Uint8Array(value)
    },
    set: async (key, value, keeping = {}) => write(key, value, keeping),
    delete: async (key) => write(key, null, {}),
    async compareAndSet(key, expected, value, keeping = {}) {
      if (!same(read(key), expected)) return false
      write(key, value, keeping)
      return true
    },
    async take(key, rate) {
      open()
      const { paidOff, ...taken } = gcra(rates.get(key) ?? 0, now(), resolveRate(rate))
      rates.set(key, paidOff, 1)
      return taken
    },
    async lease(name, { ttl }) {
      open()
      return leases.lease(name, milliseconds(ttl))
    },
    async [Symbol.asyncDispose]() {
      closed = true
      values.clear()
      rates.clear()
      leases.clear()
    },
  }
}

const same = (a: Uint8Array | null, b: Uint8Array | null): boolean =>
  a === null || b === null ? a === b : Buffer.compare(a, b) === 0
