import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  type KeyObject,
  randomBytes,
} from "node:crypto"
import type { Duration } from "../duration.ts"
import type { Result } from "../result.ts"
import { keysOf, type Secret } from "./keys.ts"
import {
  encode,
  invalid,
  MAX_LENGTH,
  partsOf,
  read,
  sized,
  stamp,
  type TokenError,
  type TokenOptions,
} from "./token.ts"

export interface SealerOptions extends TokenOptions {}

/** Hands out data that comes back unchanged and that nobody else can read. */
export interface Sealer {
  /** @param aad What the token belongs to, such as a session's id: `open` has to be told the same. */
  seal(data: unknown, aad?: string): string
  /** The data of a token that this purpose sealed for the same `aad`, at most `maxAge` ago. */
  open(
    token: unknown,
    options?: { readonly maxAge?: Duration | undefined; readonly aad?: string | undefined },
  ): Result<unknown, TokenError>
}

const VERSION = "e1"
// 16 bytes choose a key for a few tokens, 12 are the nonce that GCM takes: so chance never repeats, however many tokens
// are sealed, where a nonce of 12 bytes under one key allows 2^32 (NIST SP 800-38D §8.3)
const SALT = 16
const NONCE = 12
const TAG = 16
// How many share a key, which takes longer to make than a token
const SHARED = 256

/**
 * Use it for what a browser keeps for you and must not read: the state of a page, a token of another service.
 * A token is `e1.<time>.<AES-256-GCM>`; its time can be read.
 * @param secret The first seals, all open.
 * @param purpose Tokens of one purpose are not valid for another.
 */
export function sealer(
  secret: Secret,
  purpose: string,
  { now = Date.now, maxLength = MAX_LENGTH }: SealerOptions = {},
): Sealer {
  const keys = keysOf(secret, `seal:${purpose}`)
  const fresh = freshKeys(keys[0])
  return {
    seal(data, aad = "") {
      const time = stamp(now)
      const { salt, key, nonce } = fresh.next().value
      const cipher = createCipheriv("aes-256-gcm", key, nonce)
      cipher.setAAD(associated(time, aad))
      const parts = [salt, nonce, cipher.update(encode(data), "utf8"), cipher.final()]
      const sealed = Buffer.concat([...parts, cipher.getAuthTag()]).toString("base64url")
      return sized(`${VERSION}.${time}.${sealed}`, maxLength)
    },
    open(token, { maxAge, aad = "" } = {}) {
      const [version, time = "", text = ""] = partsOf(token, 3, maxLength) ?? []
      const sealed = Buffer.from(text, "base64url")
      // what is left of the last character's bits is ignored in decoding, and one token must have one spelling
      const intact = sealed.length >= SALT + NONCE + TAG && sealed.toString("base64url") === text
      if (version !== VERSION || !intact) return invalid()
      for (const key of keys) {
        const json = decrypt(key, sealed, associated(time, aad))
        if (json !== undefined) return read(time, json, { now, maxAge })
      }
      return invalid()
    },
  }
}

function decrypt(key: KeyObject, sealed: Buffer, aad: Buffer): string | undefined {
  const nonce = sealed.subarray(SALT, SALT + NONCE)
  const decipher = createDecipheriv("aes-256-gcm", keyFor(key, sealed.subarray(0, SALT)), nonce, {
    authTagLength: TAG,
  })
  decipher.setAAD(aad)
  decipher.setAuthTag(sealed.subarray(-TAG))
  const plain = decipher.update(sealed.subarray(SALT + NONCE, -TAG))
  try {
    return Buffer.concat([plain, decipher.final()]).toString()
  } catch {
    // `final` throws when the tag does not fit: another key, another purpose, other data
    return undefined
  }
}

/** Key objects, here too: a cipher takes raw bytes at ten times the cost. */
const keyFor = (key: KeyObject, salt: Uint8Array): KeyObject =>
  createSecretKey(createHmac("sha256", key).update(salt).digest())

/** A key and a nonce for one token after another: never the same two again. */
function* freshKeys(from: KeyObject): Generator<FreshKey, never> {
  for (;;) {
    const salt = randomBytes(SALT)
    const key = keyFor(from, salt)
    const nonces = randomBytes(NONCE * SHARED)
    for (let at = 0; at < nonces.length; at += NONCE) {
      yield { salt, key, nonce: nonces.subarray(at, at + NONCE) }
    }
  }
}

interface FreshKey {
  readonly salt: Uint8Array
  readonly key: KeyObject
  readonly nonce: Uint8Array
}

const associated = (time: string, aad: string): Buffer => Buffer.from(`${VERSION}.${time}.${aad}`)
