import { bare } from "@bennu/core"
import { type Html, toString as print } from "@bennu/html"
import { Exchange, type Found } from "./exchange.ts"
import { type ExternalRedirect, redirectTarget } from "./local-redirect.ts"
import { checkedLimit } from "./options.ts"
import { type PageParts, renderPage } from "./page.ts"
import type { FormValues } from "./parsers/form.ts"
import { Reply } from "./reply.ts"
import { type SendFileOptions, sendFile } from "./send-file.ts"
import type { Source } from "./source.ts"

/** The part of a request that does not depend on what was assigned. `request`, `url` and `headers` are made when first read. */
export interface BareConn {
  readonly request: Request
  readonly url: URL
  readonly headers: Headers
  readonly method: string
  /** The path as it was sent, in its one canonical form. */
  readonly path: string
  /** `https://example.com`, as the client sees it. */
  readonly origin: string
  readonly remoteAddress: string | null
  /** Aborts when the client has gone. */
  readonly signal: AbortSignal
  /** `"live"` while a live view joins or navigates: the same pipeline runs then, on a GET, before `mount`. */
  readonly transport: "http" | "live"
  /** What the adapter gave. */
  readonly source: Source
  /** What plugs keep for one another during one request; whoever owns a key exports it. */
  readonly private: Map<symbol, unknown>
  readonly cookies: ReadonlyMap<string, string>
  /** The query, decoded to nested values. @throws {MalformedError} when it cannot be. */
  readonly query: FormValues
  /** One header, without making `headers`. @param name In lower case. */
  header(name: string): string | null
  /** The body's bytes, to be read as often as you like. @param limit In bytes (1 MB). */
  bytes(limit?: number): Promise<Uint8Array>
  /** Answers with a page as it is. */
  html(page: Html): Reply
  /** Answers with a page inside of the scope's layout. */
  page(parts: PageParts): Reply
  json(data: unknown): Reply
  text(text: string): Reply
  /** Sends the browser to a path of this app, or to one of the allowed origins. @throws {RedirectError} */
  redirect(to: string | ExternalRedirect): Reply
  /** Answers with a file, or the range of it that was asked for. @throws {NotFoundError} */
  sendFile(file: string, options?: SendFileOptions): Reply
}

/** Later wins: a plug may narrow what an earlier one assigned, or replace it by something else. */
export type Assigned<A, B> = Omit<A, keyof B> & B

/** A request on its way, with what plugs assigned to it. It is never changed: `assign` makes another. */
export interface Conn<out A = {}, in N extends string = never> extends BareConn {
  readonly params: { readonly [K in N]: string }
  readonly assigns: Readonly<A>
  assign<B extends object>(more: B): Conn<Assigned<A, B>, N>
}

export interface ConnOptions {
  /** What carries it (`"http"`). */
  readonly transport?: "http" | "live" | undefined
  readonly params?: Readonly<Record<string, string>> | undefined
  /** How many bytes `conn.request` gives at most (8 MB); parsers have bounds of their own. */
  readonly maxBodySize?: number | undefined
}

const MAX_BODY = 8_388_608
const MAX_PARSED_BODY = 1_048_576
const NO_PARAMS: Readonly<Record<string, string>> = Object.freeze(bare<string>())

const NOTHING = Object.freeze({})

/** Makes a conn of what an adapter received. Nothing of the source is read before it is needed. */
export function createConn(source: Source, options: ConnOptions = {}): Conn<{}, string> {
  const { transport = "http", params = NO_PARAMS, maxBodySize = MAX_BODY } = options
  const bounds = { bytes: checkedLimit("maxBodySize", maxBodySize), timeout: undefined }
  const exchange = new Exchange(source, transport, bounds)
  return new ConnOf<{}, string>(exchange, source.method, params, null, NOTHING)
}

/** The same request, with what the router found for it. @internal */
export function withFound<A>(conn: Conn<A>, found: Found): Conn<A, string> {
  const own = ConnOf.from(conn)
  own.exchange.found = found
  return own.with(conn.method, found.params)
}

/** The same request, as if it had come with another method. @internal */
export function withMethod<A>(conn: Conn<A>, method: string): Conn<A, string> {
  const own = ConnOf.from(conn)
  return own.with(method, own.params)
}

/** Whether it was made by `createConn`, or of what was. @internal */
export const isConn = (conn: BareConn): conn is Conn => conn instanceof ConnOf

/** What all conns of the request share. @internal */
export const exchangeOf = (conn: BareConn): Exchange => ConnOf.from(conn).exchange

