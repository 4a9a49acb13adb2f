import type { Awaitable } from "@bennu/core"
import { frameDropped } from "../telemetry.ts"
import type { Timer } from "../timer.ts"
import type { Accepted, Connection, HttpAnswer, Transport } from "../transport.ts"
import { answerOf } from "./answer.ts"
import type { Message } from "./batch.ts"

export interface SessionOptions {
  readonly token: string
  /** Milliseconds that a poll is held when there is nothing to tell. */
  readonly window: number
  readonly timer: Timer
  readonly forget: () => void
}

interface Poll {
  readonly answer: (answer: HttpAnswer) => void
  readonly stop: () => void
}

/** The transport of one client that polls: what is sent waits here until the client asks. */
export class LongPollSession implements Transport {
  // A client that goes away does not poll any more
  readonly noticesAbsence = true
  readonly #options: SessionOptions
  readonly #connection: Connection
  #queue: string[] = []
  #bytes = 0
  #poll: Poll | null = null
  #expiry: Disposable
  #flushing = false
  #open = true

  constructor(options: SessionOptions, accepted: Accepted) {
    this.#options = options
    this.#expiry = this.#expire()
    this.#connection = accepted.open(this)
  }

  get isOpen(): boolean {
    return this.#open
  }

  get bufferedAmount(): number {
    return this.#bytes
  }

  send(data: string | Uint8Array): void {
    if (!this.#open) return
    if (typeof data !== "string") {
      frameDropped.emit(() => ({ reason: "a poll is answered with text, and this is bytes" }))
      return
    }
    this.#queue.push(data)
    this.#bytes += Buffer.byteLength(data)
    if (!this.#poll || this.#flushing) return
    // What is sent in one go leaves in one answer
    this.#flushing = true
    queueMicrotask(() => {
      this.#flushing = false
      if (this.#poll && this.#queue.length > 0) this.#answer(this.#taken())
    })
  }

  close(code: number): void {
    if (!this.#open) return
    this.#open = false
    this.#expiry[Symbol.dispose]()
    this.#queue = []
    this.#bytes = 0
    this.#options.forget()
    if (this.#poll) this.#answer(answerOf(410))
    // Not from within what the connection is doing right now
    queueMicrotask(() => this.#connection.closed(code))
  }

  /** Takes what a client sends; false once the session is over. */
  receive(messages: readonly Message[]): boolean {
    for (const message of messages) if (this.#open) this.#connection.message(message)
    return this.#open
  }

  /** Answers a poll: with what waits, or with what comes within the window. */
  poll(signal: AbortSignal): Awaitable<HttpAnswer> {
    // A client polls once at a time: if there is another, nobody waits for it any more
    if (this.#poll) this.#answer(this.#nothing())
    this.#expiry[Symbol.dispose]()
    if (this.#queue.length > 0) {
      this.#expiry = this.#expire()
      return this.#taken()
    }
    return new Promise((answer) => {
      const give = () => this.#answer(this.#nothing())
      const window = this.#options.timer(this.#options.window, give)
      const stop = () => {
        window[Symbol.dispose]()
        signal.removeEventListener("abort", give)
      }
      this.#poll = { answer, stop }
      if (signal.aborted) give()
      else signal.addEventListener("abort", give)
    })
  }

  #answer(answer: HttpAnswer): void {
    const poll = this.#poll
    this.#poll = null
    poll?.stop()
    poll?.answer(answer)
    if (this.#open) this.#expiry = this.#expire()
  }

  #expire(): Disposable {
    const { timer, window } = this.#options
    return timer(1.5 * window, () => this.close(1001))
  }

  #taken(): HttpAnswer {
    const messages = this.#queue
    this.#queue = []
    this.#bytes = 0
    this.#connection.drain()
    return answerOf(200, { token: this.#options.token, messages })
  }

  #nothing(): HttpAnswer {
    return answerOf(204, { token: this.#options.token, messages: [] })
  }
}
