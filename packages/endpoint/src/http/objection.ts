import type { IncomingMessage } from "node:http"
import type { ResolvedLimits } from "../limits.ts"
import type { Peer } from "./peer.ts"

/** Why a request goes no further. */
export interface Objection {
  readonly status: number
  readonly reason: string
}

// longer addresses are attacks or mistakes; requests for pages are refused beyond it by their router
const MAX_TARGET = 8_192

type Asked = Pick<
  IncomingMessage,
  "rawHeaders" | "headers" | "url" | "httpVersionMajor" | "httpVersionMinor"
>

const sizeOf = (rawHeaders: readonly string[]): number =>
  rawHeaders.reduce((size, text) => size + text.length, 0)

/** What Node's parser lets pass and we do not, or `null`. */
export function objectionTo(
  { rawHeaders, headers, url = "", httpVersionMajor, httpVersionMinor }: Asked,
  peer: Peer | null,
  limits: ResolvedLimits,
): Objection | null {
  // nobody speaks it any more but who wants to be understood differently on the way
  if (httpVersionMajor === 0) return { status: 505, reason: "HTTP/0.9 is not spoken here" }
  // who was made before chunks reads the first of them as the next request: RFC 9112 §6.1
  if (httpVersionMinor === 0 && httpVersionMajor === 1 && "transfer-encoding" in headers) {
    return { status: 400, reason: "Transfer-Encoding in HTTP/1.0" }
  }
  if (rawHeaders.length > 2 * limits.headerCount) {
    return { status: 431, reason: `more than ${limits.headerCount} headers` }
  }
  // HTTP/1.1 is measured by its parser; of HTTP/2 it is only asked that clients measure themselves
  if (httpVersionMajor === 2 && sizeOf(rawHeaders) > limits.headerBytes) {
    return { status: 431, reason: `more than ${limits.headerBytes} bytes of headers` }
  }
  // two hosts are two addresses for one request, and the next one on the way may take the other: RFC 9112 §3.2
  if (hosts(rawHeaders) > 1) return { status: 400, reason: "more than one Host header" }
  if (peer === null) return { status: 400, reason: "the Host header is no host" }
  if (url.length > MAX_TARGET) {
    return { status: 414, reason: `the address has more than ${MAX_TARGET} characters` }
  }
  const length = headers["content-length"]
  if (length !== undefined && Number(length) > limits.bodyBytes) {
    return { status: 413, reason: `the body has more than ${limits.bodyBytes} bytes` }
  }
  return null
}

function hosts(rawHeaders: readonly string[]): number {
  let count = 0
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at] ?? ""
    if (name.length === 4 && name.toLowerCase() === "host") count += 1
  }
  return count
}
