import type { IncomingMessage } from "node:http"
import type { Awaitable } from "@bennu/core"
import { PayloadTooLargeError } from "@bennu/plug"
import { ClientGoneError } from "../errors.ts"
import type { Arriving } from "./body-rate.ts"
import type { BodyOptions } from "./body-stream.ts"

/** Beyond so many chunks they are put together: a million of one byte each would cost a hundred times what they hold. */
const MOST_CHUNKS = 1_000

/**
 * All bytes of a request's body at once, straight from the network: most bodies are small and read whole, and a stream
 * between would take longer than all the rest. The limits are those of the stream.
 */
export function bodyBytes(request: IncomingMessage, options: BodyOptions): Awaitable<Uint8Array> {
  return arrived(request, options.limit) ?? arriving(request, options)
}

/** What has come already, if that is all of it. */
function arrived(request: IncomingMessage, limit: number): Uint8Array | null {
  // of HTTP/2 nobody says so
  if (!request.complete || request.httpVersionMajor !== 1) return null
  if (request.destroyed || request.readableLength > limit) return null
  // a Buffer, since nobody has set an encoding; `null` when there is nothing in it
  const bytes: Buffer | null = request.read()
  return bytes ?? new Uint8Array()
}

function arriving(request: IncomingMessage, options: BodyOptions): Promise<Uint8Array> {
  const { limit, timeout, rates, begin } = options
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>()
  begin()
  // who left before is noticed by nothing else
  if (request.destroyed && !request.complete) {
    reject(new ClientGoneError())
    return promise
  }
  const pieces: Buffer[] = []
  let chunks: Buffer[] = []
  let done = false
  const end = () => {
    done = true
    rates.remove(body)
  }
  const body: Arriving = {
    received: 0,
    timeout,
    waiting: true,
    fail(error) {
      end()
      reject(error)
    },
  }
  rates.add(body)
  // nobody stops listening: what comes after the end is dropped here, and the listeners go with the request
  request.on("data", (chunk: Buffer) => {
    if (done) return
    body.received += chunk.length
    if (body.received > limit) {
      body.fail(new PayloadTooLargeError(limit))
      return
    }
    chunks.push(chunk)
    if (chunks.length < MOST_CHUNKS) return
    pieces.push(Buffer.concat(chunks))
    chunks = []
  })
  request.on("end", () => {
    if (done) return
    end()
    pieces.push(...chunks)
    const [first] = pieces
    resolve(first !== undefined && pieces.length === 1 ? first : Buffer.concat(pieces))
  })
  // it comes last, whatever ended the request
  request.on("close", () => {
    if (!done) body.fail(new ClientGoneError())
  })
  return promise
}
