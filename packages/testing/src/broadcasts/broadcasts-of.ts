import { partialDeepStrictEqual } from "node:assert"
import { inspect } from "node:util"
import { type Duration, milliseconds, parseLimits, type StandardSchemaV1 } from "@bennu/core"
import { BroadcastError } from "./errors.ts"

/** All that is asked of a topic; one of `@bennu/pubsub` fits. */
export interface TopicLike<M> {
  readonly name: string
  readonly message: StandardSchemaV1<unknown, M>
}
/** All that is asked of a pubsub; that of `@bennu/pubsub` fits. */
export interface PubSubLike {
  subscribe<M>(topic: TopicLike<M>, listener: (message: M) => void): Disposable
}

/** Some of a message, at any depth, or a function that knows it. */
export type MessageLike<M> = Part<M> | ((message: M) => boolean)
type Part<M> = M extends object ? { readonly [K in keyof M]?: Part<M[K]> } : M

export interface AssertOptions {
  /** How long a message may take (`"1s"`), or has to stay away (`"100ms"`); 0 for what was said already. */
  readonly timeout?: Duration | undefined
  /** Stops waiting: that of the runner's test. */
  readonly signal?: AbortSignal | undefined
}

/** What a topic says while a test runs. Disposing it ends that. */
export interface Broadcasts<M> extends Disposable {
  /** What was heard and not asserted yet, the oldest first. */
  readonly messages: readonly M[]
  /**
   * Waits until a message was said that is like this one; any, if you give none. Each message is asserted once: asked
   * again, it waits for another.
   * @throws {BroadcastError} that lists what was said instead.
   */
  assertBroadcast(like?: MessageLike<M>, options?: AssertOptions): Promise<M>
  /**
   * Waits for as long as no such message may be said.
   * @throws {BroadcastError} as soon as one was.
   */
  refuteBroadcast(like?: MessageLike<M>, options?: AssertOptions): Promise<void>
}

/**
 * Listens to a topic from now on, to assert what is broadcast: ExUnit's `assert_receive` for a pubsub. Tests that run at once
 * hear each other where they share a topic, so let its name have something of the test's own.
 * @param options `maxMessages` that are kept and not asserted yet (10,000); one more is an error of what is asserted then.
 * @example using changes = broadcastsOf(pubsub, changesOf(user.id))
 */
export function broadcastsOf<M>(
  pubsub: PubSubLike,
  { name, message }: TopicLike<M>,
  options: { readonly maxMessages?: number | undefined } = {},
): Broadcasts<M> {
  const { maxMessages } = parseLimits("broadcastsOf", { maxMessages: 10_000 }, options)
  const messages: M[] = []
  const waiting = new Set<() => void>()
  let overflowed = false
  // by name and schema alone: the topic's own dispatch would choose who hears what
  const subscription = pubsub.subscribe({ name, message }, (said: M) => {
    if (messages.length === maxMessages) overflowed = true
    else messages.push(said)
    for (const look of [...waiting]) look()
  })
  const wrong = (what: string, hint?: string) => new BroadcastError(name, what, [...messages], hint)

  /** Where such a message is. */
  const placeOf = (like: MessageLike<M> | undefined): number => {
    if (overflowed) {
      const hint = "Assert them as they come, or raise `maxMessages`."
      throw wrong(`said more than ${maxMessages} messages that nobody asserted`, hint)
    }
    return messages.findIndex((said) => isLike(said, like))
  }
  /** What `look` finds, now or when more is said; null when it finds nothing in time. */
  const wait = <T>(
    look: () => T | null,
    timeout: number,
    signal: AbortSignal | undefined,
  ): Promise<T | null> => {
    const { promise, resolve, reject } = Promise.withResolvers<T | null>()
    const lookAgain = () => {
      try {
        const found = look()
        if (found !== null) resolve(found)
      } catch (error) {
        reject(error)
      }
    }
    const stop = () => reject(signal?.reason)
    const timer = setTimeout(resolve, timeout, null)
    waiting.add(lookAgain)
    signal?.addEventListener("abort", stop)
    if (signal?.aborted) stop()
    else lookAgain()
    return promise.finally(() => {
      clearTimeout(timer)
      waiting.delete(lookAgain)
      signal?.removeEventListener("abort", stop)
    })
  }

  return {
    messages,
    async assertBroadcast(like, { timeout = "1s", signal } = {}) {
      const take = () => {
        const place = placeOf(like)
        return place === -1 ? null : messages.splice(place, 1)
      }
      const taken = await wait(take, milliseconds(timeout), signal)
      for (const said of taken ?? []) return said
      throw wrong(`did not say ${shown(like)} in time (${timeout})`)
    },
    async refuteBroadcast(like, { timeout = "100ms", signal } = {}) {
      const see = () => (placeOf(like) === -1 ? null : true)
      if (await wait(see, milliseconds(timeout), signal)) throw wrong(`said ${shown(like)}`)
    },
    [Symbol.dispose]: () => subscription[Symbol.dispose](),
  }
}

function isLike<M>(said: M, like: MessageLike<M> | undefined): boolean {
  if (like === undefined) return true
  if (isPredicate(like)) return like(said)
  try {
    partialDeepStrictEqual(said, like)
    return true
  } catch {
    return false
  }
}

// what is broadcast survives JSON, so no message is a function
const isPredicate = <M>(like: MessageLike<M>): like is (message: M) => boolean =>
  typeof like === "function"

const shown = (like: unknown): string =>
  like === undefined
    ? "anything"
    : typeof like === "function"
      ? "what a function looks for"
      : inspect(like, { depth: 4, breakLength: Number.POSITIVE_INFINITY })
