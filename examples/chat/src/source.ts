import type { IncomingMessage } from "node:http"
import { Readable, type Writable } from "node:stream"
import type { UpgradeRequest } from "@bennu/channels"

/** A request of `node:http` as channels read it. */
export function sourceOf(
  request: IncomingMessage,
  answer: Writable,
  stopping: AbortSignal,
): UpgradeRequest {
  const gone = new AbortController()
  answer.once("close", () => gone.abort())
  const pairs = Object.entries(request.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)] satisfies [string, string]],
  )
  const headers = new Headers(pairs)
  return {
    method: request.method ?? "GET",
    target: request.url ?? "/",
    origin: `http://${request.headers.host}`,
    header: (name) => headers.get(name),
    headers: () => headers,
    remoteAddress: request.socket.remoteAddress ?? null,
    body: () => (request.method === "POST" ? Readable.toWeb(request) : null),
    signal: AbortSignal.any([gone.signal, stopping]),
  }
}
