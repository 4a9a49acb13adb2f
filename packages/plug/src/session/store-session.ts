import { createHash } from "node:crypto"
import { type Duration, milliseconds } from "@bennu/core"
import { randomToken, type Secret, type Signer, signer } from "@bennu/core/crypto"
import type { CompareAndSet, KeyValue } from "@bennu/store"
import { type CookieAttributes, parseCookies, serializeCookie } from "../cookies.ts"
import { SessionConflictError, SessionSizeError } from "../errors.ts"
import { checkedLimit, checkKeys } from "../options.ts"
import { csrfKey, type KeptSession, type Sessions } from "./cookie-session.ts"
import { decodeRecord, encodeRecord, type SessionRecord } from "./record.ts"

export interface StoreSessionOptions {
  /** Where they are kept: `memoryStore()`, or what several processes share. One that can compare and set loses no write. */
  readonly store: KeyValue & Partial<CompareAndSet>
  /** One secret of at least 64 characters, or several: the first signs, all are accepted. */
  readonly secret: Secret
  /** How long it is kept after it was last used (`"14d"`). */
  readonly maxAge?: Duration | undefined
  /** How long it is kept at most, in use or not (`"90d"`). */
  readonly absolute?: Duration | undefined
  /** The cookie (`"session"`); on https it is called `__Host-session`. */
  readonly name?: string | undefined
  readonly sameSite?: "Strict" | "Lax" | undefined
  /** How large one may be (65,536). */
  readonly maxBytes?: number | undefined
  /** The clock, in milliseconds. */
  readonly now?: (() => number) | undefined
}

const known: Readonly<Record<keyof StoreSessionOptions, true>> = {
  store: true,
  secret: true,
  maxAge: true,
  absolute: true,
  name: true,
  sameSite: true,
  maxBytes: true,
  now: true,
}

/**
 * Keeps sessions in a store and only a signed random name in the cookie: for more than a cookie holds, and for sessions
 * that can be ended from here. Give it to `session()`, or open and close them yourself in any server.
 *
 * Each session has its time after the last use and its time altogether. Requests that write at once lose nothing of
 * one another, and none brings back a session that another has ended.
 * @see OWASP ASVS 5.0 §7.2.3, §7.3.1, §7.3.2, §7.4.1
 * @example session(storeSessions({ store, secret }))
 */
export function storeSessions(options: StoreSessionOptions): Sessions {
  checkKeys("storeSessions", options, known)
  const { store, secret, name = "session", sameSite = "Lax", now = Date.now } = options
  const maxAge = milliseconds(options.maxAge ?? "14d")
  const absolute = milliseconds(options.absolute ?? "90d")
  const maxBytes = checkedLimit("maxBytes", options.maxBytes ?? 65_536)
  const names = signer(secret, "bennu.plug.session.name", { now })
  // a name that cannot be a cookie's is found here, and not with the first visitor
  serializeCookie(name, "")
  return {
    async open(cookies, { secure }) {
      const jar = cookies === null || typeof cookies === "string" ? parseCookies(cookies) : cookies
      const cookieName = secure ? `__Host-${name}` : name
      const context: Context = {
        store,
        names,
        maxAge,
        absolute,
        maxBytes,
        now,
        cookieName,
        attributes: { secure, sameSite },
      }
      const secretName = nameIn(jar.get(cookieName), names, absolute)
      const found = secretName === null ? null : await store.get(keyOf(secretName))
      const record = found === null ? null : living(decodeRecord(found), context)
      return new StoreSession(context, record === null ? null : secretName, record)
    },
  }
}

interface Context {
  readonly store: KeyValue & Partial<CompareAndSet>
  readonly names: Signer
  readonly maxAge: number
  readonly absolute: number
  readonly maxBytes: number
  readonly now: () => number
  readonly cookieName: string
  readonly attributes: CookieAttributes
}

/** A store's reader learns nothing that a cookie could be made of. */
const keyOf = (secretName: string): string =>
  `session:${createHash("sha256").update(secretName).digest("base64url")}`

/** The name in a cookie. Whoever guesses asks no store: it has to be signed. */
function nameIn(token: string | undefined, { verify }: Signer, maxAge: number): string | null {
  if (token === undefined || token === "") return null
  const result = verify(token, { maxAge })
  return result.ok && typeof result.value === "string" ? result.value : null
}

function living(record: SessionRecord | null, context: Context): SessionRecord | null {
  if (record === null) return null
  const now = context.now()
  return now - record.at <= context.maxAge && now - record.since <= context.absolute ? record : null
}

// several requests of one page may write at once; a hundred do not
const MAX_TRIES = 20

