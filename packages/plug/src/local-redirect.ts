import { pathOf, pathProblem } from "./canonical-path.ts"
import { RedirectError } from "./errors.ts"

/** Another site, and the origins that are allowed: `{ external: url, allow: ["https://accounts.example.com"] }`. */
export interface ExternalRedirect {
  readonly external: string
  readonly allow: readonly string[]
}

/** Tells whether a browser, sent there by us, stays with us. Use it for what a visitor gives as `return_to`. */
export function isLocal(to: string): boolean {
  return localProblem(to) === null
}

/**
 * The address of a redirect, unchanged, when it is safe.
 * @throws {RedirectError} when it is not a path of this app, or none of the allowed origins.
 */
export function redirectTarget(to: string | ExternalRedirect): string {
  if (typeof to === "string") {
    const problem = localProblem(to)
    if (problem !== null) throw new RedirectError(to, problem)
    return to
  }
  const { external, allow } = to
  const problem = externalProblem(external, allow)
  if (problem !== null) throw new RedirectError(external, problem)
  return external
}

function localProblem(to: string): string | null {
  const hash = to.indexOf("#")
  const path = pathOf(hash === -1 ? to : to.slice(0, hash))
  // what a canonical path may not hold, a redirect may not either: browsers read "/\host" and "/\t/host" as "//host"
  const problem = pathProblem(path) ?? characterProblem(to)
  if (problem !== null) return problem
  return new URL(to, "http://base.invalid").origin === "http://base.invalid"
    ? null
    : "leads to another site"
}

function externalProblem(to: string, allow: readonly string[]): string | null {
  const problem = characterProblem(to)
  if (problem !== null) return problem
  const url = URL.parse(to)
  if (url === null) return "is no address"
  if (url.protocol !== "https:" && url.protocol !== "http:") return `has the scheme ${url.protocol}`
  if (url.username !== "" || url.password !== "") return "holds a user name"
  return allow.includes(url.origin) ? null : "is not among the allowed origins"
}

function characterProblem(text: string): string | null {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code <= 0x20 || code >= 0x7f || code === 0x5c) {
      return "holds a character that has to be percent-encoded"
    }
  }
  return null
}
