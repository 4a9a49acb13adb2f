import { type Duration, milliseconds } from "@bennu/core"
import { checkKeys } from "./options.ts"

/** What requests of some routes may bring, in place of what the server allows: more for uploads, less for a form. */
export interface RouteLimits {
  /** Bytes of a body. */
  readonly bodyBytes?: number | undefined
  /** How long a whole request may take to arrive. */
  readonly requestTimeout?: Duration | undefined
}

/** What our code reads: milliseconds, and `undefined` where the server's own limit holds. */
export interface ResolvedRouteLimits {
  readonly bodyBytes: number | undefined
  readonly requestTimeout: number | undefined
}

/** @throws {OptionsError} for an unknown limit. @throws {RangeError} for one that bounds nothing. @internal */
export function resolveRouteLimits(limits: RouteLimits): ResolvedRouteLimits {
  checkKeys("limits", limits, { bodyBytes: true, requestTimeout: true })
  const { bodyBytes, requestTimeout } = limits
  if (bodyBytes !== undefined && !(Number.isSafeInteger(bodyBytes) && bodyBytes >= 0)) {
    throw new RangeError(`bodyBytes is ${bodyBytes}, and has to be a whole number from 0`)
  }
  const timeout = requestTimeout === undefined ? undefined : milliseconds(requestTimeout)
  if (timeout !== undefined && !(timeout >= 1)) {
    throw new RangeError(`requestTimeout is ${timeout}, and has to be at least a millisecond`)
  }
  return { bodyBytes, requestTimeout: timeout }
}

/** What the innermost scope that says something of a limit says. @internal */
export const innerLimits = (
  outer: ResolvedRouteLimits | null,
  inner: ResolvedRouteLimits | null,
): ResolvedRouteLimits | null =>
  outer === null || inner === null
    ? (inner ?? outer)
    : {
        bodyBytes: inner.bodyBytes ?? outer.bodyBytes,
        requestTimeout: inner.requestTimeout ?? outer.requestTimeout,
      }
