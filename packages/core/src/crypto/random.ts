import { randomBytes } from "node:crypto"

/**
 * A name that nobody can guess: for session ids, nonces, one-time links.
 * @param bytes How much chance; 18 give 24 characters and more than the 128 bits that sessions need.
 */
export const randomToken = (bytes = 18): string => randomBytes(bytes).toString("base64url")
