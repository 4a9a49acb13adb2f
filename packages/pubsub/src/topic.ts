import type { StandardSchemaV1 } from "@bennu/core"
import { type HistoryOptions, type Keep, keepOf } from "./history/keep.ts"

/** A name and the shape of what is said there. Make one wherever it is needed: the same name is the same topic. */
export interface Topic<M> {
  readonly name: string
  readonly message: StandardSchemaV1<unknown, M>
  /** What is kept for those who were away; nothing without. */
  readonly history?: Keep | undefined
}

export interface TopicOptions {
  /** Keeps messages, on every node, for `replay`: who was away for a moment need not fetch everything afresh. */
  readonly history?: HistoryOptions | undefined
}

/**
 * A topic that messages of one shape are broadcast on.
 * @param name Usually what the message is about and whose: `todos:42`.
 * @param message Any Standard Schema that needs no promise. What it makes of a message has to survive JSON
 * if the app is to run on several nodes, and has to satisfy the schema again when it arrives there.
 * @example const changesOf = (userId: string) => topic(`todos:${userId}`, z.object({ id: z.uuid() }))
 * @throws {OptionsError} when `history` has a bound that is none.
 */
export function topic<M>(
  name: string,
  message: StandardSchemaV1<unknown, M>,
  { history }: TopicOptions = {},
): Topic<M> {
  return history ? { name, message, history: keepOf(history) } : { name, message }
}
