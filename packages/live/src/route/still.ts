import type { Tokens } from "../tokens.ts"

// A page that cannot be live is loaded once more with this, and then shown as it is.
const PARAMETER = "_still"

/** The same address, for a page that is shown without being live. */
export function stillTarget(target: string, tokens: Tokens): string {
  const url = new URL(target, "http://localhost")
  url.searchParams.set(PARAMETER, tokens.signStill())
  return url.pathname + url.search
}

/** What an address says of that, and the address without it. */
export function stillIn(
  url: URL,
  tokens: Tokens,
): { readonly url: URL; readonly said: "still" | "outdated" | null } {
  const token = url.searchParams.get(PARAMETER)
  if (token === null) return { url, said: null }
  const clean = new URL(url)
  clean.searchParams.delete(PARAMETER)
  return { url: clean, said: tokens.isStill(token) ? "still" : "outdated" }
}