class StoreSession implements KeptSession {
  readonly #context: Context
  #name: string | null
  #record: SessionRecord | null
  readonly #data: Map<string, unknown>
  /** What this request did, to be done again upon what another has written meanwhile. */
  readonly #changes = new Map<string, unknown>()
  #id: string
  #ended: string | null = null
  touched = false
  changed = false

  constructor(context: Context, name: string | null, record: SessionRecord | null) {
    this.#context = context
    this.#name = name
    this.#record = record
    this.#id = record?.id ?? ""
    this.#data = new Map(record?.data)
  }

  get id(): string {
    this.touched = true
    if (this.#id === "") {
      this.#id = randomToken()
      this.changed = true
    }
    return this.#id
  }

  get(key: string): unknown {
    this.touched = true
    return this.#data.get(key)
  }

  put(key: string, value: unknown): void {
    if (value === undefined)
      throw new TypeError(`the session cannot keep undefined as ${JSON.stringify(key)}`)
    this.#change(key, value)
  }

  delete(key: string): void {
    this.touched = true
    if (this.#data.has(key)) this.#change(key, undefined)
  }

  clear(): void {
    this.#leave()
    this.#data.clear()
    this.#id = ""
  }

  renew(): void {
    this.#leave()
    this.#data.delete(csrfKey)
    this.#id = randomToken()
  }

  async setCookie(): Promise<string | null> {
    const { store, cookieName, attributes } = this.#context
    if (!this.touched) return null
    if (this.#ended !== null) await store.delete(keyOf(this.#ended))
    if (this.#data.size === 0 && this.#id === "") {
      const gone = this.#ended !== null
      return gone ? serializeCookie(cookieName, "", { ...attributes, maxAge: 0 }) : null
    }
    if (!(this.changed || this.#isOld())) return null
    return this.#name === null || this.#record === null
      ? await this.#begin()
      : await this.#goOn(this.#name, this.#record)
  }

  #change(key: string, value: unknown): void {
    this.touched = true
    this.changed = true
    this.#changes.set(key, value)
    if (value === undefined) this.#data.delete(key)
    else this.#data.set(key, value)
  }

  /** The session that came with the request ends when this one is kept. */
  #leave(): void {
    this.touched = true
    this.changed = true
    this.#ended ??= this.#name
    this.#name = null
    this.#record = null
    this.#changes.clear()
  }

  /** Kept in use, it is written again before it ends, but not by each request. */
  #isOld(): boolean {
    const { now, maxAge } = this.#context
    return this.#record !== null && now() - this.#record.at > maxAge / 4
  }

  async #begin(): Promise<string> {
    const { store, now } = this.#context
    const name = randomToken(24)
    const at = now()
    const record = { id: this.id, since: at, at, generation: 1, data: this.#data }
    await store.set(keyOf(name), this.#encoded(record), { ttl: this.#ttl(record) })
    return this.#cookie(name, record)
  }

  async #goOn(name: string, record: SessionRecord): Promise<string | null> {
    const { store, now } = this.#context
    const key = keyOf(name)
    let current: SessionRecord | null = record
    for (let tries = 0; tries < MAX_TRIES; tries++) {
      const bytes = await store.get(key)
      current = bytes === null ? null : living(decodeRecord(bytes), this.#context)
      // it was ended by another request: what ended stays so
      if (bytes === null || current === null) return null
      const data = new Map(current.data)
      for (const [key, value] of this.#changes) {
        if (value === undefined) data.delete(key)
        else data.set(key, value)
      }
      const next = { ...current, at: now(), generation: current.generation + 1, data }
      if (await this.#write(key, bytes, next)) return this.#cookie(name, next)
    }
    throw new SessionConflictError(MAX_TRIES)
  }

  async #write(key: string, before: Uint8Array, next: SessionRecord): Promise<boolean> {
    const { store } = this.#context
    const options = { ttl: this.#ttl(next) }
    const bytes = this.#encoded(next)
    if (store.compareAndSet !== undefined) return store.compareAndSet(key, before, bytes, options)
    await store.set(key, bytes, options)
    return true
  }

  #encoded(record: SessionRecord): Uint8Array {
    const bytes = encodeRecord(record)
    const { maxBytes } = this.#context
    if (bytes.length > maxBytes) throw new SessionSizeError(bytes.length, maxBytes)
    return bytes
  }

  #ttl({ since, at }: SessionRecord): number {
    const { maxAge, absolute } = this.#context
    return Math.max(1, Math.min(maxAge, since + absolute - at))
  }

  #cookie(name: string, record: SessionRecord): string {
    const { names, cookieName, attributes } = this.#context
    const maxAge = Math.floor(this.#ttl(record) / 1000)
    return serializeCookie(cookieName, names.sign(name), { ...attributes, maxAge })
  }
}
