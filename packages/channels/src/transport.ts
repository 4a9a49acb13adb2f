import type { Awaitable } from "@bennu/core"
import type { Source } from "@bennu/plug"

/**
 * The HTTP request that asks for a socket: what a conn is made of, so that whatever reads a page's request
 * (its cookies, its session) can read this one.
 */
export type UpgradeRequest = Source

/** What a server mounts at a path and asks about each request for a socket there. */
export interface SocketHandler {
  /** What is spoken on the socket, for logs and route lists. */
  readonly protocol: string
  upgrade(request: UpgradeRequest): Awaitable<Accepted | Refused>
  /**
   * Answers a request below its path that does not ask for a WebSocket, such as a long poll; `null` for one that is
   * not its own. An answer may take long: it comes at once when `request.signal` aborts, which the server does when
   * the client has gone, and when it stops.
   */
  request?(request: UpgradeRequest): Awaitable<HttpAnswer | null>
  /**
   * Called when the server is about to close its sockets: what has to be put away for clients that come back to another
   * server is put away here. They are closed when it is done, at the latest when `deadline` aborts.
   */
  drain?(deadline: AbortSignal): Awaitable<void>
  /** Called when the server has stopped and its sockets are closed. */
  stop?(): Awaitable<void>
}

/** An answer over HTTP. */
export interface HttpAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** No socket: answer this instead of switching protocols. */
export interface Refused extends HttpAnswer {}

/** A socket is welcome: switch protocols, then `open` it. */
export interface Accepted {
  /** The one to name in `Sec-WebSocket-Protocol`; none may be named without it. */
  readonly subprotocol?: string | undefined
  /** Bytes of the largest message to take; the server closes with 1009 beyond it. */
  readonly maxPayload: number
  open(transport: Transport): Connection
}

/**
 * What carries frames to one client. The server implements it for its WebSockets; a long poll is another.
 * Nothing here throws.
 */
export interface Transport {
  /** Queues a frame: text for a string, binary for bytes. Does nothing once closed. */
  send(data: string | Uint8Array): void
  close(code: number, reason?: string | undefined): void
  /** Bytes that were handed to `send` and have not left yet. */
  readonly bufferedAmount: number
  /** Whether it closes by itself when its client is gone, so that a client may be silent (no). */
  readonly noticesAbsence?: boolean | undefined
}

/** What the server calls with all that happens on one socket. No method throws. */
export interface Connection {
  message(data: string | Uint8Array): void
  /** The socket is gone, by either side. Called once. */
  closed(code: number): void
  /** What had piled up, one message behind another, has left. */
  drain(): void
}
