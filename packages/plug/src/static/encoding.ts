/** The variant to send: the first that the client takes. @see RFC 9110 §12.5.3 */
export function negotiateEncoding(
  accepted: string | null,
  variants: ReadonlyMap<string, unknown>,
): string | undefined {
  if (accepted === null || variants.size === 0) return undefined
  const refused = new Set<string>()
  const wanted = new Set<string>()
  for (const member of accepted.split(",", 20)) {
    const [name = "", weight = ""] = member.split(";", 2).map((part) => part.trim().toLowerCase())
    const isZero = /^q=0(?:\.0{0,3})?$/.test(weight)
    if (isZero) refused.add(name)
    else wanted.add(name)
  }
  for (const encoding of variants.keys()) {
    if (wanted.has(encoding) || (wanted.has("*") && !refused.has(encoding))) return encoding
  }
  return undefined
}
