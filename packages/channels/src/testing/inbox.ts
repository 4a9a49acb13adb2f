import type { Encoding } from "../encode.ts"
import { NothingArrivedError } from "./errors.ts"

/** A frame as a client reads it. */
export interface Received {
  readonly joinRef: string | null
  readonly ref: string | null
  readonly topic: string
  readonly event: string
  /** An object, or bytes; of a reply `{ status, response }`. */
  readonly payload: unknown
}

interface Waiter {
  readonly wants: (message: Received) => boolean
  readonly take: (message: Received) => void
}

/** What a client received; each message is taken once. */
export class Inbox {
  readonly #messages: Received[] = []
  readonly #waiters = new Set<Waiter>()

  put(message: Received): void {
    for (const waiter of this.#waiters) {
      if (!waiter.wants(message)) continue
      this.#waiters.delete(waiter)
      waiter.take(message)
      return
    }
    this.#messages.push(message)
  }

  /** The messages that nobody took yet. */
  get all(): readonly Received[] {
    return this.#messages
  }

  /** The first message that is wanted, from those here or to come. */
  take(what: string, wants: (message: Received) => boolean, timeout: number): Promise<Received> {
    const at = this.#messages.findIndex(wants)
    const [message] = at === -1 ? [] : this.#messages.splice(at, 1)
    if (message) return Promise.resolve(message)
    const { promise, resolve, reject } = Promise.withResolvers<Received>()
    const waiter = { wants, take: resolve }
    this.#waiters.add(waiter)
    const timer = setTimeout(() => {
      this.#waiters.delete(waiter)
      reject(new NothingArrivedError(what, this.#messages))
    }, timeout)
    return promise.finally(() => clearTimeout(timer))
  }
}

/** Reads what a server sent, as the official client does. */
export function readFrame(frame: Encoding): Received {
  if (typeof frame === "string") {
    // Our own server's encoding of the five parts
    const [joinRef, ref, topic, event, payload]: [
      string | null,
      string | null,
      string,
      string,
      unknown,
    ] = JSON.parse(frame)
    return { joinRef, ref, topic, event, payload }
  }
  const kind = frame[0]
  const names = kind === 1 ? 4 : kind === 0 ? 3 : 2
  let at = 1 + names
  const parts = [...frame.subarray(1, at)].map((size) => {
    const text = Buffer.from(frame.subarray(at, at + size)).toString()
    at += size
    return text
  })
  const bytes = Uint8Array.from(frame.subarray(at))
  if (kind === 2) {
    const [topic = "", event = ""] = parts
    return { joinRef: null, ref: null, topic, event, payload: bytes }
  }
  if (kind === 0) {
    const [joinRef = "", topic = "", event = ""] = parts
    return { joinRef, ref: null, topic, event, payload: bytes }
  }
  const [joinRef = "", ref = "", topic = "", status = ""] = parts
  return { joinRef, ref, topic, event: "phx_reply", payload: { status, response: bytes } }
}
