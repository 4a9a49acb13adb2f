import { STATUS_CODES } from "node:http"
import type { Duplex } from "node:stream"
import { requestRefused } from "../telemetry.ts"

const STATUSES: ReadonlyMap<string, number> = new Map([
  ["HPE_HEADER_OVERFLOW", 431],
  ["HPE_CHUNK_EXTENSIONS_OVERFLOW", 413],
  ["ERR_HTTP_REQUEST_TIMEOUT", 408],
])

/** Answers what is no request that can be read, and tells of it: `node:http` would answer and keep it to itself. */
export function answerParserError(error: Error & { code?: string }, socket: Duplex): void {
  const status = STATUSES.get(error.code ?? "") ?? 400
  // a client that has left broke no rule
  if (error.code !== "ECONNRESET") {
    const remoteAddress = "remoteAddress" in socket ? String(socket.remoteAddress) : null
    const reason = error.code ?? error.message
    requestRefused.emit(() => ({ status, reason, remoteAddress }))
  }
  if (!socket.writable || isWithinAnswer(socket)) {
    socket.destroy()
    return
  }
  const body = `${status}: ${STATUS_CODES[status]}\n`
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\n`
  const type = "content-type: text/plain; charset=utf-8\r\nx-content-type-options: nosniff\r\n"
  socket.end(`${head}${type}content-length: ${body.length}\r\n\r\n${body}`, () => socket.destroy())
}

/** Whether an answer has begun on this connection: another one in its midst would be taken for a part of it. */
function isWithinAnswer(socket: Duplex): boolean {
  // where node:http keeps what is being written, and looks itself for the same reason
  const message: unknown = Reflect.get(socket, "_httpMessage")
  return (
    typeof message === "object" &&
    message !== null &&
    "headersSent" in message &&
    message.headersSent === true
  )
}
