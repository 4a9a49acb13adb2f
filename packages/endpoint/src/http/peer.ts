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
  // four parts: "10" would be 0.0.0.10
  if (!ipaddr.IPv4.isValidFourPartDecimal(text) && !ipaddr.IPv6.isValid(text)) return null
  const address = ipaddr.process(text)
  return [address, address.kind() === "ipv4" ? 32 : 128]
}

/**
 * Makes what tells who asks. `X-Forwarded-For`, `-Proto` and `-Host` count only where the connection comes from one of
 * `proxies`, since anybody can send them.
 */
export function peerReader(proxies: readonly string[]): PeerReader {
  const ranges = proxies.map(parseRange).filter((range) => range !== null)
  const isTrusted = (address: ipaddr.IPv4 | ipaddr.IPv6) =>
    ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))

  return (request) => {
    const { socket, headers } = request
    const direct = plain(socket.remoteAddress)
    const scheme = socket instanceof TLSSocket ? "https" : "http"
    const trusted = ranges.length > 0 && direct !== null && isTrusted(ipaddr.process(direct))
    if (!trusted) return peerOf(direct, scheme, headers.host, request, false)
    const remoteAddress = clientOf(
      last(headers["x-forwarded-for"], Number.POSITIVE_INFINITY),
      direct,
    )
    const [proto] = last(headers["x-forwarded-proto"], 1)
    const [host] = last(headers["x-forwarded-host"], 1)
    const forwarded = proto === "https" || proto === "http" ? proto : scheme
    return peerOf(remoteAddress, forwarded, host ?? headers.host, request, true)
  }

  /** The nearest address that is no proxy of ours: what stands before it, its owner may have made up. */
  function clientOf(chain: readonly string[], direct: string): string {
    let nearest = direct
    for (const text of chain.toReversed()) {
      if (!ipaddr.isValid(text)) return nearest
      const address = ipaddr.process(text)
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
  return values.slice(-Math.min(count, 32))
}

function peerOf(
  remoteAddress: string | null,
  scheme: string,
  host: string | undefined,
  { socket }: IncomingMessage,
  trusted: boolean,
): Peer | null {
  // HTTP/1.0 knows no Host
  const name = host ?? `${hostOf(socket.localAddress)}:${socket.localPort}`
  return isHost(name)
    ? { remoteAddress, origin: `${scheme}://${name.toLowerCase()}`, trusted }
    : null
}

const hostOf = (address = "localhost"): string => (address.includes(":") ? `[${address}]` : address)

// a name or an address, and a port (RFC 3986 §3.2.2); nothing that a URL's parser would read as something else
const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,254})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/
const isHost = (text: string): boolean => HOST.test(text)

/** IPv4 as such where a dual-stack socket shows it inside of IPv6. */
function plain(address: string | undefined): string | null {
  if (address === undefined) return null
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address
}
