import { type Clock, parseLimits } from "@bennu/core"
import type { ChannelHandler } from "./channel-handler.ts"
import type { ResolvedLimits } from "./limits.ts"
import { TokenBucket } from "./token-bucket.ts"

/** Where a channel says nothing else. */
export const PENDING_REPLIES = 100

/** What one kind of channel may be sent where that differs from the rest of its socket: uploads need more. */
export interface ChannelLimits {
  /** Bytes of one frame to a joined channel (the socket's). */
  readonly frameBytes?: number | undefined
  /** Events in a second, on average; with a rate of its own a channel does not use up the socket's. */
  readonly eventsPerSecond?: number | undefined
  /** Events at once (twice `eventsPerSecond`). */
  readonly eventBurst?: number | undefined
  /** Events that wait for what `replyLater` answers at once, in one channel (100); more are answered `too many events`. */
  readonly pendingReplies?: number | undefined
  /** Such channels are joined because others asked for it with `expect`: as often as that, they do not count among the socket's. */
  readonly expected?: boolean | undefined
}

/** What one joined channel may be sent. */
export interface Allowance {
  readonly frameBytes: number
  /** `null` for what uses up the socket's. */
  readonly events: TokenBucket | null
}

/** A handler at its place in a socket. */
export interface Mounted {
  readonly handler: ChannelHandler
  readonly frameBytes: number
  readonly expected: boolean
  /** For one more channel. */
  allowance(now: Clock): Allowance
}

/** @throws {OptionsError} for what is not a limit. */
export function mounted(pattern: string, handler: ChannelHandler, socket: ResolvedLimits): Mounted {
  const { expected = false, ...given } = handler.limits ?? {}
  const { eventsPerSecond = socket.eventsPerSecond } = given
  const own = given.eventsPerSecond !== undefined || given.eventBurst !== undefined
  const defaults = {
    frameBytes: socket.frameBytes,
    eventsPerSecond,
    eventBurst: 2 * eventsPerSecond,
    pendingReplies: PENDING_REPLIES,
  }
  const limits = parseLimits(`the limits of ${JSON.stringify(pattern)}`, defaults, given)
  const { frameBytes, eventBurst } = limits
  const shared = { frameBytes, events: null }
  return {
    handler,
    frameBytes,
    expected,
    allowance: (now) =>
      own
        ? { frameBytes, events: new TokenBucket(limits.eventsPerSecond, eventBurst, now) }
        : shared,
  }
}
