import type { Awaitable } from "@bennu/core"

/** How much of a body is taken. */
export interface BodyBounds {
  readonly bytes: number
  /** Milliseconds that all of it may take; `undefined` where the adapter's own limit holds. */
  readonly timeout: number | undefined
}

/** A request as a server has it, before anything is made of it. Adapters give one to `createConn`. */
export interface Source {
  readonly method: string
  /** Path and query as they were received, in origin form: `/posts/1?page=2`. */
  readonly target: string
  /** `https://example.com`: scheme and host, already trusted by the adapter. */
  readonly origin: string
  /** One header; several lines of it are joined as HTTP says. @param name In lower case. */
  header(name: string): string | null
  headers(): Headers
  /** Who is at the other end, or behind the trusted proxies; `null` where nobody can tell. */
  readonly remoteAddress: string | null
  /**
   * The bytes that come with it, or `null`; to be read once.
   * @param bounds What the route takes; without them, what the adapter does.
   */
  body(bounds?: BodyBounds): ReadableStream<Uint8Array> | null
  /**
   * All of these bytes, where an adapter reads them faster than through a stream; instead of `body`, and once. At once
   * if they are here already, so that whoever needs them goes on without a promise.
   * @throws {PayloadTooLargeError} from the promise, beyond the bounds; the rest is not read.
   */
  bytes?(bounds: BodyBounds): Awaitable<Uint8Array>
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
}

/** A source made of a `Request`: for `app.fetch`, and for hosts that speak the Web platform. */
export function requestSource(
  request: Request,
  { remoteAddress = null }: { readonly remoteAddress?: string | null | undefined } = {},
): Source {
  const { url } = request
  // a Request's URL is absolute and normalised: its path starts at the first slash behind "://host"
  const start = url.indexOf("/", url.indexOf("://") + 3)
  const hash = url.indexOf("#", start)
  return {
    method: request.method,
    target: url.slice(start, hash === -1 ? undefined : hash),
    origin: url.slice(0, start),
    header: (name) => request.headers.get(name),
    headers: () => request.headers,
    remoteAddress,
    body: () => request.body,
    signal: request.signal,
  }
}
