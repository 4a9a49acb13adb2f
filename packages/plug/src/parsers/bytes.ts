import { PayloadTooLargeError } from "../errors.ts"
import { checkedLimit } from "../options.ts"

/** Reads a stream to its end. @throws {PayloadTooLargeError} beyond `limit` bytes; the rest is not read. */
export async function readBytes(
  stream: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array> {
  checkedLimit("the limit of a body", limit)
  if (stream === null) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = stream.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.byteLength
    if (size > limit) {
      // nobody waits for the source to agree: what it says now changes nothing
      reader.cancel().catch(() => {})
      throw new PayloadTooLargeError(limit)
    }
    chunks.push(value)
  }
  const [only] = chunks
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, size)
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
