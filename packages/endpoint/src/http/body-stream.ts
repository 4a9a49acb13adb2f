import type { IncomingMessage } from "node:http"
import { PayloadTooLargeError } from "@bennu/plug"
import { ClientGoneError } from "../errors.ts"

/**
 * The body of a request as a stream: read from the network as fast as it is read here, and no further than `limit`.
 * @param begin Called before the first byte is asked for.
 */
export function bodyStream(
  request: IncomingMessage,
  { limit, begin }: { readonly limit: number; readonly begin: () => void },
): ReadableStream<Uint8Array> {
  let size = 0
  let begun = false
  let ended = false

  function source(controller: ReadableStreamDefaultController<Uint8Array>) {
    const end = (finish: () => void) => {
      if (ended) return
      ended = true
      request.off("data", take)
      finish()
    }
    const take = (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) return end(() => controller.error(new PayloadTooLargeError(limit)))
      controller.enqueue(chunk)
      if ((controller.desiredSize ?? 0) <= 0) request.pause()
    }
    request.on("data", take)
    request.pause()
    request.once("end", () => end(() => controller.close()))
    const broken = () => end(() => controller.error(new ClientGoneError()))
    request.once("error", broken)
    request.once("close", broken)
    return () => end(() => {})
  }

  let stop = () => {}
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stop = source(controller)
      },
      pull() {
        if (!begun) begin()
        begun = true
        request.resume()
      },
      cancel: () => stop(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: 65_536 }),
  )
}
