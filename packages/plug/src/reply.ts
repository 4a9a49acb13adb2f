import { type CookieAttributes, serializeCookie } from "./cookies.ts"
import { HeaderError } from "./errors.ts"
import type { FileBody } from "./file-body.ts"

/** Headers in order, names in lower case; `set-cookie` may stand there several times. */
export type HeaderPairs = readonly (readonly [name: string, value: string])[]
export type ReplyBody = string | Uint8Array | ReadableStream<Uint8Array> | FileBody | null

/**
 * An answer on its way out. It costs less than a `Response`, which `app.fetch` makes of it at the end; servers
 * write it as it is. It is never changed: each `with…` makes another.
 */
export class Reply {
  // what is only shaped like a reply is not one
  readonly #reply = true
  readonly status: number
  readonly headers: HeaderPairs
  readonly body: ReplyBody

  constructor(status: number, headers: HeaderPairs, body: ReplyBody) {
    this.status = status
    this.headers = headers
    this.body = body
  }

  static is(value: unknown): value is Reply {
    return typeof value === "object" && value !== null && #reply in value && value.#reply
  }

  header(name: string): string | null {
    const lower = name.toLowerCase()
    return this.headers.find(([other]) => other === lower)?.[1] ?? null
  }

  withStatus(status: number): Reply {
    if (!Number.isInteger(status) || status < 200 || status > 599) {
      throw new RangeError(`${status} is not a status from 200 to 599`)
    }
    return new Reply(status, this.headers, this.body)
  }

  /** Sets a header in place of one of the same name; `set-cookie` is added. */
  withHeader(name: string, value: string): Reply {
    const pair = checkedHeader(name, value)
    const others =
      pair[0] === "set-cookie" ? this.headers : this.headers.filter(([other]) => other !== pair[0])
    return new Reply(this.status, [...others, pair], this.body)
  }

  /** @throws {CookieError} when a browser would refuse it, or understand it differently. */
  withCookie(name: string, value: string, attributes?: CookieAttributes): Reply {
    return this.withHeader("set-cookie", serializeCookie(name, value, attributes))
  }

  /** The same without its body: what `HEAD` is answered with. */
  withoutBody(): Reply {
    const { body } = this
    const length =
      typeof body === "string"
        ? Buffer.byteLength(body)
        : body instanceof Uint8Array
          ? body.length
          : null
    const headers: HeaderPairs =
      length === null || this.header("content-length") !== null
        ? this.headers
        : [...this.headers, ["content-length", String(length)]]
    return new Reply(this.status, headers, null)
  }
}

// RFC 9110 §5.6.2 and §5.5: a token, and visible characters, spaces, tabs and what is not ASCII (as Latin-1)
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** A header that can be sent, its name in lower case. @throws {HeaderError} */
export function checkedHeader(name: string, value: string): readonly [string, string] {
  if (!TOKEN.test(name)) {
    throw new HeaderError(`${JSON.stringify(name.slice(0, 100))} is not the name of a header`)
  }
  if (!VALUE.test(value)) {
    throw new HeaderError(`the header ${name} holds a control character or one beyond Latin-1`, {
      hint: "Encode it first, for example with encodeURIComponent.",
    })
  }
  return [name.toLowerCase(), value]
}
