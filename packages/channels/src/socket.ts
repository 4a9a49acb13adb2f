import {
  type Awaitable,
  type Clock,
  type Duration,
  milliseconds,
  OptionsError,
  ok,
  type Result,
} from "@bennu/core"
import type { Presence, PubSub } from "@bennu/pubsub"
import { Broadcasts } from "./broadcasts.ts"
import type { Mountable } from "./channel/channel.ts"
import { Endings } from "./endings.ts"
import {
  type Handshake,
  type Objection,
  readHandshake,
  readPollHandshake,
  transportOf,
} from "./handshake.ts"
import { demandKnown } from "./known-options.ts"
import { resolveLimits, type SocketLimits } from "./limits.ts"
import { type LongPollOptions, LongPolls } from "./longpoll/long-polls.ts"
import { mounted } from "./mounted.ts"
import { type OriginPolicy, originCheck } from "./origin.ts"
import { after, pending } from "./pending.ts"
import { Presences } from "./presences.ts"
import { type Revocations, revokeSession, Sessions } from "./sessions.ts"
import { type Rechecking, SocketConnection } from "./socket-connection.ts"
import { limitReached, revocationFailed, socketConnected, socketRefused } from "./telemetry.ts"
import { platformTimer, type Timer } from "./timer.ts"
import { TopicPatterns } from "./topic-patterns.ts"
import type { Accepted, Refused, SocketHandler, UpgradeRequest } from "./transport.ts"

/** A client that asks for a socket. */
export interface Connecting {
  /** What the client's `params` say, unchecked: nested as in a form. */
  readonly params: Readonly<Record<string, unknown>>
  /** The client's `authToken` option. */
  readonly authToken: string | null
  readonly request: UpgradeRequest
}

export type Connect<A> = (connecting: Connecting) => Awaitable<Result<A, Refused>>

export interface Recheck<A> {
  /** `"5m"` */
  readonly every: Duration
  isWelcome(assigns: A, request: UpgradeRequest): Awaitable<boolean>
}

export interface SocketOptions<A> {
  /** By topic (`"lobby"`) or by the beginning of topics (`"room:*"`). */
  readonly channels: Readonly<Record<string, Mountable<A>>>
  /** Where broadcasts travel: what `openPubSub` gave. */
  readonly pubsub: PubSub
  /** Who is present where: what `openPresence` gave. */
  readonly presence?: Presence | undefined
  /**
   * Lets a client in with what its channels should know of it: `ok({ user })`. Turned away with
   * `err({ status: 403 })`, and with what it throws.
   */
  readonly connect?: Connect<A> | undefined
  /** Names the sockets that `disconnect` closes together, such as all of one user. */
  readonly id?: ((assigns: NoInfer<A>) => string | null) | undefined
  /** Names the session that a socket belongs to: it ends with it, and one session has so many sockets at most. */
  readonly session?: ((assigns: NoInfer<A>, request: UpgradeRequest) => string | null) | undefined
  /** Asks again, now and then, whether who connected is still welcome; who is not, or of whom it throws, is disconnected. */
  readonly recheck?: Recheck<NoInfer<A>> | undefined
  /** What tells that sessions have ended. */
  readonly revocations?: Revocations | undefined
  /** Which pages may open a socket (`"conn"`: those of this very origin). */
  readonly checkOrigin?: OriginPolicy | undefined
  readonly limits?: SocketLimits | undefined
  /** How clients are served whose network lets no WebSockets through; `false` does not serve them. */
  readonly longpoll?: LongPollOptions | false | undefined
  /** Tells the time to the limits per second (`Date.now`). */
  readonly now?: Clock | undefined
  /** Rings when a client was silent for too long (`setTimeout`). */
  readonly timer?: Timer | undefined
}

/**
 * The sockets of one path of an endpoint: who may connect, and what stands behind which topic.
 * @throws {OptionsError} for an option, a pattern, an origin or a limit that is none.
 * @example endpoint({ router, port, sockets: { "/socket": socket({ channels: { "room:*": Room }, pubsub }) } })
 */
export function socket<A = undefined>(
  options: SocketOptions<A> & ConnectFor<NoInfer<A>>,
): SocketHandler {
  return socketHandler(options)
}

/** Without it a channel that needs what `connect` assigns could be mounted where nothing connects. */
export type ConnectFor<A> = undefined extends A ? unknown : { readonly connect: Connect<A> }

