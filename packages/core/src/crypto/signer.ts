import { createHmac, type KeyObject } from "node:crypto"
import type { Duration } from "../duration.ts"
import type { Result } from "../result.ts"
import { constantTimeEqual } from "./constant-time.ts"
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

export interface SignerOptions extends TokenOptions {}

/** Hands out data that comes back unchanged. Everyone can read it. */
export interface Signer {
  /** JSON data as a token that fits into a URL, a cookie and an attribute. */
  sign(data: unknown): string
  /** The data of a token that this purpose signed, at most `maxAge` ago. */
  verify(
    token: unknown,
    options?: { readonly maxAge?: Duration | undefined },
  ): Result<unknown, TokenError>
}

const VERSION = "s1"

/**
 * Use it for what a browser keeps for you and may read: a session, a link in a mail, the parameters of a join.
 * A token is `s1.<time>.<data>.<HMAC-SHA256 of what stands before>`, its key derived for this purpose alone.
 * @param secret The first signs, all verify.
 * @param purpose Tokens of one purpose are not valid for another.
 */
export function signer(
  secret: Secret,
  purpose: string,
  { now = Date.now, maxLength = MAX_LENGTH }: SignerOptions = {},
): Signer {
  const keys = keysOf(secret, `sign:${purpose}`)
  return {
    sign(data) {
      const body = `${VERSION}.${stamp(now)}.${Buffer.from(encode(data)).toString("base64url")}`
      return sized(`${body}.${mac(keys[0], body)}`, maxLength)
    },
    verify(token, { maxAge } = {}) {
      const [version, time = "", data = "", given = ""] = partsOf(token, 4, maxLength) ?? []
      if (version !== VERSION) return invalid()
      const body = `${version}.${time}.${data}`
      if (!keys.some((key) => constantTimeEqual(mac(key, body), given))) return invalid()
      return read(time, Buffer.from(data, "base64url").toString(), { now, maxAge })
    },
  }
}

const mac = (key: KeyObject, body: string): string =>
  createHmac("sha256", key).update(body).digest("base64url")
