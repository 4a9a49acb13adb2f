import { createHash } from "node:crypto"

/** A digest of some names: equal for the same ones, in whichever order. */
export const membersOf = (names: Iterable<string>): string =>
  createHash("sha256")
    .update([...names].sort().join("\n"))
    .digest("base64url")
