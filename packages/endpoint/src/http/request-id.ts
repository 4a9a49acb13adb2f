import { randomToken } from "@bennu/core/crypto"

// what may stand in a log line as it is
const GIVEN = /^[A-Za-z0-9_.:-]{8,200}$/

/**
 * Makes what names requests: by what a trusted proxy calls them, else by a number that no other start of the app shares.
 * It names, it is no secret.
 */
export function requestIds(): (given: string | null) => string {
  // seven characters and a short number: a sum of less than 13 is one flat text to the engine, and a longer one a tree
  // that each who reads it has to flatten first
  const start = randomToken(5)
  let count = 0
  return (given) => {
    if (given !== null && GIVEN.test(given)) return given
    count += 1
    return start + count.toString(36)
  }
}
