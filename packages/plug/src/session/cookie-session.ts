import { type Awaitable, type Duration, milliseconds } from "@bennu/core"
import { randomToken, type Secret, sealer, signer } from "@bennu/core/crypto"
import { type CookieAttributes, parseCookies, serializeCookie } from "../cookies.ts"
import { checkKeys } from "../options.ts"

/** What an app keeps about a visitor from request to request. Values are JSON. */
export interface Session {
  /** The same until `renew` or `clear`; not secret, but known to this visitor only. */
  readonly id: string
  get(key: string): unknown
  put(key: string, value: unknown): void
  delete(key: string): void
  /** Forgets everything; what is put afterwards belongs to a new session. */
  clear(): void
  /** Keeps the data under a new id and a new CSRF token: call it when somebody logs in or gains rights. */
  renew(): void
}

/** A session with what a server needs to carry it on. */
export interface KeptSession extends Session {
  /** Whether anything of it was read or written, so that the answer is this visitor's. */
  readonly touched: boolean
  /** Whether it was written to. */
  readonly changed: boolean
  /** Keeps what was written, at the end of a request. It gives the `Set-Cookie` value for it, or `null`. */
  setCookie(): Awaitable<string | null>
}

/** Opens the sessions of requests, wherever they are kept. `session()` is the plug around it. */
export interface Sessions {
  /**
   * Opens the session that a request brought, or a new one.
   * @param cookies The `Cookie` header, or the cookies.
   * @param options `secure`, whether the browser came by https: then the cookie is bound to its host by `__Host-`.
   */
  open(
    cookies: string | null | ReadonlyMap<string, string>,
    options: { readonly secure: boolean },
  ): Awaitable<KeptSession>
}

/** A session that needs no store. */
export interface OpenSession extends KeptSession {
  /** The `Set-Cookie` value that keeps it, or `null` when the browser has what it needs. @throws {CookieError} beyond 4096 bytes. */
  setCookie(): string | null
}

export interface SessionOptions {
  /** One secret of at least 64 characters, or several: the first signs, all are accepted. */
  readonly secret: Secret
  /** How long it is kept after it was last written (`"14d"`). */
  readonly maxAge?: Duration | undefined
  /** How long it is kept at most, in use or not (`"90d"`). */
  readonly absolute?: Duration | undefined
  /** The cookie (`"session"`); on https it is called `__Host-session`. */
  readonly name?: string | undefined
  readonly sameSite?: "Strict" | "Lax" | undefined
  /** Encrypts it as well, so that the visitor cannot read it (`false`). */
  readonly encrypt?: boolean | undefined
  /** The clock, in milliseconds. */
  readonly now?: (() => number) | undefined
}

/** Opens sessions that live in a signed cookie, for any server. */
export interface CookieSessions extends Sessions {
  /** Opens the session that a request brought, or a new one. Nothing is verified before it is needed. */
  open(
    cookies: string | null | ReadonlyMap<string, string>,
    options: { readonly secure: boolean },
  ): OpenSession
}

const known: Readonly<Record<keyof SessionOptions, true>> = {
  secret: true,
  maxAge: true,
  absolute: true,
  name: true,
  sameSite: true,
  encrypt: true,
  now: true,
}

/** @example cookieSessions({ secret }).open(request.headers.get("cookie"), { secure: true }).get("user") */
export function cookieSessions(options: SessionOptions): CookieSessions {
  checkKeys("session", options, known)
  const { secret, name = "session", sameSite = "Lax", encrypt = false, now = Date.now } = options
  const maxAge = milliseconds(options.maxAge ?? "14d")
  const absolute = milliseconds(options.absolute ?? "90d")
  const codec = codecOf(secret, encrypt, now)
  // a name that cannot be a cookie's is found here, and not with the first visitor
  serializeCookie(name, "")
  return {
    open(cookies, { secure }) {
      const jar = cookies === null || typeof cookies === "string" ? parseCookies(cookies) : cookies
      const cookieName = secure ? `__Host-${name}` : name
      const attributes = { secure, sameSite }
      const context = { codec, maxAge, absolute, now, cookieName, attributes }
      return new CookieSession(jar.get(cookieName), context)
    },
  }
}

