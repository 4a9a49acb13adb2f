import type { IncomingMessage } from "node:http"
import type { Socket } from "node:net"
import ipaddr from "ipaddr.js"

/** Who asks, and under which address it reached us: all that a proxy may tell comes from here. */
export interface Peer {
  readonly remoteAddress: string | null
  /** `https://example.com`. */
  readonly origin: string
  /** Whether it came through a proxy that we trust. */
  readonly trusted: boolean
  /** Whether it asked for a host of ours. */
  readonly welcome: boolean
}

export interface PeerOptions {
  /** The proxies that are trusted. */
  readonly proxies: readonly string[]
  /** The hosts that are ours, or none for any. */
  readonly hosts: readonly string[]
  /** The origin that clients see, whatever host they ask for. */
  readonly origin: string | undefined
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
export function peerReader({ proxies, hosts, origin: fixed }: PeerOptions): PeerReader {
  const ranges = proxies.map(parseRange).filter((range) => range !== null)
  const isTrusted = (address: ipaddr.IPv4 | ipaddr.IPv6) =>
    ranges.some(([range, bits]) => range.kind() === address.kind() && address.match(range, bits))

  // most requests name the host that the one before them named
  let before: Place = { scheme: "", host: "", origin: "", welcome: false }
  function placeOf(scheme: string, host: string): Place | null {
    if (before.host === host && before.scheme === scheme) return before
    if (!HOST.test(host)) return null
    const lower = host.toLowerCase()
    const welcome = hosts.length === 0 || hosts.some((known) => isHost(lower, known))
    before = { scheme, host, origin: fixed ?? `${scheme}://${lower}`, welcome }
    return before
  }

  return (request) => {
    const { socket, headers } = request
    const direct = plain(socket.remoteAddress)
    const scheme = "encrypted" in socket ? "https" : "http"
    // HTTP/2 has a header of its own for it, and HTTP/1.0 none
    const named = headers.host ?? headers[":authority"] ?? localHost(socket)
    const trusted = ranges.length > 0 && direct !== null && isTrusted(ipaddr.process(direct))
    if (!trusted) {
      const place = placeOf(scheme, String(named))
      if (place === null) return null
      return { remoteAddress: direct, origin: place.origin, trusted, welcome: place.welcome }
    }
    const remoteAddress = clientOf(last(headers["x-forwarded-for"], 32), direct)
    const [proto] = last(headers["x-forwarded-proto"], 1)
    const [host = String(named)] = last(headers["x-forwarded-host"], 1)
    const place = placeOf(proto === "https" || proto === "http" ? proto : scheme, host)
    if (place === null) return null
    return { remoteAddress, origin: place.origin, trusted, welcome: place.welcome }
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

interface Place {
  readonly scheme: string
  readonly host: string
  readonly origin: string
  readonly welcome: boolean
}

// a name, with or without its port, or all that is below one
const KNOWN_HOST = /^(?:\*\.)?[a-z0-9_[][a-z0-9_.:\]-]{0,254}$/

/** What is wrong with a list of hosts, or `null`. */
export function hostsProblem(hosts: readonly string[]): string | null {
  const odd = hosts.find((host) => !KNOWN_HOST.test(host))
  return odd === undefined
    ? null
    : `holds ${JSON.stringify(odd)}, which is no host such as "example.com" or "*.example.com", in lower case`
}

/** Without a port, any will do; `*.example.com` stands for whole labels. */
function isHost(host: string, known: string): boolean {
  const name = /:[0-9]+$/.test(known) ? host : host.replace(/:[0-9]{1,5}$/, "")
  if (!known.startsWith("*.")) return name === known
  return name.length > known.length - 1 && name.endsWith(known.slice(1))
}

const localHost = ({ localAddress, localPort }: Socket): string =>
  localPort === undefined ? "localhost" : `${hostOf(localAddress)}:${localPort}`
const hostOf = (address = "localhost"): string => (address.includes(":") ? `[${address}]` : address)

// a name or an address, and a port (RFC 3986 §3.2.2); nothing that a URL's parser would read as something else
const HOST = /^(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,254})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?$/

/** IPv4 as such where a dual-stack socket shows it inside of IPv6. */
function plain(address: string | undefined): string | null {
  if (address === undefined) return null
  return address.startsWith("::ffff:") && address.includes(".") ? address.slice(7) : address
}
