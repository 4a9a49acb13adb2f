import { type Clock, type Duration, milliseconds, OptionsError, parseLimits } from "@bennu/core"
import type { CompareAndSet, KeyValue } from "@bennu/store"

/** What a stash may be kept in. One that can compare and set lets no older process write over a newer one, even at the same moment. */
export type StashKeeping = KeyValue & Partial<CompareAndSet>

/** Where stashes are kept, and how long. */
export interface StashOptions {
  /** What all servers share: `redisStore()`, `postgresStore()`; `memoryStore()` outlives views, and not the process. */
  readonly store?: StashKeeping | undefined
  /** Gives pages theirs to keep, where they can (`@bennu/live/client`): it needs no server to survive (`true`). */
  readonly browser?: boolean | undefined
  /** How long a stash can be restored (`"10m"`, which is the most). */
  readonly maxAge?: Duration | undefined
  /** How often a page is given one at most (`"1s"`). */
  readonly interval?: Duration | undefined
  /** Bytes of what one view keeps, as JSON (32,768). More is not kept. */
  readonly maxBytes?: number | undefined
  /** How long a view waits for the store (`"5s"`); one that is back and finds it silent is mounted afresh. */
  readonly timeout?: Duration | undefined
  /** Stashes that the store is asked for at once (100); others wait. */
  readonly batch?: number | undefined
  /** The clock (`Date.now`). */
  readonly now?: Clock | undefined
}

/** What our code reads: times are milliseconds. */
export interface ResolvedStashOptions {
  readonly store: StashKeeping | null
  readonly browser: boolean
  readonly maxAge: number
  readonly interval: number
  readonly maxBytes: number
  readonly timeout: number
  readonly batch: number
  readonly now: Clock
}

const MAX_AGE = milliseconds("10m")
// a page brings it with its join, and a frame of a page has 65,536 bytes
const MAX_BYTES = 44_000

/** @throws {OptionsError} for a bound that is none. */
export function resolveStashOptions(given: StashOptions | StashKeeping): ResolvedStashOptions {
  const options: StashOptions = "get" in given ? { store: given } : given
  const { store = null, browser = true, now = Date.now, ...rest } = options
  const limits = parseLimits(
    "liveSocket's stash",
    { maxAge: "10m", interval: "1s", maxBytes: 32_768, timeout: "5s", batch: 100 },
    rest,
  )
  const most = { maxAge: MAX_AGE, maxBytes: MAX_BYTES }
  const issues = Object.entries(most).flatMap(([name, bound]) =>
    limits[name as keyof typeof most] > bound
      ? [{ message: `is ${bound} at most`, path: [name] }]
      : [],
  )
  if (issues.length > 0) throw new OptionsError("liveSocket's stash", issues)
  return { ...limits, store, browser, now }
}
