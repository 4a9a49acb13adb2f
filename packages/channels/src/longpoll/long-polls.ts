import { type Awaitable, type Clock, type Duration, parseLimits } from "@bennu/core"
import { randomToken, type Secret, type Signer, signer } from "@bennu/core/crypto"
import { decodeForm } from "@bennu/plug/parsers"
import type { Bus } from "@bennu/pubsub"
import { after } from "../pending.ts"
import { limitReached } from "../telemetry.ts"
import type { Timer } from "../timer.ts"
import type { Accepted, HttpAnswer, Refused, UpgradeRequest } from "../transport.ts"
import { answerOf, preflight } from "./answer.ts"
import { messagesOf } from "./batch.ts"
import { readText } from "./read-text.ts"
import { type Ask, type Place, PollRelay } from "./relay.ts"
import { LongPollSession } from "./session.ts"

/** How clients are served that cannot open a WebSocket. */
export interface LongPollOptions {
  /**
   * At least 64 characters that all nodes know: then it does not matter which of them a balancer sends a client to. Without
   * it (or with a pubsub of one node) a client has to come to the same node each time.
   */
  readonly secret?: Secret | undefined
  /** How long a poll is held when there is nothing to tell (`"10s"`); a client that did not poll for half as long again is gone. */
  readonly window?: Duration | undefined
  /** Clients that poll at once, on this node (10,000). */
  readonly sessions?: number | undefined
  /** Messages in one request (100), as the official client sends them at most. */
  readonly batch?: number | undefined
  /** Bytes of one request (1,048,576). */
  readonly bodyBytes?: number | undefined
}

const DEFAULTS = { window: "10s", sessions: 10_000, batch: 100, bodyBytes: 1_048_576 } as const

/** Who may come in. */
export interface Door {
  isWelcome(request: UpgradeRequest): boolean
  accept(request: UpgradeRequest): Awaitable<Accepted | Refused>
}

interface LongPollParts {
  readonly bus: Bus
  readonly timer: Timer
  readonly now: Clock
}

/** All clients of one socket handler that poll. */
export class LongPolls {
  readonly #door: Door
  readonly #limits: { readonly [K in keyof typeof DEFAULTS]: number }
  readonly #timer: Timer
  readonly #node = randomToken(9)
  readonly #sessions = new Map<string, LongPollSession>()
  readonly #tokens: Signer
  /** `null` where the tokens of other nodes cannot be told from made up ones. */
  readonly #relay: PollRelay | null
  #stopped = false

  constructor(door: Door, { secret, ...limits }: LongPollOptions, parts: LongPollParts) {
    const { bus, timer, now } = parts
    this.#door = door
    this.#limits = parseLimits("socket's longpoll", DEFAULTS, limits)
    this.#timer = timer
    this.#tokens = signer(secret ?? randomToken(48), "channels longpoll", { now })
    const { window, sessions: limit } = this.#limits
    const serve = (id: string, ask: Ask, signal: AbortSignal) => this.#serve(id, ask, signal)
    this.#relay = secret
      ? new PollRelay({ bus, node: this.#node, window, limit, timer, serve })
      : null
  }

  answer(request: UpgradeRequest): Awaitable<HttpAnswer> {
    const { method } = request
    if (method === "OPTIONS") return preflight(request)
    if (method !== "GET" && method !== "POST") return { status: 400 }
    if (!this.#door.isWelcome(request)) return answerOf(403)
    const place = this.#placeOf(request)
    if (method === "POST") return place ? this.#publish(place, request) : answerOf(410)
    const polled = place && this.#ask(place, { kind: "poll" }, request.signal)
    return after(polled, (answer) => answer ?? this.#open(request))
  }

  /** Ends all sessions, for good. Other nodes that ask for one are told so at once. */
  async stop(): Promise<void> {
    this.#stopped = true
    for (const session of this.#sessions.values()) session.close(1012)
    // a session tells its connection a little later than it closes
    await Promise.resolve()
  }

  #open(request: UpgradeRequest): Awaitable<HttpAnswer> {
    if (this.#stopped || this.#isFull()) return answerOf(500)
    return after(this.#door.accept(request), (answer) => {
      // The client knows two refusals: forbidden, and try again
      if (!("open" in answer)) return answerOf(answer.status >= 500 ? 500 : 403)
      if (this.#stopped || this.#isFull()) return answerOf(500)
      const id = randomToken()
      const token = this.#tokens.sign([this.#node, id])
      const { window } = this.#limits
      const forget = () => void this.#sessions.delete(id)
      const session = new LongPollSession({ token, window, timer: this.#timer, forget }, answer)
      if (!session.isOpen) return answerOf(403)
      this.#sessions.set(id, session)
      return answerOf(410, { token, messages: [] })
    })
  }

  #isFull(): boolean {
    if (this.#sessions.size < this.#limits.sessions) return false
    limitReached.emit(() => ({ limit: "sessions" }))
    return true
  }

  async #publish(place: Place, request: UpgradeRequest): Promise<HttpAnswer> {
    const { bodyBytes, window } = this.#limits
    const body = await readText(request, { bytes: bodyBytes, time: window }, this.#timer)
    if (body === "slow") return answerOf(408)
    if (body === "large") return tooLarge()
    if (body === "broken") return answerOf(400)
    // What is no text is no frame, and so is nothing
    const text = body === "malformed" ? "\uFFFD" : body.text
    const ask: Ask = { kind: "post", body: text, isNdjson: isNdjson(request) }
    return (await this.#ask(place, ask, request.signal)) ?? answerOf(410)
  }

  /** Asks a session, wherever it is; `null` when there is none. */
  #ask(place: Place, ask: Ask, signal: AbortSignal): Awaitable<HttpAnswer | null> {
    if (place.node === this.#node || !this.#relay) return this.#serve(place.id, ask, signal)
    return this.#relay.ask(place, ask, signal)
  }

  /** Asks a session of this node. */
  #serve(id: string, ask: Ask, signal: AbortSignal): Awaitable<HttpAnswer | null> {
    const session = this.#sessions.get(id)
    if (!session) return null
    if (ask.kind === "poll") return session.poll(signal)
    const { body, isNdjson } = ask
    const messages = isNdjson ? messagesOf(body, this.#limits.batch) : [body].filter(Boolean)
    if (messages === null) return tooLarge()
    return answerOf(session.receive(messages) ? 200 : 410)
  }

  #placeOf(request: UpgradeRequest): Place | null {
    const token = request.header("x-phoenix-longpoll-token") ?? tokenIn(request.target)
    if (token === null) return null
    const place = this.#tokens.verify(token, { maxAge: "14d" })
    if (!place.ok || !Array.isArray(place.value)) return null
    const [node, id] = place.value.map(String)
    return node === undefined || id === undefined ? null : { node, id, token }
  }
}

function tooLarge(): HttpAnswer {
  limitReached.emit(() => ({ limit: "batch" }))
  return answerOf(413)
}

function tokenIn(target: string): string | null {
  const mark = target.indexOf("?")
  if (mark === -1) return null
  try {
    const { token } = decodeForm(target.slice(mark + 1))
    return typeof token === "string" ? token : null
  } catch {
    return null
  }
}

const isNdjson = (request: UpgradeRequest): boolean =>
  /^application\/x-ndjson(?:$|[ \t;])/i.test(request.header("content-type") ?? "")
