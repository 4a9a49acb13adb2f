import { type Clock, err, ok, type Result } from "@bennu/core"
import { type Sealer, type Secret, sealer } from "@bennu/core/crypto"
import { isRecord } from "../view/client-message.ts"
import type { Assigns } from "../view/defined-view.ts"

/** Whose a stash is. It opens for nobody else. */
export interface Belonging {
  /** Of the session. */
  readonly visitor: string
  /** As tokens call it. */
  readonly view: string
}

/** What a view left behind. */
export interface Kept {
  readonly version: number
  /** The view in its page; empty where its name does not tell it from others. */
  readonly page: string
  /** Of its page's address. */
  readonly path: string
  /** How many processes have had the view: each is one above the one that it took over from. */
  readonly generation: number
  /** How often this one has written it. */
  readonly count: number
  readonly values: Assigns
}

export interface SealOptions {
  /** Milliseconds. */
  readonly maxAge: number
  /** Of the values, as JSON. */
  readonly maxBytes: number
  readonly now: Clock
}

/** Why a stash is not what a view is restored from. */
export type StashRefusal =
  /** It was not made for this session, this view and this version, or was changed. */
  | "forged"
  | "expired"
  /** It is of a version that nobody migrates. */
  | "version"
  /** It does not fit the schemas of its keys. */
  | "invalid"
  /** It is of another page, or of another address. */
  | "misplaced"
  /** Another process has taken the view over since. */
  | "superseded"
  /** The view crashed with it. */
  | "crashed"
  /** It is larger than it may be, or cannot be written as JSON. */
  | "unfit"

// what is around the values, and what base64 adds
const SPACE = 2_000

/** Writes stashes so that only this app reads them, and only for whom they belong to. */
export class StashSeal {
  readonly #sealer: Sealer
  readonly #options: SealOptions

  constructor(secret: Secret, options: SealOptions) {
    const { now, maxBytes } = options
    this.#options = options
    const maxLength = Math.ceil((maxBytes + SPACE) * 1.4)
    this.#sealer = sealer(secret, "bennu.live.stash", { now, maxLength })
  }

  /** Null for what is too large, or is no JSON. */
  seal(of: Belonging, { version, page, path, generation, count, values }: Kept): string | null {
    const json = jsonOf(values)
    if (json === null || Buffer.byteLength(json) > this.#options.maxBytes) return null
    const token = this.#sealer.seal([page, path, generation, count, json], aad(of, version))
    return `${version}:${token}`
  }

  open(of: Belonging, text: string): Result<Kept, StashRefusal> {
    const colon = text.indexOf(":")
    const version = Number(text.slice(0, colon))
    if (colon < 1 || !Number.isSafeInteger(version)) return err("forged")
    const { maxAge } = this.#options
    const opened = this.#sealer.open(text.slice(colon + 1), { aad: aad(of, version), maxAge })
    if (!opened.ok)
      return err(opened.error.code === "ERR_CORE_TOKEN_EXPIRED" ? "expired" : "forged")
    // only `seal` writes such tokens
    const [page, path, generation, count, json] = opened.value as [
      string,
      string,
      number,
      number,
      string,
    ]
    const values: unknown = JSON.parse(json)
    return isRecord(values) ? ok({ version, page, path, generation, count, values }) : err("forged")
  }
}

const aad = ({ visitor, view }: Belonging, version: number): string =>
  JSON.stringify([visitor, view, version])

function jsonOf(values: Assigns): string | null {
  try {
    return JSON.stringify(values)
  } catch {
    return null
  }
}
