import type { Awaitable, Result, StandardSchemaV1 } from "@bennu/core"
import type { HistoryOptions } from "@bennu/pubsub"
import type { EndReason } from "../channel-handler.ts"
import type { ChannelLimits } from "../mounted.ts"
import type { Payload } from "../payload.ts"
import type { UpgradeRequest } from "../transport.ts"
import type { ChannelSocket } from "./channel-socket.ts"
import type { Shapes } from "./contract.ts"
import type { ReplyLater } from "./reply-later.ts"

/** A client that wants to join. */
export interface JoinRequest<C, P> {
  readonly topic: string
  /** What the client sent, as the schema made it. */
  readonly params: P
  /** What the socket's `connect` returned. */
  readonly assigns: C
  readonly request: UpgradeRequest
  /** Aborts when the client does not wait any more. */
  readonly signal: AbortSignal
}

/** What a client that is let in starts with. */
export interface Admission<S> {
  /** Added to what `connect` assigned. */
  readonly assigns?: S
  /** What the client's `receive("ok", …)` gets. */
  readonly response?: Payload
}

/** Later wins, as with the assigns of a conn. */
export type Together<C, S> = Omit<C, keyof S> & S

/** What a handler may answer: `ok(response)`, `err(response)`, or nothing. */
export type EventAnswer = Result<Payload, Payload> | undefined

// biome-ignore lint/suspicious/noConfusingVoidType: a handler that answers nothing has no return
type Answered = EventAnswer | void

/** What answers the events: of each the handler's own return type is kept, for the contract. */
export type EventHandlers<A, E, O, M = never> = {
  readonly [K in keyof E]: (
    socket: ChannelSocket<A, O, M>,
    payload: E[K],
  ) => Awaitable<Answered | ReplyLater<Answered>>
}

/** What a client is answered: by the status of the reply. */
export type ReplyOf<H> = H extends (...args: never) => infer R
  ? { readonly ok: AnswerIn<R, true>; readonly error: AnswerIn<R, false> }
  : never
type AnswerIn<R, Ok> =
  Awaited<R> extends infer A
    ? A extends ReplyLater<infer L>
      ? AnswerNow<L, Ok>
      : AnswerNow<A, Ok>
    : never
type AnswerNow<A, Ok> = A extends { readonly ok: Ok; readonly value: infer V }
  ? V
  : A extends { readonly ok: Ok; readonly error: infer V }
    ? V
    : never

/**
 * What may come in, who may come, how it is answered, what goes out. The keys are best written in this order,
 * so that each function knows the types of what stands above it.
 */
export interface ChannelDefinition<C, P, E, O, S extends object, H, M = never> {
  /** The shape of what a client joins with. */
  readonly params?: StandardSchemaV1<unknown, P> | undefined
  /** What a client may send; anything else is answered with an error. */
  readonly events?: Shapes<E> | undefined
  /** What this channel may send. */
  readonly pushes?: Shapes<O> | undefined
  /** What is told of each who is present. With it the channel's clients are shown who is, from their join on. */
  readonly metas?: StandardSchemaV1<unknown, M> | undefined
  /**
   * Keeps what is broadcast on its topics, on every node, so that a client that was away for a moment hears it when it joins
   * again: its join has as `since` the last `cursor` that it was given, with a broadcast or in the push `history`. That push
   * comes after what was missed; it says `complete: false` where the client has to fetch afresh what the topic is about.
   */
  readonly history?: HistoryOptions | undefined
  /** What a client may send of it, where that is not what the socket's limits say. */
  readonly limits?: ChannelLimits | undefined
  /** Lets a client in with `ok({ assigns, response })`, or not with `err({ reason })`. */
  join(request: JoinRequest<C, P>): Awaitable<Result<Admission<S>, object>>
  /** Runs right after the client has been told that it joined. */
  joined?(socket: ChannelSocket<Together<C, S>, O, M>): Awaitable<void>
  /** A function an event. */
  readonly handleEvent?: (H & EventHandlers<Together<C, S>, NoInfer<E>, O, M>) | undefined
  /** Gets broadcasts instead of the client: push what it may see, or nothing. */
  readonly intercept?: {
    readonly [K in keyof NoInfer<O>]?: (
      socket: ChannelSocket<Together<C, S>, O, M>,
      payload: O[K],
    ) => Awaitable<void>
  }
  /**
   * Broadcasts that tell the newest state of something, and what that is: a client that is slow to read is sent the last of each
   * only. `{ moved: ({ player }) => player }`
   */
  readonly latest?: { readonly [K in keyof NoInfer<O>]?: (payload: O[K]) => string }
  /** Runs once, after everything else. */
  terminate?(socket: ChannelSocket<Together<C, S>, O, M>, reason: EndReason): Awaitable<void>
}
