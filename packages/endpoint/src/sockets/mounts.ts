import type { IncomingMessage } from "node:http"
import type { SocketHandler } from "@bennu/channels"

/** Finds the socket handler for a path: the one mounted there, or above it. */
export interface Mounts {
  handlerOf(target: string): SocketHandler | null
  readonly handlers: Iterable<SocketHandler>
}

export function mounts(sockets: Readonly<Record<string, SocketHandler>>): Mounts {
  const longestFirst = Object.entries(sockets).sort(([one], [other]) => other.length - one.length)
  return {
    handlers: new Set(Object.values(sockets)),
    handlerOf(target) {
      if (longestFirst.length === 0) return null
      const query = target.indexOf("?")
      const path = query === -1 ? target : target.slice(0, query)
      const found = longestFirst.find(([mount]) => path === mount || path.startsWith(`${mount}/`))
      return found?.[1] ?? null
    },
  }
}

/** Whether a request asks for a WebSocket, as opposed to HTTP/2 or anything else that an `Upgrade` may name. */
export const asksForWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === "websocket"
