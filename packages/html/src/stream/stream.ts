import { randomToken } from "@bennu/core/crypto"
import type { Hole } from "../hole.ts"
import type { Html } from "../markup.ts"
import { PageWriter } from "./page-writer.ts"

export interface StreamOptions {
  /** Stops the stream, and what it waits for. */
  readonly signal?: AbortSignal | undefined
  /**
   * The nonce of the page's content security policy. With it, parts that have a placeholder come out of order and a
   * script of a line puts each in its place; without it everything comes in order and the page needs no script.
   */
  readonly nonce?: string | undefined
  /** What stands for a part that failed, and where its error is told; without it the stream fails with the error. */
  readonly onError?: ((error: unknown) => Hole) | undefined
  /** Parts that come out of order at once (64); further ones are waited for where they stand. */
  readonly maxPending?: number | undefined
  /** About how much is sent at once, in UTF-16 units (16,384). */
  readonly chunkSize?: number | undefined
  /** Chooses what the ids of placeholders start with (a random token, so that no other id does). */
  readonly prefix?: string | undefined
}

/**
 * Sends a page while parts of it are still being made: `new Response(stream(page, { signal: request.signal }))`. What
 * is there is sent before each wait, nothing is made before somebody reads, and who stops reading stops it all.
 */
export function stream(page: Html, options: StreamOptions = {}): ReadableStream<Uint8Array> {
  const { maxPending = 64, chunkSize = 16_384 } = options
  const { prefix = `later-${randomToken(9)}`, nonce = null, onError = null } = options
  checkCount("maxPending", maxPending, 0)
  checkCount("chunkSize", chunkSize, 1)
  const own = new AbortController()
  const signal = options.signal ? AbortSignal.any([own.signal, options.signal]) : own.signal
  const plan = { signal, nonce, onError, maxPending, chunkSize, prefix }
  const texts = new PageWriter(plan).write(page)
  const encoder = new TextEncoder()
  // between two reads nothing waits that would notice: what was opened is closed from here
  const close = () => void texts.return(undefined).catch(() => {})
  signal.addEventListener("abort", close, { once: true })
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          signal.throwIfAborted()
          const { done, value } = await texts.next()
          if (done) controller.close()
          else controller.enqueue(encoder.encode(value))
        } catch (error) {
          own.abort(error)
          throw error
        }
      },
      cancel(reason) {
        own.abort(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

function checkCount(name: string, value: number, least: number): void {
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`${name} is ${value}, and has to be a whole number from ${least}`)
  }
}
