import type { Clock } from "@bennu/core"
import { type Secret, signer } from "@bennu/core/crypto"
import type { Flash } from "@bennu/plug"

/** What a page brings back when its socket joins: which view it is, and of which live session. */
export interface SessionClaims {
  readonly id: string
  readonly view: string
  readonly session: string
}

/** What a sticky view brings back: it is joined by itself, behind the pipeline of the page that first showed it. */
export interface StickyClaims {
  readonly id: string
  readonly view: string
  readonly session: string
  /** Path and query of that page. */
  readonly target: string
  /** What it was given. */
  readonly given: unknown
}

/** What a view that is held by another brings back: which running view holds it. */
export interface ChildClaims {
  readonly id: string
  readonly parent: string
}

/** What a view of a controller's page brings back: the page is asked again when it joins. */
export interface RootClaims {
  readonly id: string
  readonly target: string
}

/** The texts that a page is given and brings back. They are signed and not encrypted: nothing secret is in them. */
export interface Tokens {
  signSession(claims: SessionClaims): string
  /** Null for what is not ours, too old, or of another page. */
  readSession(token: unknown, id: string): SessionClaims | null
  /** Empty for no flash: the page then brings nothing back. */
  signStatic(id: string, flash: Flash, always?: boolean): string
  readStatic(token: unknown, id: string): Flash | null
  signSticky(claims: StickyClaims): string
  readSticky(token: unknown, id: string): StickyClaims | null
  signChild(claims: ChildClaims): string
  readChild(token: unknown, id: string): ChildClaims | null
  signRoot(claims: RootClaims): string
  readRoot(token: unknown, id: string): RootClaims | null
  signFlash(flash: Flash): string | undefined
  /** Empty for what is not ours or too old. */
  readFlash(token: unknown): Flash
  /** Whether a page was given this session only just now. */
  isFresh(session: unknown): boolean
  /** For a page that is shown without being live, for a while. */
  signStill(): string
  isStill(token: unknown): boolean
  signStatus(status: number): string
  readStatus(token: unknown): number | null
}

// As long as the reference: a page may lie open for two weeks, a flash is shown at once or never.
const PAGE_AGE = "14d"
const FLASH_AGE = "60s"
// A page of this age that is refused would be refused again if it were loaded anew.
const FRESH_AGE = "60s"
// Raise it when what is in a token changes: pages of the version before load anew.
const VERSION = 1

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null

function flashIn(value: unknown): Flash {
  if (!isRecord(value)) return {}
  const { info, error } = value
  return {
    ...(typeof info === "string" && { info }),
    ...(typeof error === "string" && { error }),
  }
}

const isEmpty = (flash: Flash): boolean => flash.info === undefined && flash.error === undefined

/** Each kind of token has a key of its own: one cannot stand for another. */
export function liveTokens(secret: Secret, now: Clock = Date.now): Tokens {
  const purpose = (name: string) => signer(secret, `bennu.live.${name}`, { now })
  const session = purpose("session")
  const page = purpose("static")
  const flash = purpose("flash")
  const status = purpose("status")
  const sticky = purpose("sticky")
  const still = purpose("still")
  const child = purpose("child")
  const root = purpose("root")
  /** What stands in a token of this page, behind version and id; nothing in one that is not ours, too old, or of another page. */
  function claimsIn(by: typeof session, token: unknown, id: string): readonly unknown[] {
    const read = by.verify(token, { maxAge: PAGE_AGE })
    if (!read.ok || !Array.isArray(read.value)) return []
    const [version, of, ...claims]: unknown[] = read.value
    return version === VERSION && of === id ? claims : []
  }
  return {
    signSession: ({ id, view, session: name }) => session.sign([VERSION, id, view, name]),
    readSession(token, id) {
      const read = session.verify(token, { maxAge: PAGE_AGE })
      if (!read.ok || !Array.isArray(read.value)) return null
      const [version, of, view, name]: unknown[] = read.value
      if (version !== VERSION || of !== id) return null
      return typeof view === "string" && typeof name === "string"
        ? { id, view, session: name }
        : null
    },
    signStatic: (id, shown, always = false) =>
      isEmpty(shown) && !always ? "" : page.sign([VERSION, id, shown]),
    readStatic(token, id) {
      const read = page.verify(token, { maxAge: PAGE_AGE })
      if (!read.ok || !Array.isArray(read.value)) return null
      const [version, of, shown]: unknown[] = read.value
      return version === VERSION && of === id ? flashIn(shown) : null
    },
    signSticky: ({ id, view, session: name, target, given }) =>
      sticky.sign([VERSION, id, view, name, target, given]),
    readSticky(token, id) {
      const [view, name, target, given] = claimsIn(sticky, token, id)
      if (typeof view !== "string" || typeof name !== "string" || typeof target !== "string") {
        return null
      }
      return { id, view, session: name, target, given }
    },
    signChild: ({ id, parent }) => child.sign([VERSION, id, parent]),
    readChild(token, id) {
      const [parent] = claimsIn(child, token, id)
      return typeof parent === "string" ? { id, parent } : null
    },
    signRoot: ({ id, target }) => root.sign([VERSION, id, target]),
    readRoot(token, id) {
      const [target] = claimsIn(root, token, id)
      return typeof target === "string" ? { id, target } : null
    },
    signFlash: (put) => (isEmpty(put) ? undefined : flash.sign(put)),
    readFlash(token) {
      const read = flash.verify(token, { maxAge: FLASH_AGE })
      return read.ok ? flashIn(read.value) : {}
    },
    isFresh: (token) => session.verify(token, { maxAge: FRESH_AGE }).ok,
    signStill: () => still.sign("still"),
    isStill: (token) => still.verify(token, { maxAge: FRESH_AGE }).ok,
    signStatus: (code) => status.sign(code),
    readStatus(token) {
      const read = status.verify(token, { maxAge: FLASH_AGE })
      return read.ok && typeof read.value === "number" ? read.value : null
    },
  }
}
