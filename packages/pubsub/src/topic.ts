import type { StandardSchemaV1 } from "@bennu/core"
import type { Dispatch, Hearer } from "./dispatch.ts"
import { type HistoryOptions, type Keep, keepOf } from "./history/keep.ts"

/** A name and the shape of what is said there. Make one wherever it is needed: the same name is the same topic. */
export interface Topic<M, Meta = undefined> {
  readonly name: string
  readonly message: StandardSchemaV1<unknown, M>
  /** What is kept for those who were away; nothing without. */
  readonly history?: Keep | undefined
  // As a method, so that whoever keeps topics of all kinds may call them Topic<unknown>
  dispatch?(hearers: readonly Hearer<M, Meta>[], message: M): void
}

/** Any topic of such messages, whatever its listeners tell of themselves. */
export type AnyTopic<M> = Topic<M, never>

export interface TopicOptions<M = never, Meta = never> {
  /** Keeps messages, on every node, for `replay`: who was away for a moment need not fetch everything afresh. */
  readonly history?: HistoryOptions | undefined
  /** Tells those who listen, by what each of them gave to `subscribe`. Hoist it: listeners are told together by one function. */
  readonly dispatch?: Dispatch<M, Meta> | undefined
}

/**
 * A topic that messages of one shape are broadcast on.
 * @param name Usually what the message is about and whose: `todos:42`.
 * @param message Any Standard Schema that needs no promise. What it makes of a message has to survive JSON
 * if the app is to run on several nodes, and has to satisfy the schema again when it arrives there.
 * @example const changesOf = (userId: string) => topic(`todos:${userId}`, z.object({ id: z.uuid() }))
 * @throws {OptionsError} when `history` has a bound that is none.
 */
export function topic<M, Meta = undefined>(
  name: string,
  message: StandardSchemaV1<unknown, M>,
  { history, dispatch }: TopicOptions<NoInfer<M>, Meta> = {},
): Topic<M, Meta> {
  return {
    name,
    message,
    ...(history && { history: keepOf(history) }),
    ...(dispatch && { dispatch }),
  }
}