/** What plugs had assigned to the request when it failed. @internal */
export const latestAssigns = (conn: BareConn): unknown => exchangeOf(conn).latest?.assigns

class ConnOf<out A, in N extends string> implements Conn<A, N> {
  readonly method: string
  readonly params: { readonly [K in N]: string }
  readonly #exchange: Exchange
  // assigning is one small object: the whole is put together when it is first read
  readonly #before: ConnOf<unknown, never> | null
  readonly #more: object
  #assigns: object | undefined

  constructor(
    exchange: Exchange,
    method: string,
    params: { readonly [K in N]: string },
    before: ConnOf<unknown, never> | null,
    more: object,
  ) {
    this.#exchange = exchange
    this.method = method
    this.params = params
    this.#before = before
    this.#more = more
  }

  static from<A>(conn: Conn<A>): ConnOf<A, string>
  static from(conn: BareConn): ConnOf<unknown, string>
  static from(conn: BareConn): ConnOf<unknown, string> {
    if (!(conn instanceof ConnOf)) throw new TypeError("a conn is made by createConn")
    return conn
  }

  with(method: string, params: Readonly<Record<string, string>>): ConnOf<A, string> {
    const before = this.#before
    const conn = new ConnOf<A, string>(this.#exchange, method, params, before, this.#more)
    conn.#assigns = this.#assigns
    return conn
  }

  get assigns(): Readonly<A> {
    this.#assigns ??= this.#collect()
    // what `assign` was given one after another, the later over the earlier: what `Assigned` says of A
    return this.#assigns as Readonly<A>
  }

  #collect(): object {
    const layers: object[] = []
    for (let at: ConnOf<unknown, never> | null = this; at !== null; at = at.#before) {
      layers.push(at.#assigns ?? at.#more)
      if (at.#assigns !== undefined) break
    }
    return Object.assign({}, ...layers.reverse())
  }

  assign<B extends object>(more: B): Conn<Assigned<A, B>, N> {
    const exchange = this.#exchange
    const conn = new ConnOf<Assigned<A, B>, N>(exchange, this.method, this.params, this, more)
    exchange.latest = conn
    return conn
  }

  get exchange(): Exchange {
    return this.#exchange
  }
  get source(): Source {
    return this.#exchange.source
  }
  get private(): Map<symbol, unknown> {
    return this.#exchange.private
  }
  get transport(): "http" | "live" {
    return this.#exchange.transport
  }
  get path(): string {
    return this.#exchange.path
  }
  get origin(): string {
    return this.#exchange.source.origin
  }
  get remoteAddress(): string | null {
    return this.#exchange.source.remoteAddress
  }
  get signal(): AbortSignal {
    return this.#exchange.source.signal
  }
  get request(): Request {
    return this.#exchange.request
  }
  get url(): URL {
    return this.#exchange.url
  }
  get headers(): Headers {
    return this.#exchange.headers
  }
  get cookies(): ReadonlyMap<string, string> {
    return this.#exchange.cookies
  }
  get query(): FormValues {
    return this.#exchange.query
  }
  header(name: string): string | null {
    return this.#exchange.source.header(name)
  }
  bytes(limit: number = MAX_PARSED_BODY): Promise<Uint8Array> {
    return Promise.resolve(this.#exchange.bytes(limit))
  }

  html(page: Html): Reply {
    return new Reply(200, HTML, print(page))
  }
  page(parts: PageParts): Reply {
    return this.html(renderPage(this, parts))
  }
  json(data: unknown): Reply {
    const text = JSON.stringify(data)
    if (text === undefined) throw new TypeError(`${typeof data} cannot be written as JSON`)
    return new Reply(200, JSON_TYPE, text)
  }
  text(text: string): Reply {
    return new Reply(200, TEXT, text)
  }
  redirect(to: string | ExternalRedirect): Reply {
    // after a PUT or DELETE only 303 makes a browser ask with GET (RFC 9110 §15.4.4)
    const status =
      this.method === "GET" || this.method === "HEAD" || this.method === "POST" ? 302 : 303
    return new Reply(status, [["location", redirectTarget(to)]], null)
  }
  sendFile(file: string, options?: SendFileOptions): Reply {
    return sendFile(this, file, options)
  }
}

const HTML = [["content-type", "text/html; charset=utf-8"]] as const
const JSON_TYPE = [["content-type", "application/json; charset=utf-8"]] as const
const TEXT = [["content-type", "text/plain; charset=utf-8"]] as const
