/** What tells where a request comes from. */
export interface Provenance {
  readonly method: string
  /** The app's own origin, as browsers see it: `https://example.com`. */
  readonly origin: string
  /** One header. @param name In lower case. */
  header(name: string): string | null
}

/**
 * Tells by headers that pages cannot forge whether a request comes from a page of this app. `"own"` may pass;
 * `"unproven"` needs a token: it comes from another site, or from a browser too old to say.
 *
 * `Sec-Fetch-Site` is believed first (every browser sends it over https since 2023), then `Origin`.
 * @param options `trustedOrigins`, whose pages may send forms here as well: `["https://admin.example.com"]`.
 */
export function provenance(
  request: Provenance,
  { trustedOrigins = [] }: { readonly trustedOrigins?: readonly string[] | undefined } = {},
): "own" | "unproven" {
  if (SAFE.has(request.method)) return "own"
  const origin = request.header("origin")
  if (origin !== null && trustedOrigins.includes(origin)) return "own"
  const site = request.header("sec-fetch-site")
  // "none": typed, or chosen by the user, and by no page
  if (site !== null) return site === "same-origin" || site === "none" ? "own" : "unproven"
  return origin !== null && origin === request.origin ? "own" : "unproven"
}

// RFC 9110 §9.2.1; TRACE is answered nowhere
const SAFE: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"])
