import { type Duration, milliseconds, OptionsError, parseLimits } from "@bennu/core"
import { isRecord } from "../view/client-message.ts"

/** How long views live on when the connection to their page breaks, and how many of them. */
export interface ParkOptions {
  /** How long a view waits for its page (`"30s"`). */
  readonly time?: Duration | undefined
  /** The same for views of nobody in particular (`"5s"`); `false` for not at all. */
  readonly anonymous?: Duration | false | undefined
  /** Whether a scope is somebody's (one with a `user` that is not null). */
  readonly identifies?: ((scope: unknown) => boolean) | undefined
  /** How long the view of a page's first answer waits for the page to join, so that `mount` runs once (`false`: it runs twice). */
  readonly firstAnswer?: Duration | false | undefined
  /** Views of one session that wait at once (3), each with those in it: the one that has waited longest ends beyond it. */
  readonly perSession?: number | undefined
  /** Views that may wait at once, however few there are (1,000): beyond it, and `share`, the one that has waited longest ends. */
  readonly limit?: number | undefined
  /** The part of all views that are shown or wait which may wait at once, where that is more than `limit` (0.1; 0 for no more). */
  readonly share?: number | undefined
}

/** What our code reads: nothing is optional, times are milliseconds. */
export interface ResolvedParkOptions {
  readonly time: number
  /** Zero for not at all. */
  readonly anonymous: number
  readonly identifies: (scope: unknown) => boolean
  /** Zero for not at all. */
  readonly firstAnswer: number
  readonly perSession: number
  readonly limit: number
  readonly share: number
}

const hasUser = (scope: unknown): boolean => isRecord(scope) && (scope["user"] ?? null) !== null

/** @throws {OptionsError} for a bound that is none. */
export function resolveParkOptions(options: ParkOptions): ResolvedParkOptions {
  const { anonymous = "5s", firstAnswer = false, share = 0.1, ...others } = options
  const { identifies = hasUser, ...rest } = others
  const defaults = { time: "30s", perSession: 3, limit: 1000 } as const
  const limits = parseLimits("liveSocket's park", defaults, rest)
  if (!(share >= 0 && share <= 1)) {
    throw new OptionsError("liveSocket's park", [
      { message: "has to be a part of one, from 0 to 1", path: ["share"] },
    ])
  }
  return {
    ...limits,
    ...{ identifies, share },
    anonymous: anonymous === false ? 0 : milliseconds(anonymous),
    firstAnswer: firstAnswer === false ? 0 : milliseconds(firstAnswer),
  }
}
