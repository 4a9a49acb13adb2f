import type { UpgradeRequest } from "@bennu/channels"
import type { Source } from "@bennu/plug"

// What belongs to the connection that the socket lives on, and not to the page that it is for.
const hop = new Set(["connection", "upgrade", "keep-alive", "transfer-encoding", "content-length"])
const hidden = (name: string) => hop.has(name) || name.startsWith("sec-websocket-")

/** The GET that a page of this address would be asked for with, by whoever opened the socket. */
export function liveSource(request: UpgradeRequest, target: string, signal: AbortSignal): Source {
  return {
    method: "GET",
    target,
    origin: request.origin,
    header: (name) =>
      name === "accept" ? "text/html" : hidden(name) ? null : request.header(name),
    headers() {
      const headers = new Headers({ accept: "text/html" })
      for (const [name, value] of request.headers())
        if (!hidden(name) && name !== "accept") headers.append(name, value)
      return headers
    },
    remoteAddress: request.remoteAddress,
    body: () => null,
    signal,
  }
}
