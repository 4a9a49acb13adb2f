import type { Awaitable } from "@bennu/core"
import type { BusOptions, Presence, PubSub } from "@bennu/pubsub"
import type { ChannelLimits } from "./mounted.ts"
import type { Payload } from "./payload.ts"
import type { UpgradeRequest } from "./transport.ts"

/**
 * What stands behind the topics of one pattern: the plain port, for engines that bring their own way to
 * handle events (`channel` is one). One `join` makes one channel of one socket.
 */
export interface ChannelHandler {
  /** What its channels may be sent, where that is not what the socket's limits say. */
  readonly limits?: ChannelLimits | undefined
  /** Whether its channels show who is present; then the socket has to have a `presence`. */
  readonly showsPresence?: boolean | undefined
  /** Lets a client in, or says why not. What it throws is reported, and the client is told `join crashed`. */
  join(joining: Joining): Awaitable<Joined | JoinRefused>
}

/** A client at the door, and afterwards the way to reach it. */
export interface Joining {
  readonly topic: string
  /** What the client sent with the join, unchecked. */
  readonly payload: unknown
  /** What the client connected its socket with, unchecked: nested as in a form. */
  readonly connectParams: Readonly<Record<string, unknown>>
  /** What the socket's `connect` returned. */
  readonly assigns: unknown
  readonly request: UpgradeRequest
  readonly pubsub: PubSub
  readonly presence: Presence | null
  /** Aborts when the channel ends, for whatever reason. */
  readonly signal: AbortSignal
  /** The connection broke, or was given up here: nobody said goodbye, and the client may well be back. */
  readonly broken: boolean
  /** Sends to this client. Before the join is answered it waits; after the channel ended it does nothing. */
  push(event: string, payload: Payload): void
  /**
   * Null when the client has read what was sent to it. Otherwise resolves once it has, or is gone: who has newer and newer things to say
   * waits for that, and then says the last.
   */
  whenRead(): Promise<void> | null
  /** Lets the broadcasts of this topic through to the client once it joined. */
  listen(options?: ListenOptions): void
  /**
   * Shows the client who is present in the topic: `presence_state` with all of them, and `presence_diff` with each change.
   * For after the join.
   */
  showPresence(): void
  /**
   * Sends to every client that joined this topic and listens, on all nodes.
   * @param options `history`, to keep it for clients that are away.
   */
  broadcast(event: string, payload: Payload, options?: BusOptions): Promise<void>
  /** The same, without this client. */
  broadcastFrom(event: string, payload: Payload, options?: BusOptions): Promise<void>
  /**
   * The client was asked for so many joins of channels with `limits.expected`, and for so many events of this channel: they are not
   * held against it.
   */
  expect(asked: { readonly joins?: number; readonly events?: number }): void
  /** Runs a task in line with this channel's messages: after those before it, before those after it. */
  post(task: () => Awaitable<void>): void
  /** Ends the channel for good, after what it is doing now: the client will not join again by itself. */
  close(): void
  /** Ends the channel at once as a failure: the client will join again. */
  crash(error: unknown): void
  /** Gives up the client's connection, as if it had broken: the client comes back by another one, and joins all its channels again. */
  reconnect(): void
}

export interface ListenOptions {
  /** Broadcasts of these events come to `intercept` instead of going to the client as they are. */
  readonly intercepts?: ReadonlySet<string> | undefined
  intercept?(event: string, payload: unknown): Awaitable<void>
  /**
   * Names what a broadcast tells the newest state of, or `null`: of each name only the last is sent to a client that has not
   * read what came before.
   */
  supersedes?(event: string, payload: unknown): string | null
  /**
   * Says again what was broadcast and kept since this client was here, right after its join, and tells it with each
   * broadcast, and in a `history` push, where it is now: `cursor`, to be handed in as `since` when it joins again.
   */
  readonly history?: { readonly since: unknown } | undefined
}

/** A joined channel. Its messages come one at a time: the next waits for the promise of the one before. */
export interface Joined {
  /** What the client's `receive("ok", …)` gets (`{}`). */
  readonly response?: Payload | undefined
  /**
   * Handles one event. What it throws is the end of this channel only: the client is told and joins again.
   * @param reply At most one answer to this event; without one the client's push times out.
   */
  message(event: string, payload: unknown, reply: Answer): Awaitable<void>
  /** Called once, when nothing of this channel runs any more. */
  terminate(reason: EndReason): Awaitable<void>
}

/** Answers an event with a status (`"ok"`, `"error"` or one of your own) and a response. */
export type Answer = (status: string, response: Payload) => void

/** Not let in; the client gets `error` as the response of its `receive("error", …)` and tries again later. */
export interface JoinRefused {
  readonly error: object
}

/**
 * Why a channel ended: the client left it, joined the topic anew or is gone (`closed`), the channel closed
 * itself or crashed.
 */
export type EndReason = "left" | "rejoined" | "closed" | "stopped" | "crashed"
