import { PayloadTooLargeError } from "../errors.ts"
import { checkedLimit } from "../options.ts"

/** Reads a stream to its end. @throws {PayloadTooLargeError} beyond `limit` bytes; the rest is not read. */
export async function readBytes(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array> {
  checkedLimit("the limit of a body", limit)
  if (stream === null) return new Uint8Array()
  const reader = stream.getReader()
  // one buffer that grows, and no list of chunks: a million of one byte each would cost a hundred times as much
  let bytes = new Uint8Array()
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return bytes.subarray(0, size)
    if (size + value.byteLength > limit) {
      // nobody waits for the source to agree: what it says now changes nothing
      reader.cancel().catch(() => {})
      throw new PayloadTooLargeError(limit)
    }
    bytes = withRoom(bytes, size + value.byteLength)
    bytes.set(value, size)
    size += value.byteLength
  }
}

/** The same bytes with room for `needed`: what came decides, never what was announced. */
function withRoom(bytes: Uint8Array<ArrayBuffer>, needed: number): Uint8Array<ArrayBuffer> {
  if (needed <= bytes.length) return bytes
  const larger = new Uint8Array(Math.max(needed, 2 * bytes.length))
  larger.set(bytes)
  return larger
}

/** The same stream, which fails with `PayloadTooLargeError` beyond `limit` bytes. */
export function limitBytes(
  stream: ReadableStream<Uint8Array>,
  limit: number,
): ReadableStream<Uint8Array> {
  checkedLimit("maxBodySize", limit)
  let size = 0
  return stream.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        size += chunk.byteLength
        if (size > limit) controller.error(new PayloadTooLargeError(limit))
        else controller.enqueue(chunk)
      },
    }),
  )
}
