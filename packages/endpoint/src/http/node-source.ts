import type { IncomingHttpHeaders, IncomingMessage } from "node:http"
import type { Http2ServerRequest } from "node:http2"
import type { Awaitable } from "@bennu/core"
import type { BodyBounds, Source } from "@bennu/plug"
import type { Peer } from "./peer.ts"

/** What a source needs of the connection that its request came by. */
export interface Carrier {
  /** Calls `gone` once, if the client leaves before it has its answer. */
  onGone(gone: () => void): void
  /** The body; called at most once, and only for a request that has one. */
  body(bounds: BodyBounds | undefined): ReadableStream<Uint8Array>
  /** All of the body, instead of `body`. */
  bytes(bounds: BodyBounds): Awaitable<Uint8Array>
}

/** A request of `node:http` as plug reads it. Nothing is made of it before it is asked for. */
export class NodeSource implements Source {
  readonly method: string
  readonly target: string
  readonly origin: string
  readonly remoteAddress: string | null
  readonly #request: IncomingMessage
  readonly #carrier: Carrier
  #signal: AbortSignal | undefined
  #body: ReadableStream<Uint8Array> | null | undefined

  constructor(request: IncomingMessage, { origin, remoteAddress }: Peer, carrier: Carrier) {
    this.method = request.method ?? "GET"
    this.target = originForm(request.url ?? "/")
    this.origin = origin
    this.remoteAddress = remoteAddress
    this.#request = request
    this.#carrier = carrier
  }

  header(name: string): string | null {
    return headerOf(this.#request.headers, name)
  }

  headers(): Headers {
    return headersOf(this.#request.headers)
  }

  bytes(bounds: BodyBounds): Awaitable<Uint8Array> {
    if (this.#body !== undefined) throw new TypeError("the body was read already")
    this.#body = null
    return hasBody(this.#request) ? this.#carrier.bytes(bounds) : new Uint8Array()
  }

  body(bounds?: BodyBounds): ReadableStream<Uint8Array> | null {
    if (this.#body === undefined) {
      this.#body = hasBody(this.#request) ? this.#carrier.body(bounds) : null
    }
    return this.#body
  }

  get signal(): AbortSignal {
    if (this.#signal === undefined) {
      const controller = new AbortController()
      this.#signal = controller.signal
      this.#carrier.onGone(() => controller.abort())
    }
    return this.#signal
  }
}

/** One header, as a `Source` gives it. */
export function headerOf(headers: IncomingHttpHeaders, name: string): string | null {
  // the object has a prototype: what is no string, no client sent
  const value: unknown = headers[name]
  return typeof value === "string" ? value : Array.isArray(value) ? value.join(", ") : null
}

/** All of them, as a `Source` gives them. */
export function headersOf(from: IncomingHttpHeaders): Headers {
  const headers = new Headers()
  for (const [name, value] of Object.entries(from)) {
    // HTTP/2 says there what HTTP/1.1 says in its first line
    if (name.startsWith(":")) continue
    if (typeof value === "string") headers.append(name, value)
    else for (const each of value ?? []) headers.append(name, each)
  }
  return headers
}

/** Path and query of a target in absolute form, as a client may send it to what it takes for a proxy: RFC 9112 §3.2.2. */
export function originForm(target: string): string {
  if (target.startsWith("/")) return target
  const match = /^https?:\/\/[^/?#]*/i.exec(target)
  if (match === null) return target
  const rest = target.slice(match[0].length)
  return rest.startsWith("/") ? rest : `/${rest}`
}

/** Whether a body comes with the request, or may still come. */
export function hasBody(request: IncomingMessage | Http2ServerRequest): boolean {
  const { headers } = request
  // what says nothing of a length there, ends by a frame that says so
  if ("stream" in request) return !request.stream.endAfterHeaders
  if (headers["transfer-encoding"] !== undefined) return true
  const length = headers["content-length"]
  return length !== undefined && length !== "0"
}
