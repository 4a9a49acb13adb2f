import { HeaderError } from "../errors.ts"

/** Directives of a Content-Security-Policy with their sources; `null` leaves a default out. */
export type Directives = Readonly<Record<string, readonly string[] | null>>

/** Stands for the page's nonce among the sources of a directive. */
export const NONCE = "'nonce'"

/**
 * What pages may do by default: scripts run by nonce only, everything else comes from here, nobody frames us.
 * @see OWASP ASVS 5.0 §3.4.3, §3.4.6
 */
const defaults: Directives = {
  "default-src": ["'self'"],
  "script-src": [NONCE, "'strict-dynamic'"],
  "style-src": ["'self'", NONCE],
  "img-src": ["'self'", "data:", "blob:"],
  "object-src": ["'none'"],
  "base-uri": ["'none'"],
  "form-action": ["'self'"],
  "frame-ancestors": ["'none'"],
}

const NAME = /^[a-z][a-z-]*$/
// RFC 3986 characters without those that end a directive or a policy
const SOURCE = /^[\x21-\x2b\x2d-\x3a\x3c-\x7e]+$/

/** Writes a policy once; what it gives puts a page's nonce in. @throws {HeaderError} for what is no directive. */
export function contentSecurityPolicy(changes: Directives = {}): (nonce: string) => string {
  const merged = new Map(Object.entries(defaults))
  for (const [name, sources] of Object.entries(changes)) {
    if (!NAME.test(name))
      throw new HeaderError(`${JSON.stringify(name)} is no directive of a policy`)
    const odd = sources?.find((source) => !SOURCE.test(source))
    if (odd !== undefined) throw new HeaderError(`${JSON.stringify(odd)} is no source of a policy`)
    merged.set(name, sources)
  }
  const parts: string[] = []
  for (const [name, sources] of merged) {
    if (sources !== null) parts.push([name, ...sources].join(" "))
  }
  const pieces = parts.join("; ").split(NONCE)
  return (nonce) => pieces.join(`'nonce-${nonce}'`)
}
