import {
  type Awaitable,
  type Issue,
  OptionsError,
  ok,
  parseLimits,
  pathOf,
  type StandardSchemaV1,
  validate,
} from "@bennu/core"
import type { PubSub } from "@bennu/pubsub"
import type {
  Answer,
  ChannelHandler,
  EndReason,
  Joined,
  Joining,
  ListenOptions,
} from "../channel-handler.ts"
import { broadcastTo } from "../disconnect.ts"
import { PENDING_REPLIES } from "../mounted.ts"
import type { Payload } from "../payload.ts"
import { after } from "../pending.ts"
import { broadcastRefused } from "../telemetry.ts"
import { ChannelPresence } from "./channel-presence.ts"
import { type ChannelSocket, JoinedSocket } from "./channel-socket.ts"
import { Outgoing } from "./contract.ts"
import type { Admission, ChannelDefinition, EventAnswer, ReplyOf } from "./definition.ts"
import { ReplyLater } from "./reply-later.ts"

type Any = Readonly<Record<string, unknown>>
/** A definition as it runs: its types have done their work. */
type AnyDefinition = ChannelDefinition<unknown, unknown, Any, Any, object, unknown, unknown>

declare const contract: unique symbol

/** A channel that was defined: mount it in `socket({ channels })`. */
export interface Channel<in C, P, E, O, R, M = never> extends ChannelHandler {
  /** Sends to every client that joined this topic, from anywhere in the app. */
  broadcast<K extends keyof O & string>(
    pubsub: Pick<PubSub, "bus">,
    topic: string,
    event: K,
    payload: O[K],
  ): Promise<void>
  /** What has to be assigned by the socket's `connect`, and the types for clients; it has no value. */
  readonly [contract]?: (assigns: C) => {
    readonly params: P
    readonly events: E
    readonly replies: R
    readonly pushes: O
    readonly meta: M
  }
}

/** What is fit to be mounted in a socket whose `connect` assigns an `A`. */
export interface Mountable<in A> extends ChannelHandler {
  readonly [contract]?: (assigns: A) => unknown
}

/** The types that a channel and its clients share: `{ params, events, replies, pushes, meta }`. */
export type ContractOf<T> = T extends { readonly [contract]?: (assigns: never) => infer R }
  ? R
  : never

/**
 * `channel` for sockets whose `connect` assigns a `C`.
 * @example const channel = channels<{ user: User }>()
 */
export function channels<C>(): <
  P = unknown,
  E = object,
  O = object,
  S extends object = object,
  H = object,
  M = never,
>(
  definition: ChannelDefinition<C, P, E, O, S, H, M>,
) => Channel<C, P, E, O, { readonly [K in keyof H]: ReplyOf<H[K]> }, M> {
  // What a function is given below is what the type says it takes: params, payloads and messages have passed
  // the schemas that its types come from, and `C` is what the socket that this is mounted in assigns
  return (definition) => define(definition as unknown as AnyDefinition)
}

/**
 * Defines what stands behind a topic, or behind all topics of a pattern.
 * @throws {OptionsError} when an event has no handler, or a handler no event.
 * @example channel({
 *   events: { say: z.object({ text: z.string() }) },
 *   pushes: { said: z.object({ text: z.string() }) },
 *   join: () => ok({}),
 *   handleEvent: { say: (socket, { text }) => socket.broadcast("said", { text }) },
 * })
 */
export const channel: ReturnType<typeof channels<unknown>> = channels<unknown>()

function define<C, P, E, O, R, M>(definition: AnyDefinition): Channel<C, P, E, O, R, M> {
  const outgoing = new Outgoing(definition.pushes ?? {})
  const presence = new ChannelPresence(definition.metas)
  const events = incomingEvents(definition)
  const intercepts = new Map(Object.entries(definition.intercept ?? {}))
  const intercepted = new Set(intercepts.keys())
  const latest = new Map(Object.entries(definition.latest ?? {}))
  const history = definition.history && parseLimits("history", HISTORY, definition.history)
  const seat = { definition, events }
  const parts = { outgoing, presence, history }

  function admit(joining: Joining, { assigns, response }: Admission<object>): Joined {
    const socket: Socket = new JoinedSocket(joining, parts, {
      ...Object(joining.assigns),
      ...assigns,
    })
    joining.listen(listening(joining, socket))
    if (presence.isShown) joining.post(() => joining.showPresence())
    if (definition.joined) joining.post(() => definition.joined?.(socket))
    return new JoinedChannel(seat, socket, joining, response)
  }

  function listening({ topic, payload }: Joining, socket: Socket): ListenOptions | undefined {
    if (!history && intercepts.size === 0 && latest.size === 0) return undefined
    return {
      history: history && { since: Object(payload).since },
      intercepts: intercepted,
      intercept: (event, payload) => {
        const message = readable(topic, event, payload)
        if (message) return intercepts.get(event)?.(socket, message)
      },
      ...(latest.size > 0 ? { supersedes } : {}),
    }
  }

  function supersedes(event: string, payload: unknown): string | null {
    const name = latest.get(event)?.(payload)
    return name === undefined ? null : `${event} ${name}`
  }

  /** What another node broadcast is checked here too: it may run another version of the app. */
  function readable(topic: string, event: string, payload: unknown): object | null {
    try {
      return outgoing.check(event, payload)
    } catch (error) {
      broadcastRefused.emit(() => ({ topic, event, error }))
      return null
    }
  }

  return {
    limits: definition.limits,
    showsPresence: presence.isShown,
    join: (joining) =>
      after(paramsOf(definition, joining), (params) => {
        if (!params.ok) return { error: invalid("invalid params", params.error) }
        const { topic, assigns, request } = joining
        const asked = {
          topic,
          params: params.value,
          assigns,
          request,
          get signal() {
            return joining.signal
          },
        }
        return after(definition.join(asked), (result) =>
          result.ok ? admit(joining, result.value) : { error: result.error },
        )
      }),
    async broadcast(pubsub, topic, event, payload) {
      await broadcastTo(pubsub, topic, event, outgoing.check(event, payload), { history })
    },
  }
}

