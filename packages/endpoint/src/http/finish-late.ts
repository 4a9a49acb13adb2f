import type { IncomingMessage, ServerResponse } from "node:http"

const PATIENCE = 2_000

/**
 * Ends an answer to a request whose body is still on its way. Closing a connection with unread data in it resets it,
 * and the client may never see the answer; so the answer is sent, and then the rest is read and dropped for a while.
 * @param limit How many bytes are dropped at most.
 */
export function finishLate(
  request: IncomingMessage,
  response: ServerResponse,
  limit: number,
  last: string | Uint8Array | undefined,
): void {
  if (last !== undefined) response.write(last)
  else response.flushHeaders()
  let size = 0
  const done = () => {
    clearTimeout(timer)
    request.off("data", count)
    request.off("end", done)
    request.off("close", done)
    response.end()
  }
  const count = (chunk: Buffer) => {
    size += chunk.length
    if (size > limit) done()
  }
  const timer = setTimeout(done, PATIENCE)
  request.on("data", count)
  request.once("end", done)
  request.once("close", done)
  request.resume()
}
