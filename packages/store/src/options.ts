import { type Clock, parseLimits } from "@bennu/core"

export interface MemoryStoreOptions {
  /** Bytes that keys and values may take together (64 MiB). Beyond it, what was not used for longest goes. */
  readonly maxBytes?: number | undefined
  /** Keys of `take` that are remembered (100 000). Beyond it, what was not used for longest starts afresh. */
  readonly maxRates?: number | undefined
  /** Leases held at once (10 000). Beyond it, asking for one throws. */
  readonly maxLeases?: number | undefined
  /** The clock (`Date.now`). */
  readonly now?: Clock | undefined
}

/** What our code reads: nothing is optional. */
export interface ResolvedMemoryStoreOptions {
  readonly maxBytes: number
  readonly maxRates: number
  readonly maxLeases: number
  readonly now: Clock
}

const defaults = { maxBytes: 64 * 2 ** 20, maxRates: 100_000, maxLeases: 10_000 }

/** @throws {OptionsError} for a bound that is not a positive whole number: NaN would bound nothing. */
export function resolve(options: MemoryStoreOptions): ResolvedMemoryStoreOptions {
  const { now = Date.now, ...bounds } = options
  return { ...parseLimits("memoryStore", defaults, bounds), now }
}
