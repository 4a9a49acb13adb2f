import type { DispatchOptions, HeaderPairs } from "@bennu/plug"
import { securityHeaders } from "@bennu/plug/headers"
import type { Peer } from "./peer.ts"

/** The headers that protect who reads an answer of the endpoint's own, which is never a page. */
export type Protection = (peer: Peer | null) => HeaderPairs

const NEEDED: ReadonlySet<string> = new Set(["x-content-type-options", "strict-transport-security"])

/** Makes them once. @see OWASP ASVS 5.0 §3.4.1, §3.4.4 */
export function protection(security: DispatchOptions["security"]): Protection {
  const headersOf = securityHeaders(security)
  const [plain, secure] = [false, true].map((secure) =>
    headersOf({ nonce: "", secure }).filter(([name]) => NEEDED.has(name)),
  )
  return (peer) => (peer?.origin.startsWith("https:") ? secure : plain) ?? []
}
