import { type Duration, parseLimits } from "@bennu/core"

/** How many of a topic's messages are kept for those who were away, and for how long. */
export interface HistoryOptions {
  readonly limit: number
  readonly ttl: Duration
}

/** What our code reads: times are milliseconds. */
export interface Keep {
  readonly limit: number
  readonly ttl: number
}

/** @throws {OptionsError} when it is no bound. */
export const keepOf = ({ limit, ttl }: HistoryOptions): Keep =>
  parseLimits("history", { limit: 100, ttl: "5m" }, { limit, ttl })
