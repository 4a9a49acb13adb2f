/** A `Content-Type` that was understood. Type and parameter names are in lower case. */
export interface MediaType {
  /** `application/json` */
  readonly essence: string
  readonly parameters: ReadonlyMap<string, string>
}

/**
 * Reads a `Content-Type` by its grammar, or not at all: what is nearly a media type is `null`, so that no two readers
 * choose different parsers for the same body.
 * @see RFC 9110 §8.3.1
 */
export function parseMediaType(text: string): MediaType | null {
  const known = common.get(text)
  return known === undefined ? scanned(text) : known
}

function scanned(text: string): MediaType | null {
  const scanner = new Scanner(text)
  scanner.space()
  const type = scanner.token()
  if (type === "" || !scanner.take("/")) return null
  const subtype = scanner.token()
  if (subtype === "") return null
  const parameters = new Map<string, string>()
  scanner.space()
  while (!scanner.done) {
    if (!scanner.take(";")) return null
    scanner.space()
    // "a/b; ;c=d" and a trailing ";" are allowed: RFC 9110 §5.6.6
    if (scanner.done || scanner.sees(";")) continue
    const name = scanner.token().toLowerCase()
    if (name === "" || !scanner.take("=") || parameters.has(name)) return null
    const value = scanner.sees('"') ? scanner.quoted() : scanner.token()
    if (value === null || (value === "" && !scanner.quotedLast)) return null
    parameters.set(name, value)
    scanner.space()
  }
  return { essence: `${type}/${subtype}`.toLowerCase(), parameters }
}

/** Goes over a header once, from left to right. */
export class Scanner {
  readonly #text: string
  #at = 0
  /** Whether the last value stood in quotes. */
  quotedLast = false

  constructor(text: string) {
    this.#text = text
  }

  get done(): boolean {
    return this.#at >= this.#text.length
  }

  sees(character: string): boolean {
    return this.#text[this.#at] === character
  }

  take(character: string): boolean {
    if (!this.sees(character)) return false
    this.#at++
    return true
  }

  space(): void {
    while (this.sees(" ") || this.sees("\t")) this.#at++
  }

  token(): string {
    const start = this.#at
    while (!this.done && isTokenCharacter(this.#text.charCodeAt(this.#at))) this.#at++
    this.quotedLast = false
    return this.#text.slice(start, this.#at)
  }

  /** A quoted string (RFC 9110 §5.6.4), or `null` when it does not end or holds what it must not. */
  quoted(): string | null {
    if (!this.take('"')) return null
    let value = ""
    while (!this.done) {
      if (this.take('"')) {
        this.quotedLast = true
        return value
      }
      this.take("\\")
      const code = this.#text.charCodeAt(this.#at)
      if (Number.isNaN(code) || (code < 0x20 && code !== 0x09) || code === 0x7f) return null
      value += this.#text[this.#at++]
    }
    return null
  }

  /** Moves behind the next comma that is not in quotes. */
  skipMember(): void {
    while (!this.done && !this.sees(",")) {
      if (!this.sees('"')) this.#at++
      else if (this.quoted() === null) this.#at++
    }
    this.take(",")
  }
}

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
const tokenCharacters = new Set(Array.from(TOKEN, (character) => character.charCodeAt(0)))
const isTokenCharacter = (code: number): boolean => tokenCharacters.has(code)

// what nearly all requests say: to look it up takes a tenth of the time
const common: ReadonlyMap<string, MediaType | null> = new Map(
  [
    "",
    "application/json",
    "application/json; charset=utf-8",
    "application/json;charset=UTF-8",
    "application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded;charset=UTF-8",
    "text/plain;charset=UTF-8",
  ].map((text) => [text, scanned(text)]),
)
