import { type Clock, OptionsError } from "@bennu/core"

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

export interface ResolvedMemoryStoreOptions {
  readonly maxBytes: number
  readonly maxRates: number
  readonly maxLeases: number
  readonly now: Clock
}

/** @throws {OptionsError} for a bound that is not a positive whole number: NaN would bound nothing. */
export function resolve(options: MemoryStoreOptions): ResolvedMemoryStoreOptions {
  const { maxBytes = 64 * 2 ** 20, maxRates = 100_000, maxLeases = 10_000 } = options
  const bounds = { maxBytes, maxRates, maxLeases }
  const issues = Object.entries(bounds)
    .filter(([, bound]) => !Number.isSafeInteger(bound) || bound < 1)
    .map(([name, bound]) => ({ path: [name], message: `${bound} is not a positive whole number` }))
  if (issues.length > 0) throw new OptionsError("memoryStore", issues)
  return { ...bounds, now: options.now ?? Date.now }
}
