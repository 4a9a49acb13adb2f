import { type Duration, milliseconds } from "@bennu/core"

/** How much is allowed: `limit` in each `period`, evenly, and at most `burst` at once. */
export interface Rate {
  /** How many in a period; positive. */
  readonly limit: number
  readonly period: Duration
  /** How many at once after a rest (`limit`). */
  readonly burst?: number | undefined
  /** What this one counts for, up to `burst` (1); 0 only asks. */
  readonly cost?: number | undefined
}

export interface Taken {
  readonly allowed: boolean
  /** How many of cost 1 would be allowed now. */
  readonly remaining: number
  /** Milliseconds until this one would be allowed; 0 if it was. */
  readonly retryAfter: number
  /** Milliseconds until nothing is used up any more. */
  readonly resetAfter: number
}

/** Counts how often something may happen: requests of an address, tries of a password. */
export interface Take {
  /** Uses up a part of what is allowed under this key, or tells how long to wait. */
  take(key: string, rate: Rate): Promise<Taken>
}

/** What an adapter computes with: times in milliseconds, nothing optional. */
export interface ResolvedRate {
  /** Milliseconds that one takes. */
  readonly interval: number
  readonly burst: number
  readonly cost: number
}

/** @throws {RangeError} for a rate that never or always allows. */
export function resolveRate({ limit, period, burst = limit, cost = 1 }: Rate): ResolvedRate {
  const length = milliseconds(period)
  if (!(limit > 0 && Number.isFinite(limit))) throw new RangeError(`limit is ${limit}`)
  if (length === 0) throw new RangeError("period is 0")
  if (!(burst >= 1 && Number.isFinite(burst))) throw new RangeError(`burst is ${burst}`)
  if (!(cost >= 0 && cost <= burst)) throw new RangeError(`cost is ${cost} of a burst of ${burst}`)
  return { interval: length / limit, burst, cost }
}

/**
 * Decides by the generic cell rate algorithm, which keeps one number a key: the time at which all that was taken will
 * have been paid off. It allows no double burst where two windows meet, as counting by window does.
 * @param paidOff That time, as it was kept; anything up to `now` when nothing was.
 * @returns The answer, and the time to keep.
 * @see ITU-T I.371, Annex A.
 */
export function gcra(
  paidOff: number,
  now: number,
  { interval, burst, cost }: ResolvedRate,
): Taken & { readonly paidOff: number } {
  const before = Math.max(paidOff, now)
  const after = before + cost * interval
  const wait = after - burst * interval - now
  const allowed = wait <= SLACK
  const kept = allowed ? after : before
  return {
    allowed,
    remaining: Math.max(0, Math.floor(burst - (kept - now - SLACK) / interval)),
    retryAfter: allowed ? 0 : wait,
    resetAfter: kept - now,
    paidOff: kept,
  }
}

// milliseconds; times are floating-point sums, and what is lost in them is not a reason to refuse
const SLACK = 0.001
