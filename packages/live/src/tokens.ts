import type { Clock, Result } from "@bennu/core"
import { type Secret, sealer, signer, type TokenError } from "@bennu/core/crypto"
import type { Flash } from "@bennu/plug"
import type { Handed } from "./view/once.ts"

/** What a page brings back when its socket joins: which view it is, and of which live session. */
export interface SessionClaims {
  readonly id: string
  readonly view: string
  readonly session: string
  /** The page's: what its content security policy lets run. */
  readonly nonce: string
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
  readonly nonce: string
  /** Tells it from those of its name in other pages. */
  readonly page: string
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
  readonly nonce: string
  /** Tells it from those of its name in other pages. */
  readonly page: string
}

/** What a page's first answer loaded for its first join: who it is for, and where. */
export interface HandedClaims {
  readonly id: string
  readonly visitor: string
  /** Path and query. */
  readonly address: string
  readonly values: Handed
}

/** What lets a page send one file: which running view asked for it, by the refs of the upload and of the file. */
export interface UploadClaims {
  readonly instance: string
  readonly upload: string
  readonly entry: string
}

/**
 * The texts that a page is given and brings back. Those with a nonce are sealed: a browser hides a nonce from whoever can only
 * read attributes, by a selector of a style sheet for example (HTML §2.6.5), and a token must not show it again. The others
 * are signed and not encrypted: nothing secret is in them.
 */
export interface Tokens {
  signSession(claims: SessionClaims): string
  /** Null for what is not ours, too old, or of another page. */
  readSession(token: unknown, id: string): SessionClaims | null
  /** Empty for no flash: the page then brings nothing back. */
  signStatic(id: string, flash: Flash, always?: boolean): string
  readStatic(token: unknown, id: string): Flash | null
  signHanded(claims: HandedClaims): string
  /** Null for what is not ours, of another page, or older than a page that was answered just now. */
  readHanded(token: unknown, id: string): HandedClaims | null
  signSticky(claims: StickyClaims): string
  readSticky(token: unknown, id: string): StickyClaims | null
  signChild(claims: ChildClaims): string
  readChild(token: unknown, id: string): ChildClaims | null
  signRoot(claims: RootClaims): string
  readRoot(token: unknown, id: string): RootClaims | null
  signUpload(claims: UploadClaims): string
  readUpload(token: unknown): UploadClaims | null
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
const ofPages = { maxAge: "14d" } as const
const FLASH_AGE = "60s"
// A page of this age that is refused would be refused again if it were loaded anew.
const FRESH_AGE = "60s"
// Raise it when what is in a token changes: pages of the version before load anew.
const VERSION = 3

const isText = (value: unknown): value is string => typeof value === "string"

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
  const sealed = (name: string) => sealer(secret, `bennu.live.${name}`, { now })
  const session = sealed("session")
  const page = purpose("static")
  const flash = purpose("flash")
  const status = purpose("status")
  const sticky = sealed("sticky")
  const still = purpose("still")
  const child = purpose("child")
  const root = sealed("root")
  const upload = purpose("upload")
  const handed = sealed("handed")
  /** What stands in a token of this page, behind version and id; nothing in one that is not ours, too old, or of another page. */
  function claimsIn(read: Result<unknown, TokenError>, id: string): readonly unknown[] {
    if (!read.ok || !Array.isArray(read.value)) return []
    const [version, of, ...claims]: unknown[] = read.value
    return version === VERSION && of === id ? claims : []
  }
  return {
    signSession: ({ id, view, session: name, nonce }) =>
      session.seal([VERSION, id, view, name, nonce]),
    readSession(token, id) {
      const [view, name, nonce] = claimsIn(session.open(token, ofPages), id)
      if (!isText(view) || !isText(name) || !isText(nonce)) return null
      return { id, view, session: name, nonce }
    },
    signStatic: (id, shown, always = false) =>
      isEmpty(shown) && !always ? "" : page.sign([VERSION, id, shown]),
    readStatic(token, id) {
      const [shown] = claimsIn(page.verify(token, ofPages), id)
      return shown === undefined ? null : flashIn(shown)
    },
    signHanded: ({ id, visitor, address, values }) =>
      handed.seal([VERSION, id, visitor, address, [...values]]),
    readHanded(token, id) {
      const read = handed.open(token, { maxAge: FRESH_AGE })
      const [visitor, address, values] = claimsIn(read, id)
      if (!isText(visitor) || !isText(address) || !Array.isArray(values)) return null
      return { id, visitor, address, values: new Map(values) }
    },
    signSticky: ({ id, view, session: name, target, given, nonce, page: of }) =>
      sticky.seal([VERSION, id, view, name, target, nonce, of, given]),
    readSticky(token, id) {
      const [view, name, target, nonce, of, given] = claimsIn(sticky.open(token, ofPages), id)
      if (!isText(view) || !isText(name) || !isText(target)) return null
      if (!isText(nonce) || !isText(of)) return null
      return { id, view, session: name, target, given, nonce, page: of }
    },
    signChild: ({ id, parent }) => child.sign([VERSION, id, parent]),
    readChild(token, id) {
      const [parent] = claimsIn(child.verify(token, ofPages), id)
      return isText(parent) ? { id, parent } : null
    },
    signRoot: ({ id, target, nonce, page: of }) => root.seal([VERSION, id, target, nonce, of]),
    readRoot(token, id) {
      const [target, nonce, of] = claimsIn(root.open(token, ofPages), id)
      if (!isText(target) || !isText(nonce) || !isText(of)) return null
      return { id, target, nonce, page: of }
    },
    signUpload: (claims) => upload.sign([VERSION, claims.instance, claims.upload, claims.entry]),
    readUpload(token) {
      const read = upload.verify(token, ofPages)
      if (!read.ok || !Array.isArray(read.value)) return null
      const [version, instance, of, entry]: unknown[] = read.value
      if (version !== VERSION || typeof instance !== "string") return null
      if (typeof of !== "string" || typeof entry !== "string") return null
      return { instance, upload: of, entry }
    },
    signFlash: (put) => (isEmpty(put) ? undefined : flash.sign(put)),
    readFlash(token) {
      const read = flash.verify(token, { maxAge: FLASH_AGE })
      return read.ok ? flashIn(read.value) : {}
    },
    isFresh: (token) => session.open(token, { maxAge: FRESH_AGE }).ok,
    signStill: () => still.sign("still"),
    isStill: (token) => still.verify(token, { maxAge: FRESH_AGE }).ok,
    signStatus: (code) => status.sign(code),
    readStatus(token) {
      const read = status.verify(token, { maxAge: FLASH_AGE })
      return read.ok && typeof read.value === "number" ? read.value : null
    },
  }
}
