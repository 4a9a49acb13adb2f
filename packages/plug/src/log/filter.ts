/** What stands in a log in place of a secret. */
export const FILTERED = "[FILTERED]"

// within a name, without case, "-" and "_": `X-Api-Key`, `currentPassword`, `access_token`
const SECRETS = [
  "password",
  "passwd",
  "passphrase",
  "secret",
  "token",
  "authorization",
  "cookie",
  "session",
  "csrf",
  "apikey",
  "privatekey",
  "credential",
  "signature",
  "cardnumber",
]
// as a whole name: they are parts of harmless ones
const EXACT: ReadonlySet<string> = new Set([
  "auth",
  "code",
  "cvc",
  "cvv",
  "iban",
  "jwt",
  "key",
  "otp",
  "pin",
  "pwd",
  "ssn",
])

const MAX_DEPTH = 5
const MAX_KEYS = 50
const MAX_TEXT = 500

/**
 * Makes a copy that may be logged: values under names that sound like secrets are replaced, texts are cut, and characters
 * that could break or forge a line are written as `\u{a}`.
 * @param more Names to filter too.
 * @see OWASP ASVS 5.0 §16.2.5, §16.4.1
 */
export function loggable(value: unknown, more: readonly string[] = []): unknown {
  const names = [...SECRETS, ...more.map(plain)]
  const isSecret = (name: string) => {
    const bare = plain(name)
    return EXACT.has(bare) || names.some((secret) => bare.includes(secret))
  }
  return copy(value, isSecret, MAX_DEPTH)
}

const plain = (name: string): string => name.toLowerCase().replaceAll(/[-_]/g, "")

function copy(value: unknown, isSecret: (name: string) => boolean, depth: number): unknown {
  if (typeof value === "string") return oneLine(value.slice(0, MAX_TEXT))
  if (typeof value === "bigint") return String(value)
  if (typeof value !== "object" || value === null) {
    return typeof value === "function" || typeof value === "symbol" ? `[${typeof value}]` : value
  }
  if (depth === 0) return "[…]"
  if (Array.isArray(value))
    return value.slice(0, MAX_KEYS).map((item) => copy(item, isSecret, depth - 1))
  if (!isPlain(value)) return `[${oneLine(String(value.constructor?.name).slice(0, 100))}]`
  const entries = Object.entries(value).slice(0, MAX_KEYS)
  // a name may be __proto__: fromEntries makes a key of it, as of any other
  return Object.fromEntries(
    entries.map(([name, inner]) => [
      oneLine(name.slice(0, MAX_TEXT)),
      isSecret(name) ? FILTERED : copy(inner, isSecret, depth - 1),
    ]),
  )
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

// C0 and C1 controls, line and paragraph separators, what turns the direction of text around, lone surrogates
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what a log must not be given
const ODD = /[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]/gu

/** The same text as one line that shows what is in it. */
export const oneLine = (text: string): string =>
  text.replace(ODD, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`)
