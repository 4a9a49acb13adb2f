import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto"
import { BennuError } from "../errors.ts"
import { MAKE_A_SECRET, SECRET_BYTES } from "../internal/secrets.ts"

/** What keys are derived from. Of several the first makes new tokens and all are tried on old ones: that is rotation. */
export type Secret = string | readonly string[]

/** A secret is too short to be one, or there is none. */
export class SecretError extends BennuError {
  readonly code = "ERR_CORE_SECRET"

  constructor(problem: string) {
    super(problem, { hint: `Make a secret with: ${MAKE_A_SECRET}` })
  }
}

/**
 * Gets a key of its own for each purpose out of one secret, so that what is made for one is worth nothing for another.
 * @param purpose Names the use, such as `"live session"`; anyone may know it.
 * @param bytes Length of the key (32).
 * @throws {SecretError} for a secret below 64 bytes.
 * @see RFC 5869 (HKDF, with SHA-256).
 */
export function deriveKey(secret: string, purpose: string, bytes = 32): Uint8Array {
  const size = Buffer.byteLength(secret)
  if (size < SECRET_BYTES) {
    throw new SecretError(`a secret needs at least ${SECRET_BYTES} bytes, this one has ${size}`)
  }
  return new Uint8Array(hkdfSync("sha256", secret, "bennu", purpose, bytes))
}

/** A key for each secret; the first is the one to make new tokens with. Key objects: HMAC over raw bytes takes five times as long. */
export function keysOf(secret: Secret, purpose: string): readonly [KeyObject, ...KeyObject[]] {
  const [first, ...older] = typeof secret === "string" ? [secret] : secret
  if (first === undefined) throw new SecretError("there is no secret")
  const key = (each: string): KeyObject => createSecretKey(deriveKey(each, purpose))
  return [key(first), ...older.map(key)]
}
