import { type Awaitable, type Clock, type Duration, parseLimits } from "@bennu/core"
import { randomToken, type Signer, signer } from "@bennu/core/crypto"
import { decodeForm } from "@bennu/plug/parsers"
import { after } from "../pending.ts"
import { limitReached } from "../telemetry.ts"
import type { Timer } from "../timer.ts"
import type { Accepted, HttpAnswer, Refused, UpgradeRequest } from "../transport.ts"
import { answerOf, preflight } from "./answer.ts"
import { messagesOf } from "./batch.ts"
import { readText } from "./read-text.ts"
import { LongPollSession } from "./session.ts"

/** How clients are served that cannot open a WebSocket. */
export interface LongPollOptions {
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

/** All clients of one socket handler that poll. */
export class LongPolls {
  readonly #door: Door
  readonly #limits: { readonly [K in keyof typeof DEFAULTS]: number }
  readonly #timer: Timer
  readonly #sessions = new Map<string, LongPollSession>()
  // Sessions end with this process, and so may what their tokens are signed with
  readonly #tokens: Signer

  constructor(door: Door, options: LongPollOptions, time: { timer: Timer; now: Clock }) {
    this.#door = door
    this.#limits = parseLimits("socket's longpoll", DEFAULTS, options)
    this.#timer = time.timer
    this.#tokens = signer(randomToken(48), "channels longpoll", { now: time.now })
  }

  answer(request: UpgradeRequest): Awaitable<HttpAnswer> {
    const { method } = request
    if (method === "OPTIONS") return preflight(request)
    if (method !== "GET" && method !== "POST") return { status: 400 }
    if (!this.#door.isWelcome(request)) return answerOf(403)
    const session = this.#sessionOf(request)
    if (method === "POST") return session ? this.#publish(session, request) : answerOf(410)
    return session ? session.poll(request.signal) : this.#open(request)
  }

  #open(request: UpgradeRequest): Awaitable<HttpAnswer> {
    if (this.#isFull()) return answerOf(500)
    return after(this.#door.accept(request), (answer) => {
      // The client knows two refusals: forbidden, and try again
      if (!("open" in answer)) return answerOf(answer.status >= 500 ? 500 : 403)
      if (this.#isFull()) return answerOf(500)
      const id = randomToken()
      const token = this.#tokens.sign(id)
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

  async #publish(session: LongPollSession, request: UpgradeRequest): Promise<HttpAnswer> {
    const { bodyBytes, window, batch } = this.#limits
    const body = await readText(request, { bytes: bodyBytes, time: window }, this.#timer)
    if (body === "slow") return answerOf(408)
    if (body === "large") return tooLarge()
    if (body === "broken") return answerOf(400)
    if (body === "malformed") {
      session.close(1007)
      return answerOf(410)
    }
    const messages = isNdjson(request) ? messagesOf(body.text, batch) : [body.text].filter(Boolean)
    if (messages === null) return tooLarge()
    return answerOf(session.receive(messages) ? 200 : 410)
  }

  #sessionOf(request: UpgradeRequest): LongPollSession | null {
    const token = request.header("x-phoenix-longpoll-token") ?? tokenIn(request.target)
    if (token === null) return null
    const id = this.#tokens.verify(token, { maxAge: "14d" })
    return (id.ok && typeof id.value === "string" && this.#sessions.get(id.value)) || null
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
