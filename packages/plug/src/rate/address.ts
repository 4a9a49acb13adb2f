import ipaddr from "ipaddr.js"

/**
 * What to count by for an address: one IPv4 address, or the /64 of an IPv6 address, since whoever has one of those has
 * all of them. Every way of writing an address gives the same; what is none gives `"unknown"`, which all such share.
 * @example addressKey("2001:db8::1") // "2001:db8::/64"
 * @see RFC 6177 §2, RFC 4291 §2.5.5.2
 */
export function addressKey(address: string | null): string {
  if (address === null) return "unknown"
  const zone = address.indexOf("%")
  const bare = zone === -1 ? address : address.slice(0, zone)
  const isV4 = ipaddr.IPv4.isValidFourPartDecimal(bare)
  if (!isV4 && !ipaddr.IPv6.isValid(bare)) return "unknown"
  // ::ffff:192.0.2.1 is 192.0.2.1
  const parsed = ipaddr.process(bare)
  if (parsed instanceof ipaddr.IPv4) return parsed.toString()
  const { parts } = parsed
  return `${new ipaddr.IPv6([...parts.slice(0, 4), 0, 0, 0, 0])}/64`
}