/** What `socket` does, for callers that do not know `A`. */
export function socketHandler<A>(options: SocketOptions<A>): SocketHandler {
  demandKnown("socket", known, options)
  const { pubsub, presence = null, connect, id, session, checkOrigin = "conn" } = options
  const { now = Date.now, timer = platformTimer, longpoll = {} } = options
  const limits = resolveLimits(options.limits ?? {})
  const isWelcome = originCheck(checkOrigin)
  const mounts = Object.entries(options.channels).map(
    ([pattern, handler]) => [pattern, mounted(pattern, handler, limits)] as const,
  )
  const unable = presence ? undefined : mounts.find(([, { handler }]) => handler.showsPresence)
  if (unable) {
    const message = `has to be given: ${JSON.stringify(unable[0])} shows who is present`
    throw new OptionsError("socket", [{ message, path: ["presence"] }])
  }
  const sessions = new Sessions(limits.socketsPerSession)
  const shared = {
    patterns: new TopicPatterns(mounts),
    maxPayload: Math.max(limits.frameBytes, ...mounts.map(([, { frameBytes }]) => frameBytes)),
    sessions,
    endings: new Endings(),
    broadcasts: new Broadcasts(pubsub.bus),
    pubsub,
    presence,
    presences: presence && new Presences(presence),
    limits,
    now,
    timer,
  }

  const revocations = options.revocations?.subscribe(({ session }) => {
    revokeSession(pubsub, session).catch((error: unknown) => {
      revocationFailed.emit(() => ({ session, error }))
    })
  })

  const every = options.recheck && milliseconds(options.recheck.every)
  const recheckOf = (assigns: A, request: UpgradeRequest): Rechecking | null =>
    every === undefined
      ? null
      : {
          every,
          isWelcome: async () => (await options.recheck?.isWelcome(assigns, request)) === true,
        }

  function admit(
    request: UpgradeRequest,
    handshake: Handshake,
    assigns: A | undefined,
  ): Accepted | Refused {
    const name = assigns === undefined ? null : (id?.(assigns) ?? null)
    const belongs = assigns === undefined ? null : (session?.(assigns, request) ?? null)
    if (belongs !== null && sessions.isFull(belongs)) {
      limitReached.emit(() => ({ limit: "socketsPerSession" }))
      return refused(429, "too many sockets of one session")
    }
    return {
      subprotocol: handshake.subprotocol,
      maxPayload: shared.maxPayload,
      open(transport) {
        const { params: connectParams } = handshake
        const recheck = assigns === undefined ? null : recheckOf(assigns, request)
        const facts = { id: name, session: belongs, connectParams, assigns, request, recheck }
        socketConnected.emit(() => ({ id: name, remoteAddress: request.remoteAddress }))
        return new SocketConnection(shared, facts, transport)
      },
    }
  }

  function admits(request: UpgradeRequest): boolean {
    const welcome = isWelcome(request)
    if (!welcome) {
      const origin = JSON.stringify(request.header("origin"))
      refused(403, `pages of ${origin} are not named in checkOrigin`)
    }
    return welcome
  }

  function decide(
    request: UpgradeRequest,
    handshake: Handshake | Objection,
  ): Awaitable<Accepted | Refused> {
    if ("status" in handshake) return refused(handshake.status, handshake.reason)
    const settle = (result: Result<A | undefined, Refused>) => {
      if (result.ok) return admit(request, handshake, result.value)
      socketRefused.emit(() => ({ status: result.error.status, reason: "connect" }))
      return result.error
    }
    const { params, authToken } = handshake
    const result = connect ? connect({ params, authToken, request }) : ok(undefined)
    return after(result, settle)
  }

  /** A guard that throws denies. */
  function guarded(decide: () => Awaitable<Accepted | Refused>): Awaitable<Accepted | Refused> {
    try {
      const answer = decide()
      return pending(answer)?.catch(failed) ?? answer
    } catch (error) {
      return failed(error)
    }
  }

  const polls =
    longpoll === false
      ? null
      : new LongPolls(
          {
            isWelcome: (request) => isAllowed(() => admits(request)),
            accept: (request) => guarded(() => decide(request, readPollHandshake(request))),
          },
          longpoll,
          { bus: pubsub.bus, timer, now },
        )

  return {
    protocol: "phoenix",
    upgrade: (request) =>
      guarded(() => (admits(request) ? decide(request, readHandshake(request)) : { status: 403 })),
    request(request) {
      const way = transportOf(request)
      if (way === "longpoll") return polls?.answer(request) ?? null
      // Somebody asks for the WebSocket without asking for an upgrade
      return way === "websocket" ? { status: 400 } : null
    },
    async stop() {
      revocations?.[Symbol.dispose]()
      await polls?.stop()
      await shared.endings.over()
    },
  }
}

const known = [
  "channels",
  "pubsub",
  "presence",
  "connect",
  "id",
  "session",
  "recheck",
  "revocations",
  "checkOrigin",
  "limits",
  "longpoll",
  "now",
  "timer",
]

function refused(status: number, reason: string): Refused {
  socketRefused.emit(() => ({ status, reason }))
  return { status }
}

/** An origin check that throws denies. */
function isAllowed(check: () => boolean): boolean {
  try {
    return check()
  } catch (error) {
    failed(error)
    return false
  }
}

/** What threw denied: with the status of what it threw, where that tells a client something. */
function failed(error: unknown): Refused {
  const status = statusOf(error)
  socketRefused.emit(() => ({ status, reason: "connect threw", error }))
  return { status }
}

function statusOf(error: unknown): number {
  const status = error instanceof Error && "status" in error ? error.status : 500
  return typeof status === "number" && status >= 400 && status < 600 ? status : 500
}
