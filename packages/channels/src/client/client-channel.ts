import type { Result } from "@bennu/core"
import type { PhoenixChannel, PhoenixPush, PhoenixSocket } from "./phoenix.ts"

/** What `ContractOf` says of a channel. */
interface Contract {
  readonly params: unknown
  readonly events: object
  readonly replies: object
  readonly pushes: object
}

/** Why there is no better answer: the payload did not fit, the channel is gone, or nothing came in time (`timeout`). */
export interface Refusal {
  readonly reason: string
}

type Answer<R, K> = K extends keyof R ? R[K] : never
type OkOf<R, K> = Answer<R, K> extends { readonly ok: infer V } ? V : never
type ErrorOf<R, K> = Answer<R, K> extends { readonly error: infer V } ? V : never

/** A channel of the official client with the types of its contract. */
export interface ClientChannel<C extends Contract, P = PhoenixChannel> extends AsyncDisposable {
  /** The official client's own: for its `Presence`, `onError` and `onClose`. */
  readonly channel: P
  /** Joins; resolves with the first answer. The client joins again by itself when the connection is back. */
  join(): Promise<Result<unknown, unknown>>
  /** Hears how each join was answered that let in: the first and those after a lost connection. */
  onJoin(listener: (response: unknown) => void): void
  /** Hears that more was missed than the channel has kept: time to fetch afresh what the topic is about. */
  onGap(listener: () => void): void
  /** Sends an event; while there is no connection the client keeps it for as long as it waits for an answer. */
  push<K extends keyof C["events"] & string>(
    event: K,
    payload: C["events"][K],
  ): Promise<Result<OkOf<C["replies"], K>, ErrorOf<C["replies"], K> | Refusal>>
  /** Hears what the channel sends. */
  on<K extends keyof C["pushes"] & string>(
    event: K,
    listener: (payload: C["pushes"][K]) => void,
  ): Disposable
  /** Leaves for good. */
  leave(): Promise<void>
}

/**
 * Use the official `phoenix` client with the types of a channel's contract, and with its history: after a lost connection it
 * says where it was, and hears what it missed.
 * @param params What to join with, or what says so at each join.
 * @typeParam P The official client's `Channel`, where more is wanted of it than here.
 * @example const room = channelOf<Room>(socket, "room:1", { name: "Ada" })
 */
export function channelOf<C extends Contract, P extends PhoenixChannel = PhoenixChannel>(
  socket: PhoenixSocket<P>,
  topic: string,
  params: C["params"] | (() => C["params"]),
): ClientChannel<C, P> {
  // Known once the channel has said that it keeps a history
  let since: string | undefined
  // What a channel is joined with is data: a function is what says it
  const current = () => (typeof params === "function" ? (params as () => C["params"])() : params)
  const channel = socket.channel(topic, () => ({
    ...Object(current()),
    ...(since ? { since } : {}),
  }))
  const seen = channel.onMessage.bind(channel)
  channel.onMessage = (event, payload, ref) => {
    if (event === "history" || since) since = cursorOf(payload) ?? since
    return seen(event, payload, ref)
  }
  const joins: ((response: unknown) => void)[] = []
  return {
    channel,
    join() {
      const push = channel.join()
      push.receive("ok", (response) => {
        for (const listener of joins) listener(response)
      })
      return answered(push)
    },
    onJoin: (listener) => void joins.push(listener),
    onGap(listener) {
      channel.on("history", (payload) => {
        if (isObject(payload) && payload["complete"] === false) listener()
      })
    },
    // What a channel answers and sends has passed the schemas that its contract's types come from
    push: (event, payload) => answered(channel.push(event, payload as object)) as never,
    on(event, listener) {
      const ref = channel.on(event, (payload) => listener(payload as never))
      return { [Symbol.dispose]: () => channel.off(event, ref) }
    },
    async leave() {
      await answered(channel.leave())
    },
    async [Symbol.asyncDispose]() {
      await answered(channel.leave())
    },
  }
}

const answered = (push: PhoenixPush): Promise<Result<unknown, unknown>> =>
  new Promise((resolve) => {
    push.receive("ok", (value) => resolve({ ok: true, value }))
    push.receive("error", (error) => resolve({ ok: false, error }))
    push.receive("timeout", () => resolve({ ok: false, error: { reason: "timeout" } }))
  })

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

const cursorOf = (payload: unknown): string | undefined =>
  isObject(payload) && typeof payload["cursor"] === "string" ? payload["cursor"] : undefined
