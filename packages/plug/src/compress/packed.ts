import type { Packing } from "./codings.ts"

/** Hears when a stream begins to be packed, and when that is over. */
export interface Watch {
  began(): void
  ended(): void
}

/**
 * The same stream, packed. What comes in leaves at once: no piece waits for the next one. Nothing is held before it is
 * read, and a reader who is slow makes whoever writes wait.
 */
export function packed(
  body: ReadableStream<Uint8Array>,
  { pieces, flush }: Packing,
  { began, ended }: Watch,
): ReadableStream<Uint8Array> {
  const reader = body.getReader()
  let packer: ReturnType<Packing["pieces"]> | undefined
  /** Whether nobody reads any more: what is still on its way out of the packer is nobody's. */
  let over = false

  function open(controller: ReadableStreamDefaultController<Uint8Array>) {
    const opened = pieces()
    began()
    opened.on("data", (piece: Buffer) => over || controller.enqueue(piece))
    opened.on("end", () => over || controller.close())
    opened.on("error", (error) => over || controller.error(error))
    opened.on("close", ended)
    return opened
  }
  function stop() {
    over = true
    packer?.destroy()
  }
  async function pull(controller: ReadableStreamDefaultController<Uint8Array>) {
    packer ??= open(controller)
    const { done, value } = await nextOf(reader)
    if (done) packer.end()
    else {
      packer.write(value)
      await new Promise<void>((flushed) => packer?.flush(flush, flushed))
    }
  }
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          await pull(controller)
        } catch (error) {
          stop()
          throw error
        }
      },
      cancel(reason) {
        stop()
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

/** What comes next that is not empty: a packer has nothing to say to that, and whoever reads would wait for it. */
async function nextOf(reader: ReadableStreamDefaultReader<Uint8Array>) {
  for (;;) {
    const read = await reader.read()
    if (read.done || read.value.byteLength > 0) return read
  }
}