/** What the joins of one definition do alike. */
interface Seat {
  readonly definition: AnyDefinition
  readonly events: ReadonlyMap<string, Incoming>
}

class JoinedChannel implements Joined {
  readonly response: Payload | undefined
  readonly #seat: Seat
  readonly #socket: Socket
  readonly #joining: Joining
  /** Answers that are still being worked out. */
  #pending = 0

  constructor(seat: Seat, socket: Socket, joining: Joining, response: Payload | undefined) {
    this.#seat = seat
    this.#socket = socket
    this.#joining = joining
    this.response = response
  }

  message(event: string, payload: unknown, answer: Answer): Awaitable<void> {
    const handle = this.#seat.events.get(event)
    if (!handle) return answer("error", { reason: "unknown event" })
    return after(handle(this.#socket, payload, answer), (later) => {
      if (later) this.#replyLater(later, answer)
    })
  }

  #replyLater(later: ReplyLater<unknown>, answer: Answer): void {
    const { pendingReplies = PENDING_REPLIES } = this.#seat.definition.limits ?? {}
    if (this.#pending >= pendingReplies) {
      answer("error", { reason: "too many events" })
      return
    }
    const { signal, crash } = this.#joining
    this.#pending++
    later
      .start(signal)
      // what a handler may answer is in its type
      .then((result) => give(answer, result as EventAnswer))
      .catch((error: unknown) => {
        const wanted = signal.aborted && error === signal.reason
        if (!wanted) crash(error)
      })
      .finally(() => {
        this.#pending--
      })
  }

  terminate(reason: EndReason): Awaitable<void> {
    return this.#seat.definition.terminate?.(this.#socket, reason)
  }
}

const HISTORY = { limit: 100, ttl: "5m" } as const

const paramsOf = ({ params }: AnyDefinition, { payload }: Joining) =>
  params ? validate(params, payload) : ok(payload)

type Socket = ChannelSocket<object, Any, unknown>

/** Handles one event: what it gives back is to be answered later. */
type Incoming = (
  socket: Socket,
  payload: unknown,
  answer: Answer,
) => Awaitable<ReplyLater<unknown> | null>

/** By the name of the event; a Map, so that no event is named like what objects inherit. */
function incomingEvents({ events = {}, handleEvent = {} }: AnyDefinition): Map<string, Incoming> {
  const handlers = new Map(Object.entries(handleEvent))
  const odd = [...Object.keys(events), ...handlers.keys()].find(
    (name) => !Object.hasOwn(events, name) || !handlers.has(name),
  )
  if (odd !== undefined) {
    const message = "has to be in events and in handleEvent"
    throw new OptionsError("channel", [{ message, path: [odd] }])
  }
  const incoming = ([name, schema]: readonly [string, StandardSchemaV1]): [string, Incoming] => [
    name,
    (socket, payload, answer) =>
      after(validate(schema, payload), (checked) => {
        if (!checked.ok) {
          answer("error", invalid("invalid payload", checked.error))
          return null
        }
        return after(handlers.get(name)?.(socket, checked.value), (result) => {
          if (result instanceof ReplyLater) return result
          if (result) give(answer, result)
          return null
        })
      }),
  ]
  return new Map(Object.entries(events).map(incoming))
}

function give(answer: Answer, result: EventAnswer): void {
  if (result) answer(result.ok ? "ok" : "error", result.ok ? result.value : result.error)
}

/** What a client is told: messages and where they belong, nothing else that a schema library keeps. */
const invalid = (reason: string, issues: readonly Issue[]) => ({
  reason,
  issues: issues.map((issue) => ({ path: pathOf(issue).map(String), message: issue.message })),
})
