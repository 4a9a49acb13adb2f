import { OptionsError } from "@bennu/core"
import type { UpgradeRequest } from "./transport.ts"

/** A web origin in its parts. The port is the scheme's own where none is written; null where that is unknown. */
export interface WebOrigin {
  readonly scheme: string
  readonly host: string
  readonly port: string | null
}

/**
 * Which pages may open a socket; a page of another site would do it with your users' cookies.
 * `"conn"`: pages of the scheme, host and port that the request came to. `true`: of the same host, whatever
 * scheme and port. A list: of those origins, where `//example.com` stands for any scheme and port, and
 * `//*.example.com` for the host and all below it. A function decides by itself, `false` is for sockets that
 * anybody may use. A client that sends no `Origin` is no browser and is not checked.
 */
export type OriginPolicy =
  | "conn"
  | boolean
  | readonly string[]
  | ((origin: WebOrigin, request: UpgradeRequest) => boolean)

/** Whether a request's origin is welcome. A function that throws denies. */
export type OriginCheck = (request: UpgradeRequest) => boolean

/** @throws {OptionsError} for an entry of a list that is not an origin. */
export function originCheck(policy: OriginPolicy): OriginCheck {
  if (policy === false) return () => true
  const allows = allowedBy(policy)
  return (request) => {
    const header = request.header("origin")
    if (header === null) return true
    const origin = parseOrigin(header)
    return origin !== null && allows(origin, request)
  }
}

function allowedBy(
  policy: Exclude<OriginPolicy, false>,
): (origin: WebOrigin, request: UpgradeRequest) => boolean {
  if (typeof policy === "function") return policy
  if (policy === true) return ({ host }, request) => parseOrigin(request.origin)?.host === host
  if (policy === "conn") {
    return ({ scheme, host, port }, request) => {
      const own = parseOrigin(request.origin)
      return own?.scheme === scheme && own.host === host && own.port === port
    }
  }
  const entries = policy.map(entryOf)
  return (origin) => entries.some((entry) => entry(origin))
}

function entryOf(entry: string): (origin: WebOrigin) => boolean {
  const anyScheme = entry.startsWith("//")
  const written = parseOrigin((anyScheme ? `any:${entry}` : entry).replace("//*.", "//"))
  if (written === null || written.host.includes("*")) throw notAnOrigin(entry)
  const below = entry.includes("//*.") ? `.${written.host}` : null
  return ({ scheme, host, port }) =>
    (anyScheme || scheme === written.scheme) &&
    (written.port === null || port === written.port) &&
    (host === written.host || (below !== null && host.endsWith(below)))
}

function notAnOrigin(entry: string): OptionsError {
  const message = `${JSON.stringify(entry)} is not an origin`
  const hint = 'Write "https://example.com", "//example.com" or "//*.example.com".'
  return new OptionsError("socket", [{ message, path: ["checkOrigin"] }], hint)
}

const ports = new Map([
  ["http", "80"],
  ["https", "443"],
  ["ws", "80"],
  ["wss", "443"],
])

/**
 * An origin as a browser writes it, or null for everything else: a path, a user, a space or a backslash
 * would let two parsers see two hosts. RFC 6454 §6.2, with schemes of apps beside those of the web.
 */
export function parseOrigin(text: string): WebOrigin | null {
  const match = /^([a-z][a-z0-9+.-]*):\/\/(\[[0-9a-f:.]+\]|[^:[\]]+)(?::([0-9]{1,5}))?$/i.exec(text)
  const [, scheme = "", host = "", port] = match ?? []
  if (!match || host.split(".").includes("") || /[^\x21-\x7e]|[/\\?#@%,<>^|"'`{}]/.test(host))
    return null
  const lower = scheme.toLowerCase()
  return { scheme: lower, host: host.toLowerCase(), port: port ?? ports.get(lower) ?? null }
}
