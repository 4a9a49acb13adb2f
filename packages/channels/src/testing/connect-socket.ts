import type { Refused, SocketHandler, UpgradeRequest } from "../transport.ts"
import { SocketRefusedError } from "./errors.ts"
import { TestSocket } from "./test-socket.ts"

export interface ConnectOptions {
  /** The path and query that the client asks for (`/socket/websocket?vsn=2.0.0`). */
  readonly target?: string | undefined
  /** What the client connects with: put into the query, before `vsn`. */
  readonly params?: Readonly<Record<string, string>> | undefined
  readonly authToken?: string | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly method?: string | undefined
  /** Scheme and host of the server (`http://localhost`). */
  readonly origin?: string | undefined
  /** Milliseconds to wait for what is expected (1,000). */
  readonly timeout?: number | undefined
}

/** A request for a socket as a server hands it on. */
export function upgradeRequest(options: ConnectOptions = {}): UpgradeRequest {
  const query = new URLSearchParams({ ...options.params, vsn: "2.0.0" })
  const headers = new Headers(options.headers)
  if (options.authToken !== undefined) {
    const token = btoa(options.authToken).replaceAll("=", "")
    headers.set("sec-websocket-protocol", `phoenix, base64url.bearer.phx.${token}`)
  }
  return {
    method: options.method ?? "GET",
    target: options.target ?? `/socket/websocket?${query}`,
    origin: options.origin ?? "http://localhost",
    header: (name) => headers.get(name),
    headers: () => headers,
    remoteAddress: "127.0.0.1",
    body: () => null,
    signal: new AbortController().signal,
  }
}

/**
 * Connects a client to a socket handler, without a server or a network.
 * @throws {SocketRefusedError} when the handler does not let it in.
 * @example const client = await connectSocket(socket({ channels: { "room:*": Room }, pubsub }))
 */
export async function connectSocket(
  handler: SocketHandler,
  options: ConnectOptions = {},
): Promise<TestSocket> {
  const answer = await handler.upgrade(upgradeRequest(options))
  if (isRefused(answer)) throw new SocketRefusedError(answer.status)
  return new TestSocket(answer, options.timeout ?? 1000)
}

const isRefused = (answer: object): answer is Refused => "status" in answer
