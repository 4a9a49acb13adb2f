import { CookieError } from "./errors.ts"

/** What a browser is told about a cookie (RFC 6265bis §4.1.2). */
export interface CookieAttributes {
  readonly domain?: string | undefined
  readonly path?: string | undefined
  /** Seconds; 0 or less deletes it. Without it, it lives as long as the browser. */
  readonly maxAge?: number | undefined
  readonly expires?: Date | undefined
  readonly secure?: boolean | undefined
  readonly httpOnly?: boolean | undefined
  readonly sameSite?: "Strict" | "Lax" | "None" | undefined
  readonly partitioned?: boolean | undefined
}

/** Browsers keep this many bytes of name and value, and of all of it we promise no more either. */
export const MAX_COOKIE_BYTES = 4096

// RFC 6265bis §4.1.1: a token, cookie-octets, and any character but controls and ";" in an attribute
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const VALUE = /^[\x21\x23-\x2b\x2d-\x3a\x3c-\x5b\x5d-\x7e]*$/
const PATH = /^\/[\x20-\x3a\x3c-\x7e]*$/
const DOMAIN = /^[a-z0-9-]+(\.[a-z0-9-]+)*$/i

/**
 * Writes a `Set-Cookie` value. Nothing is escaped silently: what cannot stand in a cookie is refused.
 * @throws {CookieError} for a name, value or attribute that a browser would refuse or read differently, and for
 * more than 4096 bytes.
 * @see RFC 6265bis §4.1, §5.7
 */
export function serializeCookie(
  name: string,
  value: string,
  attributes: CookieAttributes = {},
): string {
  const refuse = (problem: string, hint: string): never => {
    throw new CookieError(name, problem, hint)
  }
  const { domain, path = "/", maxAge, expires, sameSite = "Lax" } = attributes
  const { secure = false, httpOnly = true, partitioned = false } = attributes
  if (!NAME.test(name)) refuse("has a name that is not a token", "Use letters, digits, _ and -.")
  if (!VALUE.test(value)) {
    refuse(
      "has a value that holds a space, quote, comma, semicolon or more",
      "Encode it with encodeURIComponent or base64url.",
    )
  }
  if (!PATH.test(path)) refuse("has a path that is none", `Write it as "/" or "/admin".`)
  if (domain !== undefined && !DOMAIN.test(domain)) {
    refuse("has a domain that is none", `Write it as "example.com".`)
  }
  if (maxAge !== undefined && !Number.isSafeInteger(maxAge)) {
    refuse("has a maxAge that is no whole number", "It is given in seconds.")
  }
  if (expires !== undefined && Number.isNaN(expires.getTime())) {
    refuse("expires at an invalid date", "Look where the date comes from.")
  }
  if (sameSite !== "Lax" && sameSite !== "Strict" && sameSite !== "None") {
    refuse("has an unknown sameSite", `Use "Strict", "Lax" or "None".`)
  }
  if ((sameSite === "None" || partitioned) && !secure) {
    refuse("is for other sites and not secure", "Set secure: true.")
  }
  const lower = name.toLowerCase()
  if (lower.startsWith("__secure-") && !secure) refuse("is not secure", "Set secure: true.")
  if (lower.startsWith("__host-") && !(secure && path === "/" && domain === undefined)) {
    refuse("is not bound to its host", `Set secure: true and path: "/", and no domain.`)
  }
  let cookie = `${name}=${value}; Path=${path}`
  if (domain !== undefined) cookie += `; Domain=${domain}`
  if (maxAge !== undefined) cookie += `; Max-Age=${maxAge}`
  if (expires !== undefined) cookie += `; Expires=${expires.toUTCString()}`
  if (secure) cookie += "; Secure"
  if (httpOnly) cookie += "; HttpOnly"
  cookie += `; SameSite=${sameSite}`
  if (partitioned) cookie += "; Partitioned"
  // everything in it is ASCII: its length is its size
  if (cookie.length > MAX_COOKIE_BYTES) {
    refuse(
      `has ${cookie.length} bytes, and browsers keep ${MAX_COOKIE_BYTES}`,
      "Keep the data in a store, and its id in the cookie.",
    )
  }
  return cookie
}

/**
 * Reads a `Cookie` header. The first of a name wins, nothing is decoded, and what has no name is left out, so
 * that `=__Host-id=x` cannot pass for `__Host-id`.
 */
export function parseCookies(header: string | null): ReadonlyMap<string, string> {
  const cookies = new Map<string, string>()
  if (header === null) return cookies
  for (const pair of header.split(";", MAX_COOKIES)) {
    const equals = pair.indexOf("=")
    if (equals === -1) continue
    const name = trim(pair.slice(0, equals))
    if (name === "" || cookies.has(name)) continue
    const value = trim(pair.slice(equals + 1))
    const quoted = value.length > 1 && value.startsWith('"') && value.endsWith('"')
    cookies.set(name, quoted ? value.slice(1, -1) : value)
  }
  return cookies
}

// browsers keep 180 for a site at most; a header that holds more was not made by one
const MAX_COOKIES = 200

/** Without the spaces and tabs around it, and only those: `String.trim` takes more than RFC 6265bis §5.7 allows. */
function trim(text: string): string {
  let start = 0
  let end = text.length
  while (start < end && isSpace(text.charCodeAt(start))) start++
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--
  return text.slice(start, end)
}
const isSpace = (code: number) => code === 0x20 || code === 0x09
