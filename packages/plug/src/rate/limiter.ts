import { createHash } from "node:crypto"
import { type Duration, milliseconds } from "@bennu/core"
import { resolveRate, type Take } from "@bennu/store"
import { checkKeys } from "../options.ts"
import type { HeaderPairs } from "../reply.ts"

export interface RateLimit {
  /** Where it is counted: `memoryStore()` for one process, another for several. */
  readonly store: Take
  /** What is limited, in keys and headers: `"login"`. */
  readonly name: string
  /** How many in a period. */
  readonly limit: number
  readonly period: Duration
  /** How many at once after a rest (`limit`). */
  readonly burst?: number | undefined
}

export interface RateDecision {
  readonly allowed: boolean
  /** Milliseconds until it would be allowed; 0 if it is. */
  readonly retryAfter: number
  /** `ratelimit-policy` and `ratelimit`, and `retry-after` where it is not allowed. */
  readonly headers: HeaderPairs
}

export interface RateLimiter {
  readonly name: string
  /**
   * Counts one more.
   * @param key Whose it is, one text or several that count together: an address, an account, the pair of them. It is
   * hashed before it leaves the process.
   * @param cost What it counts for, up to `burst` (1).
   */
  take(key: string | readonly string[], cost?: number): Promise<RateDecision>
}

const known: Readonly<Record<keyof RateLimit, true>> = {
  store: true,
  name: true,
  limit: true,
  period: true,
  burst: true,
}

// what may stand in a quoted name of RFC 9651 and in any store's key
const NAME = /^[A-Za-z0-9_.-]{1,64}$/

/**
 * Limits how often something may happen, for any server. `rate()` is the plug around it.
 * @throws {RangeError} for a limit that never or always allows.
 * @see draft-ietf-httpapi-ratelimit-headers-10; RFC 9110 §10.2.3
 */
export function rateLimiter(options: RateLimit): RateLimiter {
  checkKeys("rate", options, known)
  const { store, name, limit, period, burst = limit } = options
  if (!NAME.test(name)) throw new TypeError(`rate: ${JSON.stringify(name)} is no name`)
  resolveRate({ limit, period, burst })
  const window = Math.max(1, Math.ceil(milliseconds(period) / 1000))
  const policy = ["ratelimit-policy", `"${name}";q=${Math.floor(limit)};w=${window}`] as const
  return {
    name,
    async take(key, cost = 1) {
      const rate = { limit, period, burst, cost }
      const taken = await store.take(`rate:${name}:${digest(key)}`, rate)
      const { allowed, retryAfter, remaining, resetAfter } = taken
      const now = ["ratelimit", `"${name}";r=${remaining};t=${seconds(resetAfter)}`] as const
      if (allowed) return { allowed, retryAfter: 0, headers: [policy, now] }
      const wait = ["retry-after", String(Math.max(1, seconds(retryAfter)))] as const
      return { allowed, retryAfter, headers: [policy, now, wait] }
    },
  }
}

const seconds = (milliseconds: number): number => Math.ceil(milliseconds / 1000)

/** Of one length, whatever a visitor calls himself, and nothing that a store's operator could read. */
const digest = (key: string | readonly string[]): string =>
  createHash("sha256")
    // as JSON, so that ["a", "bc"] and ["ab", "c"] differ
    .update(JSON.stringify(typeof key === "string" ? [key] : key))
    .digest("base64url")
