/**
 * The variant to send: the one that the client likes best, and among equals the first. None where it likes the file as it is
 * better.
 * @see RFC 9110 §12.5.3
 */
export function negotiateEncoding<C extends string>(
  accepted: string | null,
  variants: ReadonlyMap<C, unknown>,
): C | undefined {
  if (accepted === null || variants.size === 0) return undefined
  const weights = weightsOf(accepted)
  const weightOf = (encoding: string) => weights.get(encoding) ?? weights.get("*") ?? 0
  // as it is, it is welcome unless somebody says otherwise; but least of all that is named
  let best: C | undefined
  let most = weights.get("identity") ?? 0
  for (const encoding of variants.keys()) {
    const weight = weightOf(encoding)
    const isFirst = best === undefined
    if (weight > most || (isFirst && weight > 0 && weight >= most)) {
      best = encoding
      most = weight
    }
  }
  return best
}

/** What each coding is worth, from 0 to 1; members that follow no grammar are left out. */
function weightsOf(accepted: string): ReadonlyMap<string, number> {
  const weights = new Map<string, number>()
  for (const member of accepted.split(",", 20)) {
    const [name = "", weight] = member.split(";", 3).map((part) => part.trim().toLowerCase())
    const quality = weight === undefined ? 1 : qualityOf(weight)
    const known = name === "x-gzip" ? "gzip" : name
    if (quality !== null && !weights.has(known)) weights.set(known, quality)
  }
  return weights
}

function qualityOf(weight: string): number | null {
  const match = /^q[ \t]?=[ \t]?(0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.exec(weight)
  return match === null ? null : Number(match[1])
}
