import type { IncomingMessage } from "node:http"
import { PayloadTooLargeError } from "@bennu/plug"
import { ClientGoneError } from "../errors.ts"
import type { Arriving, BodyRates } from "./body-rate.ts"

export interface BodyOptions {
  /** Bytes. */
  readonly limit: number
  /** Milliseconds that it may be waited for in all. */
  readonly timeout: number
  readonly rates: BodyRates
  /** Called before the first byte is asked for. */
  readonly begin: () => void
}

/** The body of a request as a stream: read from the network as fast as it is read here, and no further than `limit`. */
export function bodyStream(
  request: IncomingMessage,
  options: BodyOptions,
): ReadableStream<Uint8Array> {
  return new ReadableStream<Uint8Array>(
    new Body(request, options),
    new ByteLengthQueuingStrategy({ highWaterMark: 65_536 }),
  )
}

/** Bytes of a chunk that is handed on by itself. */
const LARGE = 4_096

class Body implements Arriving {
  received = 0
  readonly timeout: number
  readonly #request: IncomingMessage
  readonly #options: BodyOptions
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined
  #begun = false
  /** Small chunks of this turn: a million of one byte each would cost a hundred times what they hold. */
  #small: Buffer[] = []

  constructor(request: IncomingMessage, options: BodyOptions) {
    this.#request = request
    this.#options = options
    this.timeout = options.timeout
  }

  get waiting(): boolean {
    return !this.#request.isPaused()
  }

  /** Listens only when somebody reads: until then the network holds what comes. */
  pull(controller: ReadableStreamDefaultController<Uint8Array>): void {
    const request = this.#request
    if (this.#begun) {
      request.resume()
      return
    }
    this.#begun = true
    this.#controller = controller
    this.#options.begin()
    // who left before is noticed by nothing else
    if (request.destroyed && !request.complete) {
      this.fail(new ClientGoneError())
      return
    }
    this.#options.rates.add(this)
    // most bodies have come to their end by then, and an error is dear to make
    const broken = () => this.#controller && this.fail(new ClientGoneError())
    request.once("error", broken)
    request.once("close", broken)
    request.once("end", () => {
      this.#flush()
      this.#end()?.close()
    })
    request.on("data", this.#take)
  }

  cancel(): void {
    this.#end()
  }

  fail(error: Error): void {
    this.#end()?.error(error)
  }

  #take = (chunk: Buffer): void => {
    this.received += chunk.length
    const { limit } = this.#options
    if (this.received > limit) {
      this.fail(new PayloadTooLargeError(limit))
      return
    }
    this.#small.push(chunk)
    if (chunk.length >= LARGE || this.#small.length === 10_000) this.#flush()
    // what comes in one packet comes in one turn, and mostly its end with it
    else if (this.#small.length === 1) setImmediate(this.#flush)
  }

  #flush = (): void => {
    const chunks = this.#small
    const [first] = chunks
    if (first === undefined || this.#controller === undefined) return
    this.#small = []
    this.#controller.enqueue(chunks.length === 1 ? first : Buffer.concat(chunks))
    if ((this.#controller.desiredSize ?? 0) <= 0) this.#request.pause()
  }

  /** Ends it, once: who gets the controller says how. */
  #end(): ReadableStreamDefaultController<Uint8Array> | undefined {
    const controller = this.#controller
    this.#controller = undefined
    this.#options.rates.remove(this)
    this.#request.off("data", this.#take)
    return controller
  }
}