interface Codec {
  write(data: unknown): string
  read(token: string, maxAge: number): unknown
}

function codecOf(secret: Secret, encrypt: boolean, now: () => number): Codec {
  const purpose = "bennu.plug.session"
  if (encrypt) {
    const { seal, open } = sealer(secret, purpose, { now })
    return {
      write: (data) => seal(data),
      read(token, maxAge) {
        const result = open(token, { maxAge })
        return result.ok ? result.value : null
      },
    }
  }
  const { sign, verify } = signer(secret, purpose, { now })
  return {
    write: (data) => sign(data),
    read(token, maxAge) {
      const result = verify(token, { maxAge })
      return result.ok ? result.value : null
    },
  }
}

interface Context {
  readonly codec: Codec
  readonly maxAge: number
  readonly absolute: number
  readonly now: () => number
  readonly cookieName: string
  readonly attributes: CookieAttributes
}

class CookieSession implements OpenSession {
  readonly #token: string | undefined
  readonly #context: Context
  #id = ""
  #data: Map<string, unknown> | undefined
  #writtenAt: number | null = null
  #since: number | null = null
  changed = false

  constructor(token: string | undefined, context: Context) {
    this.#token = token
    this.#context = context
  }

  get touched(): boolean {
    return this.#data !== undefined
  }

  get id(): string {
    this.#open()
    if (this.#id === "") {
      this.#id = randomToken()
      this.changed = true
    }
    return this.#id
  }

  get(key: string): unknown {
    return this.#open().get(key)
  }

  put(key: string, value: unknown): void {
    if (value === undefined)
      throw new TypeError(`the session cannot keep undefined as ${JSON.stringify(key)}`)
    this.#open().set(key, value)
    this.changed = true
  }

  delete(key: string): void {
    if (this.#open().delete(key)) this.changed = true
  }

  clear(): void {
    this.#open().clear()
    this.#id = ""
    this.#since = null
    this.changed = true
  }

  renew(): void {
    this.#open().delete(csrfKey)
    this.#id = randomToken()
    this.#since = null
    this.changed = true
  }

  setCookie(): string | null {
    const { codec, maxAge, absolute, now, cookieName, attributes } = this.#context
    // kept in use, it is written again before it ends, but not with each answer
    const old = this.#writtenAt !== null && now() - this.#writtenAt > maxAge / 2
    if (this.#data === undefined || !(this.changed || old)) return null
    if (this.#data.size === 0 && this.#id === "") {
      if (this.#token === undefined) return null
      return serializeCookie(cookieName, "", { ...attributes, maxAge: 0 })
    }
    const at = now()
    const since = this.#since ?? at
    const data = Object.fromEntries(this.#data)
    const token = codec.write({ id: this.id, at, since, data })
    const left = Math.min(maxAge, since + absolute - at)
    return serializeCookie(cookieName, token, { ...attributes, maxAge: Math.floor(left / 1000) })
  }

  #open(): Map<string, unknown> {
    this.#data ??= this.#read()
    return this.#data
  }

  #read(): Map<string, unknown> {
    if (this.#token === undefined || this.#token === "") return new Map()
    const { codec, maxAge, absolute, now } = this.#context
    const stored = codec.read(this.#token, maxAge)
    if (!isStored(stored)) return new Map()
    // an older version of us did not write it down
    const since = stored.since ?? stored.at
    if (now() - since > absolute) return new Map()
    this.#id = stored.id
    this.#since = since
    this.#writtenAt = stored.at
    return new Map(Object.entries(stored.data))
  }
}

interface Stored {
  readonly id: string
  readonly at: number
  readonly since?: number
  readonly data: object
}

// it is signed, but an older version of us may have signed it
const isStored = (value: unknown): value is Stored =>
  typeof value === "object" &&
  value !== null &&
  "id" in value &&
  typeof value.id === "string" &&
  "at" in value &&
  typeof value.at === "number" &&
  (!("since" in value) || typeof value.since === "number") &&
  "data" in value &&
  typeof value.data === "object" &&
  value.data !== null

/** Where the session keeps what CSRF tokens are made of. @internal */
export const csrfKey = "_csrf_token"
