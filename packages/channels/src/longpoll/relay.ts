import type { Awaitable } from "@bennu/core"
import type { Bus } from "@bennu/pubsub"
import { after, pending } from "../pending.ts"
import { limitReached } from "../telemetry.ts"
import type { Timer } from "../timer.ts"
import type { HttpAnswer } from "../transport.ts"
import { answerOf, answerWith } from "./answer.ts"

/** What a client asks of its session: what waits for it, or to take what it sends. */
export type Ask =
  | { readonly kind: "poll" }
  | { readonly kind: "post"; readonly body: string; readonly isNdjson: boolean }

/** Where a session is, and the token that says so. */
export interface Place {
  readonly node: string
  readonly id: string
  readonly token: string
}

export interface RelayOptions {
  readonly bus: Bus
  /** Names this node's sessions among those of all. */
  readonly node: string
  /** Milliseconds that a poll is held. */
  readonly window: number
  /** Requests that may wait for other nodes. */
  readonly limit: number
  readonly timer: Timer
  /** Asks a session of this node; `null` when there is none. */
  serve(id: string, ask: Ask, signal: AbortSignal): Awaitable<HttpAnswer | null>
}

interface Call {
  readonly settle: (answer: HttpAnswer | null) => void
  /** The other node is there, and may take its time. */
  readonly held: () => void
}

/**
 * Carries requests to the node that has their session, where a balancer sends a client now here, now there. An answer
 * that does not come is the end of the session for its client, which opens another: nothing is missed in silence.
 */
export class PollRelay {
  readonly #options: RelayOptions
  /** Requests of this node's clients that other nodes are asked about. */
  readonly #calls = new Map<string, Call>()
  /** Requests of other nodes' clients: what breaks them off. */
  readonly #served = new Map<string, AbortController>()
  #count = 0

  constructor(options: RelayOptions) {
    this.#options = options
    const { bus, node } = options
    bus.subscribe(relayTopic(node), (message) => this.#hear(message))
  }

  /** Asks the session that a place names; `null` when there is none any more, as far as one can tell. */
  ask({ node, id, token }: Place, ask: Ask, signal: AbortSignal): Awaitable<HttpAnswer | null> {
    const { limit, timer, window } = this.#options
    if (this.#calls.size >= limit) {
      limitReached.emit(() => ({ limit: "sessions" }))
      return answerOf(500)
    }
    const call = String(++this.#count)
    return new Promise((resolve) => {
      const settle = (answer: HttpAnswer | null) => {
        if (!this.#calls.delete(call)) return
        alarm[Symbol.dispose]()
        signal.removeEventListener("abort", leave)
        resolve(answer)
      }
      const leave = () => {
        settle(answerOf(204, { token, messages: [] }))
        this.#tell(node, { kind: "gone", call })
      }
      const wait = (milliseconds: number) => timer(milliseconds, () => settle(null))
      // A node that lives says so at once
      let alarm = wait(window / 10)
      const held = () => {
        alarm[Symbol.dispose]()
        alarm = wait(1.5 * window)
      }
      this.#calls.set(call, { settle, held })
      this.#tell(node, { kind: "ask", call, id, ask })
      // What was sent up is on its way, whether its sender waits or not
      if (ask.kind === "post") return
      if (signal.aborted) leave()
      else signal.addEventListener("abort", leave)
    })
  }

  #hear(message: string): void {
    // What another node's relay told
    const { from, said }: { readonly from: string; readonly said: Said } = JSON.parse(message)
    const call = this.#calls.get(said.call)
    if (said.kind === "ask") this.#serve(from, said)
    else if (said.kind === "gone") this.#served.get(`${from} ${said.call}`)?.abort()
    else if (said.kind === "held") call?.held()
    else call?.settle(said.body === null ? null : answerWith(said.body))
  }

  #serve(from: string, { call, id, ask }: Asked): void {
    const name = `${from} ${call}`
    const client = new AbortController()
    const served = this.#options.serve(id, ask, client.signal)
    if (pending(served)) {
      this.#served.set(name, client)
      this.#tell(from, { kind: "held", call })
    }
    void after(served, (answer) => {
      this.#served.delete(name)
      this.#tell(from, { kind: "answer", call, body: answer?.body ?? null })
    })
  }

  #tell(node: string, said: Said): void {
    const { bus, node: from } = this.#options
    // What does not get through is noticed by who waits for it
    bus.broadcast(relayTopic(node), JSON.stringify({ from, said })).catch(() => {})
  }
}

interface Asked {
  readonly kind: "ask"
  /** Names the request among those of the node that asks. */
  readonly call: string
  /** The session. */
  readonly id: string
  readonly ask: Ask
}

type Said =
  | Asked
  | { readonly kind: "held"; readonly call: string }
  | { readonly kind: "gone"; readonly call: string }
  | { readonly kind: "answer"; readonly call: string; readonly body: string | null }

const relayTopic = (node: string): string => `longpoll:${node}`
