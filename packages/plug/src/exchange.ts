import type { Awaitable } from "@bennu/core"
import type { Match } from "@bennu/router"
import { pathOf } from "./canonical-path.ts"
import { parseCookies } from "./cookies.ts"
import { MalformedError } from "./errors.ts"
import type { ParsedBody } from "./parsers/body.ts"
import { limitBytes, readBytes } from "./parsers/bytes.ts"
import { decodeForm, type FormValues } from "./parsers/form.ts"
import type { BodyBounds, Source } from "./source.ts"

const QUERY = { maxPairs: 200 }

/** What the router found for a request. */
export type Found = Pick<Match<unknown>, "params" | "route">

/**
 * What all conns of one request share: the source, what is made of it when first asked for, and what plugs keep
 * for one another.
 */
export class Exchange {
  readonly source: Source
  readonly transport: "http" | "live"
  readonly path: string
  /** What was assigned last, for whoever looks into what went wrong. */
  latest: { readonly assigns: unknown } | null = null
  /** The route that it is for. */
  found: Found | null = null
  /** What names it in logs and on error pages. */
  id: string | undefined
  /** The body, decoded. */
  parsed: Awaitable<ParsedBody> | undefined
  /** What its route takes. */
  bounds: BodyBounds
  #private: Map<symbol, unknown> | undefined
  #request: Request | undefined
  #url: URL | undefined
  #headers: Headers | undefined
  #cookies: ReadonlyMap<string, string> | undefined
  #query: FormValues | undefined
  #bytes: Awaitable<Uint8Array> | undefined

  /** @param bounds What is taken before its route is found. */
  constructor(source: Source, transport: "http" | "live", bounds: BodyBounds) {
    this.source = source
    this.path = pathOf(source.target)
    this.transport = transport
    this.bounds = bounds
  }

  get private(): Map<symbol, unknown> {
    this.#private ??= new Map()
    return this.#private
  }

  get url(): URL {
    this.#url ??= new URL(this.source.origin + this.source.target)
    return this.#url
  }

  get headers(): Headers {
    this.#headers ??= this.source.headers()
    return this.#headers
  }

  get cookies(): ReadonlyMap<string, string> {
    this.#cookies ??= parseCookies(this.source.header("cookie"))
    return this.#cookies
  }

  get query(): FormValues {
    // what stands behind the path and its "?"
    this.#query ??= decodeForm(this.source.target.slice(this.path.length + 1), QUERY)
    return this.#query
  }

  get request(): Request {
    this.#request ??= this.#makeRequest()
    return this.#request
  }

  /** The body, read once and kept: a parser, a CSRF check and `conn.request` may all ask for it. */
  bytes(limit: number): Awaitable<Uint8Array> {
    this.#bytes ??= this.#readBytes(limit)
    return this.#bytes
  }

  #readBytes(limit: number): Awaitable<Uint8Array> {
    const { source, bounds } = this
    const bytes = Math.min(limit, bounds.bytes)
    if (this.#request === undefined) {
      return source.bytes?.({ ...bounds, bytes }) ?? readBytes(source.body(bounds), bytes)
    }
    if (this.#request.bodyUsed) {
      throw new MalformedError("the body was read already", {
        hint: "Read it through action or through conn.request, not through both.",
      })
    }
    return readBytes(this.#request.clone().body, bytes)
  }

  #makeRequest(): Request {
    const { method, signal } = this.source
    const bare = method === "GET" || method === "HEAD"
    const body = bare
      ? null
      : this.#bytes === undefined
        ? this.#limitedBody()
        : bytesStream(this.#bytes)
    // a stream for a body needs `duplex`, which the DOM's own types do not know: fetch.spec.whatwg.org#dom-requestinit-duplex
    const init: RequestInit & { readonly duplex: "half" } = {
      method,
      headers: this.headers,
      signal,
      body,
      duplex: "half",
    }
    return new Request(this.url, init)
  }

  #limitedBody(): ReadableStream<Uint8Array> | null {
    const body = this.source.body(this.bounds)
    return body === null ? null : limitBytes(body, this.bounds.bytes)
  }
}

const bytesStream = (bytes: Awaitable<Uint8Array>): ReadableStream<Uint8Array> =>
  new ReadableStream({
    async start(controller) {
      const all = await bytes
      if (all.length > 0) controller.enqueue(all)
      controller.close()
    },
  })
