import { type Duration, milliseconds } from "@bennu/core"
import { checkKeys } from "../options.ts"
import { checkedHeader, type HeaderPairs } from "../reply.ts"
import { contentSecurityPolicy, type Directives } from "./policy.ts"

export interface SecurityHeaderOptions {
  /**
   * Changes to the default policy, by directive: `{ "img-src": ["'self'", "https://images.example.com"] }`; `null` leaves
   * one out, `"'nonce'"` stands for the page's nonce. `false` sends no policy.
   */
  readonly contentSecurityPolicy?: Directives | false | undefined
  /** Only reports what the policy would refuse (`false`): for trying a new one. */
  readonly reportOnly?: boolean | undefined
  /** How long browsers ask for https only, subdomains included, once they came by it (`"365d"`); `false` for not at all. */
  readonly hsts?: Duration | false | undefined
  /** What other sites get to know of the address that a visitor comes from (`"strict-origin-when-cross-origin"`). */
  readonly referrerPolicy?: string | undefined
  /** Features of the browser, off by default: `{ camera: ["self"] }`. */
  readonly permissions?:
    | Readonly<Record<string, readonly ("self" | "*" | `https://${string}`)[]>>
    | undefined
  /** Who shares a browsing context with windows that open us (`"same-origin"`). */
  readonly openerPolicy?: "same-origin" | "same-origin-allow-popups" | "unsafe-none" | undefined
  /** Who may embed what we answer (`"same-origin"`). */
  readonly resourcePolicy?: "same-origin" | "same-site" | "cross-origin" | undefined
}

const known: Readonly<Record<keyof SecurityHeaderOptions, true>> = {
  contentSecurityPolicy: true,
  reportOnly: true,
  hsts: true,
  referrerPolicy: true,
  permissions: true,
  openerPolicy: true,
  resourcePolicy: true,
}

const FEATURES = [
  "camera",
  "display-capture",
  "geolocation",
  "microphone",
  "midi",
  "payment",
  "serial",
  "usb",
]

/**
 * The security headers of an answer, for any server: resolve them once, call the result for each answer.
 * `secureHeaders()` is the plug around it.
 * @example securityHeaders()({ nonce: "r4nd0m", secure: true })
 * @throws {HeaderError} for a policy or value that cannot be sent.
 */
export function securityHeaders(
  options: SecurityHeaderOptions = {},
): (answer: { readonly nonce: string; readonly secure: boolean }) => HeaderPairs {
  checkKeys("securityHeaders", options, known)
  const { contentSecurityPolicy: changes = {}, reportOnly = false, hsts = "365d" } = options
  const policy = changes === false ? null : contentSecurityPolicy(changes)
  const policyName = `content-security-policy${reportOnly ? "-report-only" : ""}`
  const fixed: HeaderPairs = [
    checkedHeader("x-content-type-options", "nosniff"),
    checkedHeader("referrer-policy", options.referrerPolicy ?? "strict-origin-when-cross-origin"),
    checkedHeader("cross-origin-opener-policy", options.openerPolicy ?? "same-origin"),
    checkedHeader("cross-origin-resource-policy", options.resourcePolicy ?? "same-origin"),
    checkedHeader("permissions-policy", permissionsPolicy(options.permissions ?? {})),
    checkedHeader("x-permitted-cross-domain-policies", "none"),
  ]
  const transport: HeaderPairs =
    hsts === false
      ? []
      : [
          [
            "strict-transport-security",
            `max-age=${Math.floor(milliseconds(hsts) / 1000)}; includeSubDomains`,
          ],
        ]
  return ({ nonce, secure }) => [
    ...(policy === null ? [] : [[policyName, policy(nonce)] as const]),
    ...fixed,
    ...(secure ? transport : []),
  ]
}

function permissionsPolicy(allowed: Readonly<Record<string, readonly string[]>>): string {
  const all = new Map<string, readonly string[]>(FEATURES.map((feature) => [feature, []]))
  for (const [feature, origins] of Object.entries(allowed)) all.set(feature, origins)
  return Array.from(all, ([feature, origins]) => {
    const list = origins.map((origin) =>
      origin.startsWith("https:") ? JSON.stringify(origin) : origin,
    )
    return origins.includes("*") ? `${feature}=*` : `${feature}=(${list.join(" ")})`
  }).join(", ")
}
