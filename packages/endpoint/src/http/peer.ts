import type { IncomingMessage } from "node:http"
import { TLSSocket } from "node:tls"
import ipaddr from "ipaddr.js"

/** Who asks, and under which address it reached us: all that a proxy may tell comes from here. */
export interface Peer {
  readonly remoteAddress: string | null
  /** `https://example.com`. */
  readonly origin: string
  /** Whether it came through a proxy that we trust. */
  readonly trusted: boolean
}

/** Reads a request's peer; `null` when its host is not one. */
export type PeerReader = (request: IncomingMessage) => Peer | null

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]

/** What is wrong with a list of trusted proxies, or `null`. */
export function proxiesProblem(proxies: readonly string[]): string | null {
  const odd = proxies.find((text) => parseRange(text) === null)
  return odd === undefined
    ? null
    : `holds ${JSON.stringify(odd)}, which is no address or range such as "10.0.0.0/8"`
}

function parseRange(text: string): Range | null {
  if (ipaddr.isValidCIDR(text)) return ipaddr.parseCIDR(text)
  const address = addressOf(text)
  return address && [address, address.kind() === "ipv4" ? 32 : 128]
}

/** IPv4 as such where it is written inside of IPv6. */
function addressOf(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  // four parts: "10" would be 0.0.0.10
  const valid = ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
  return valid ? ipaddr.process(text) : null
}

/**
 * Makes what tells who asks. `X-Forwarded-For`, `-Proto` and `-Host` count only where the connection comes from one of
 * `proxies`, since anybody can send them.
 */
export function peerReader(proxies: readonly string[]): PeerReader {
  const ranges = proxies.map(parseRange).filter((range) => range !== null)
  const isTrusted = (address: ipaddr.IPv4 | ipaddr.IPv6) =>
    ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))

  // most requests name the host that the one before them named
  let before = { scheme: "", host: "", origin: "" }
  function originOf(scheme: string, host: string): string | null {
    if (before.host === host && before.scheme === scheme) return before.origin
    if (!HOST.test(host)) return null
    before = { scheme, host, origin: `${scheme}://${host.toLowerCase()}` }
    return before.origin
  }

  return (request) => {
    const { socket, headers } = request
    const direct = plain(socket.remoteAddress)
    const scheme = socket instanceof TLSSocket ? "https" : "http"
    // HTTP/1.0 knows no Host
    const named = headers.host ?? `${hostOf(socket.localAddress)}:${socket.localPort}`
    const trusted = ranges.length > 0 && direct !== null && isTrusted(ipaddr.process(direct))
    if (!trusted) {
      const origin = originOf(scheme, named)
      return origin === null ? null : { remoteAddress: direct, origin, trusted }
    }
    const remoteAddress = clientOf(last(headers["x-forwarded-for"], 32), direct)
    const [proto] = last(headers["x-forwarded-proto"], 1)
    const [host = named] = last(headers["x-forwarded-host"], 1)
    const origin = originOf(proto === "https" || proto === "http" ? proto : scheme, host)
    return origin === null ? null : { remoteAddress, origin, trusted }
  }

  /** The nearest address that is no proxy of ours: what stands before it, its owner may have made up. */
  function clientOf(chain: readonly string[], direct: string): string {
    let nearest = direct
    for (const text of chain.toReversed()) {
      const address = addressOf(text)
      if (address === null) return nearest
      nearest = address.toString()
      if (!isTrusted(address)) return nearest
    }
    return nearest
  }
}

/** The last values of a header that each proxy on the way adds to. */
function last(header: string | readonly string[] | undefined, count: number): readonly string[] {
  if (header === undefined) return []
  const values = String(header)
    .split(",")
    .map((value) => value.trim())
  return values.slice(-count)
}

const hostOf = (address = "localhost"): string => (address.includes(":") ? `[${address}]` : address)

// a name or an address, and a port (RFC 3986 §3.2.2); nothing that a URL's parser would read as something else
const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,254})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/

/** IPv4 as such where a dual-stack socket shows it inside of IPv6. */
function plain(address: string | undefined): string | null {
  if (address === undefined) return null
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address
}
