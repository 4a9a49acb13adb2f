import { type Clock, err, ok, type Result } from "@bennu/core"
import { type Sealer, type Secret, sealer } from "@bennu/core/crypto"
import type { Assigns } from "../view/defined-view.ts"

/** Whose a stash is. It opens for nobody else. */
export interface Belonging {
  /** Of the session. */
  readonly visitor: string
  /** As tokens call it. */
  readonly view: string
}

/** When in a view's life something was kept: what comes first counts more. */
export interface Moment {
  /** How often its page had been shown it before: its page knows this by itself, whoever forgets it. */
  readonly joins: number
  /** How many processes have had it: each is above those that it took over from. */
  readonly generation: number
  /** How often this one has written it. */
  readonly count: number
}

export const isLater = (one: Moment, other: Moment): boolean =>
  (one.joins - other.joins || one.generation - other.generation || one.count - other.count) > 0

/** What a live component left behind. */
export interface KeptPart {
  readonly name: string
  readonly id: string
  readonly version: number
  readonly values: Assigns
}

/** What a view left behind. */
export interface Kept extends Moment {
  readonly version: number
  /** The view in its page. */
  readonly page: string
  /** Of its page's address; empty for one that outlives it. */
  readonly path: string
  readonly values: Assigns
  /** Of the components in it. */
  readonly parts: readonly KeptPart[]
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
  /** Its page has been shown something newer since, which nobody could keep. */
  | "outdated"
  /** The view crashed with it. */
  | "crashed"
  /** Its page has closed the view since. */
  | "left"
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
  seal(of: Belonging, kept: Kept): string | null {
    const { version, page, path, joins, generation, count, values, parts } = kept
    const json = jsonOf([values, ...parts.map(sealedPart)])
    if (json === null || Buffer.byteLength(json) > this.#options.maxBytes) return null
    const sealed = [page, path, joins, generation, count, json]
    return `${version}:${this.#sealer.seal(sealed, aad(of, version))}`
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
    const [page, path, joins, generation, count, json] = opened.value as [
      ...[page: string, path: string, joins: number, generation: number, count: number],
      json: string,
    ]
    const [values, ...parts] = JSON.parse(json) as [Assigns, ...SealedPart[]]
    return ok({
      ...{ version, page, path, joins, generation, count, values },
      parts: parts.map(([name, id, version, values]) => ({ name, id, version, values })),
    })
  }
}

const aad = ({ visitor, view }: Belonging, version: number): string =>
  JSON.stringify([visitor, view, version])

type SealedPart = readonly [name: string, id: string, version: number, values: Assigns]
const sealedPart = ({ name, id, version, values }: KeptPart): SealedPart => [
  name,
  id,
  version,
  values,
]

function jsonOf(kept: readonly unknown[]): string | null {
  try {
    return JSON.stringify(kept)
  } catch {
    return null
  }
}
