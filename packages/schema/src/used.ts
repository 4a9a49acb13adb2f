import type { Params } from "./changeset.ts"
import { isRecord } from "./sent-rows.ts"

const UNUSED = "_unused_"

// deeper than any form
const MAX_DEPTH = 32

/**
 * Whether a person has been at a field: it was sent, and not with the mark by which LiveView's client tells fields
 * that nobody has focused yet; what is nested is used when anything in it is.
 */
export function isUsed(params: Params, field: string, depth = 0): boolean {
  if (field.startsWith(UNUSED) || !Object.hasOwn(params, field)) return false
  if (Object.hasOwn(params, UNUSED + field)) return false
  const value = params[field]
  if (!isRecord(value) || depth > MAX_DEPTH) return true
  return Object.keys(value).some((key) => isUsed(value, key, depth + 1))
}
