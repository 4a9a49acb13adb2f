import type { IncomingHttpHeaders, IncomingMessage } from "node:http"
import type { Duplex } from "node:stream"
import type { Source } from "@bennu/plug"
import { headerOf, headersOf, originForm } from "../http/node-source.ts"
import type { Peer } from "../http/peer.ts"

/** A request for a socket, which is read for as long as the socket lives: of node's own only the headers are kept. */
export class UpgradeSource implements Source {
  readonly method: string
  readonly target: string
  readonly origin: string
  readonly remoteAddress: string | null
  readonly #headers: IncomingHttpHeaders
  readonly #socket: Duplex
  #signal: AbortSignal | undefined

  constructor(request: IncomingMessage, { origin, remoteAddress }: Peer, socket: Duplex) {
    this.method = request.method ?? "GET"
    this.target = originForm(request.url ?? "/")
    this.origin = origin
    this.remoteAddress = remoteAddress
    this.#headers = request.headers
    this.#socket = socket
  }

  header(name: string): string | null {
    return headerOf(this.#headers, name)
  }

  headers(): Headers {
    return headersOf(this.#headers)
  }

  /** What comes after it are the socket's frames. */
  body(): null {
    return null
  }

  get signal(): AbortSignal {
    this.#signal ??= goneSignal(this.#socket)
    return this.#signal
  }
}

function goneSignal(socket: Duplex): AbortSignal {
  const gone = new AbortController()
  if (socket.destroyed) gone.abort()
  else socket.once("close", () => gone.abort())
  return gone.signal
}
